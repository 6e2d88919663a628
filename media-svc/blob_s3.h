/* Files as objects of an object store: an object a variant, named by the file's id. What moves a file there writes its
 * objects by these; all else goes through blob.h. Callbacks come exactly once, later; a function that returns an error
 * calls none. */
#ifndef PARLEY_MEDIA_BLOB_S3_H
#define PARLEY_MEDIA_BLOB_S3_H

#include "blob.h"
#include "s3.h"

enum { BLOB_S3_PART = 8 << 20, BLOB_S3_PARTS_MAX = 9000 }; /* stores take 5 MiB at least, and 10,000 parts */

/* `s3` and `db` outlive it. */
void blob_s3_create(struct blob_s3 **blob_r, struct s3 *s3, struct db *db);
void blob_s3_destroy(struct blob_s3 **blob);

/* Which object. */
struct blob_object {
    struct file_id id;
    enum file_variant variant;
};

/* A whole object at once, in place of one that is there. `bytes` are the caller's until it is called back, in all of
 * these. */
int blob_s3_put(struct blob_s3 *blob, const struct blob_object *object, struct str bytes, blob_done_fn *fn, void *arg);

/* A large one in parts: begun, which gives the name of the upload; each part, numbered from 1, which gives its tag; and
 * completed by a list of them (blob_s3_list_part()). Until then nobody sees it. */
typedef void blob_s3_text_fn(void *arg, int err, struct str text);
int blob_s3_begin(struct blob_s3 *blob, const struct blob_object *object, blob_s3_text_fn *fn, void *arg);
int blob_s3_part(struct blob_s3 *blob, const struct blob_object *object, struct str upload, int number,
                 struct str bytes, blob_s3_text_fn *fn, void *arg);
void blob_s3_list_part(struct buf *list, int number, struct str tag);
int blob_s3_complete(struct blob_s3 *blob, const struct blob_object *object, struct str upload, struct buf *list,
                     blob_done_fn *fn, void *arg);
/* Its parts are freed. Harmless when there is no such upload. */
int blob_s3_abort(struct blob_s3 *blob, const struct blob_object *object, struct str upload, blob_done_fn *fn,
                  void *arg);

/* Is it there with so many bytes? ERR_NOT_FOUND: it is not, or has others. */
int blob_s3_check(struct blob_s3 *blob, const struct blob_object *object, int64_t bytes, blob_done_fn *fn, void *arg);

#endif
