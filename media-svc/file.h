/* The row of a file in media.file: loaded for a request, made by one, and moved on. The bytes are blob.h's. */
#ifndef PARLEY_MEDIA_FILE_H
#define PARLEY_MEDIA_FILE_H

#include "buf.h"
#include "db.h"
#include "file_id.h"

enum file_state { FILE_UPLOADING, FILE_STORED, FILE_READY };
enum file_kind { FILE_OTHER, FILE_IMAGE, FILE_VIDEO, FILE_AUDIO, FILE_PDF };
enum file_variant { FILE_ORIGINAL, FILE_SMALL, FILE_LARGE };
enum { FILE_UNUSED_S = 24 * 3600 }; /* so long without a byte, or in no message: gone */

/* "file", "image" … */
const char *file_kind_name(enum file_kind kind);

struct file {
    struct file_id id;
    int64_t owner, size, received;
    enum file_state state;
    enum file_kind kind;
    int width, height, duration_ms; /* 0: not known */
    unsigned previews;              /* bits 1 << (variant - 1) */
    int64_t touched_s;              /* since 1970 */
    struct buf name, metadata, type, blurhash, waveform;
};
void file_fini(struct file *file);

/* Load one: 0 and the file, which is the callee's to file_fini(); ERR_NOT_FOUND, doomed ones too; or ERR_UNAVAILABLE …
 * of the database. Returns as db_query() does. */
typedef void file_loaded_fn(void *arg, int err, struct file *file);
int file_load(struct db *db, const struct file_id *id, file_loaded_fn *fn, void *arg);

/* Make a row in the state uploading, or stored when it has no bytes. 0; ERR_QUOTA_EXCEEDED: the person's files would
 * be more than user_max bytes; ERR_TOO_MANY_UPLOADS. */
struct file_limits {
    int64_t user_max, uploads_max;
};
typedef void file_done_fn(void *arg, int err);
int file_make(struct db *db, const struct file *file, const struct file_limits *limits, file_done_fn *fn, void *arg);

/* From now on it is not there for anybody. ERR_NOT_FOUND: it was not. */
int file_doom(struct db *db, const struct file_id *id, file_done_fn *fn, void *arg);

/* It is known what it is, so it can be attached. Harmless when it was ready or is doomed. */
int file_ready(struct db *db, const struct file *file, file_done_fn *fn, void *arg);

/* What the database said of a statement on files, as an error of ours: one that failed is logged, and ERR_INTERNAL. */
int file_judge(int err, const struct db_result *r);

#endif
