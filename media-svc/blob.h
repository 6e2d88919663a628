/* Where the bytes of files are. All that knows it is behind this header. Every file is written to PostgreSQL
 * (blob_pg.c), rows of chunks in the database that has everything else. With an object store (blob_s3.c) that is where
 * it lands: once it is ready the mover takes it on, and it is read from there. Callbacks come exactly once, later; a
 * function that returns an error calls none. Loop thread only. */
#ifndef PARLEY_MEDIA_BLOB_H
#define PARLEY_MEDIA_BLOB_H

#include "buf.h"
#include "db.h"
#include "file.h"

struct blob;
struct blob_s3;
/* `db` and `s3` outlive it; without an object store that is NULL. */
void blob_create(struct blob **blob_r, struct db *db, struct blob_s3 *s3);
void blob_destroy(struct blob **blob);

typedef void blob_done_fn(void *arg, int err);

/* Append to an original that ends at `at`, and move its row on by as much: both or neither, so that the row tells after
 * any crash what is stored. With its last byte the file is stored. What is not `durable` a crash of the database may
 * undo, the latest first: for what nobody is told of yet. ERR_OFFSET_CONFLICT: it ends elsewhere, is complete, or is
 * not there. */
int blob_append(struct blob *blob, const struct file_id *id, int64_t at, struct str bytes, bool durable,
                blob_done_fn *fn, void *arg);
/* Store a part of a variant that is not the original; in place of one that is there. */
int blob_put(struct blob *blob, const struct file_id *id, enum file_variant variant, int64_t at, struct str bytes,
             blob_done_fn *fn, void *arg);

enum { BLOB_READ_MAX = 256 << 10 };
/* Read from `at` on: at least one byte, as many as come at once, BLOB_READ_MAX at most, wherever they are by now.
 * ERR_NOT_FOUND: nothing is there. The view is good for the time of the call. */
typedef void blob_read_fn(void *arg, int err, struct str bytes);
int blob_read(struct blob *blob, const struct file_id *id, enum file_variant variant, int64_t at, blob_read_fn *fn,
              void *arg);
/* Bytes of a variant; 0: there is none. */
typedef void blob_size_fn(void *arg, int err, int64_t bytes);
int blob_size(struct blob *blob, const struct file_id *id, enum file_variant variant, blob_size_fn *fn, void *arg);

/* Delete all variants, wherever they are; the row of the file must still be there. Harmless when there are none. */
int blob_remove(struct blob *blob, const struct file_id *id, blob_done_fn *fn, void *arg);
/* Delete the rows of chunks alone. */
int blob_remove_rows(struct blob *blob, const struct file_id *id, blob_done_fn *fn, void *arg);

#endif
