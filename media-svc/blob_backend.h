/* What each place where bytes can be does for blob.h. */
#ifndef PARLEY_MEDIA_BLOB_BACKEND_H
#define PARLEY_MEDIA_BLOB_BACKEND_H

#include "blob.h"

/* As the functions of these names in blob.h. */
struct blob_backend {
    int (*read)(void *self, const struct file_id *id, enum file_variant variant, int64_t at, blob_read_fn *fn,
                void *arg);
    int (*remove)(void *self, const struct file_id *id, blob_done_fn *fn, void *arg);
};

/* Rows of media.chunk; self is the struct db. */
extern const struct blob_backend blob_pg;
/* Objects; self is the struct blob_s3. */
extern const struct blob_backend blob_s3;

struct db *blob_db(struct blob *blob);

#endif
