/* Finds the bytes of files where they are: rows that land in PostgreSQL, or objects that were moved on. */
#include "blob_backend.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"

/* One place, and what it is asked with. */
struct place {
    const struct blob_backend *backend;
    void *self;
};

struct blob {
    struct db *db;
    struct place rows, objects; /* objects.self is NULL: there is no object store */
};

void blob_create(struct blob **blob_r, struct db *db, struct blob_s3 *s3)
{
    struct blob *blob = xcalloc(1, sizeof(*blob));
    blob->db = db;
    blob->rows = (struct place){&blob_pg, db};
    blob->objects = (struct place){&blob_s3, s3};
    *blob_r = blob;
}

void blob_destroy(struct blob **blob)
{
    free(*blob);
    *blob = NULL;
}

struct db *blob_db(struct blob *blob)
{
    return blob->db;
}

struct ask {
    struct blob *blob;
    struct file_id id;
    enum file_variant variant;
    int64_t at;
    union {
        blob_read_fn *read;
        blob_done_fn *done;
    } fn;
    void *arg;
};

/* ---- reading ---- */

static int read_from(const struct place *place, const struct ask *a, blob_read_fn *fn, void *arg)
{
    return place->backend->read(place->self, &a->id, a->variant, a->at, fn, arg);
}

/* Rows first, always: while a file is moved, and its rows are deleted behind it, each byte is in one place or the
 * other, whatever was known of it a moment ago. */
static void on_rows(void *arg, int err, struct str bytes)
{
    struct ask a = *(struct ask *)arg;
    free(arg);
    if (err == ERR_NOT_FOUND && a.blob->objects.self)
        err = read_from(&a.blob->objects, &a, a.fn.read, a.arg);
    else if (!err) {
        a.fn.read(a.arg, 0, bytes);
        return;
    }
    if (err)
        a.fn.read(a.arg, err, (struct str){"", 0});
}

int blob_read(struct blob *blob, const struct file_id *id, enum file_variant variant, int64_t at, blob_read_fn *fn,
              void *arg)
{
    struct ask *a = xcalloc(1, sizeof(*a));
    *a = (struct ask){.blob = blob, .id = *id, .variant = variant, .at = at, .fn.read = fn, .arg = arg};
    int err = read_from(&blob->rows, a, on_rows, a);
    if (err)
        free(a);
    return err;
}

/* ---- removing ---- */

int blob_remove_rows(struct blob *blob, const struct file_id *id, blob_done_fn *fn, void *arg)
{
    return blob->rows.backend->remove(blob->rows.self, id, fn, arg);
}

static void on_objects_gone(void *arg, int err)
{
    struct ask a = *(struct ask *)arg;
    free(arg);
    if (!err)
        err = blob_remove_rows(a.blob, &a.id, a.fn.done, a.arg);
    if (err)
        a.fn.done(a.arg, err);
}

int blob_remove(struct blob *blob, const struct file_id *id, blob_done_fn *fn, void *arg)
{
    if (!blob->objects.self)
        return blob_remove_rows(blob, id, fn, arg);
    struct ask *a = xcalloc(1, sizeof(*a));
    *a = (struct ask){.blob = blob, .id = *id, .fn.done = fn, .arg = arg};
    int err = blob->objects.backend->remove(blob->objects.self, id, on_objects_gone, a);
    if (err)
        free(a);
    return err;
}
