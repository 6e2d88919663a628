/* Files as objects: written whole or in parts, read range by range, deleted. */
#include "blob_s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "blob_backend.h"
#include "err.h"
#include "log.h"
#include "s3_xml.h"

enum { ANSWER_MAX = 64 << 10, VARIANTS = 3 };

struct blob_s3 {
    struct s3 *s3;
    struct db *db;
};

void blob_s3_create(struct blob_s3 **blob_r, struct s3 *s3, struct db *db)
{
    struct blob_s3 *blob = xcalloc(1, sizeof(*blob));
    blob->s3 = s3;
    blob->db = db;
    *blob_r = blob;
}

void blob_s3_destroy(struct blob_s3 **blob)
{
    free(*blob);
    *blob = NULL;
}

enum { NAME_TEXT = FILE_ID_TEXT + 8 };

static void name_of(const struct blob_object *object, char name_r[NAME_TEXT])
{
    static const char *const suffixes[VARIANTS] = {"", ".small", ".large"};
    file_id_print(&object->id, name_r);
    snprintf(name_r + strlen(name_r), NAME_TEXT - strlen(name_r), "%s", suffixes[object->variant]);
}

struct ask {
    struct blob_s3 *blob;
    struct blob_object object;
    union {
        blob_done_fn *done;
        blob_read_fn *read;
        blob_s3_text_fn *text;
    } fn;
    void *arg;
    int64_t size;
    struct buf upload; /* of what is being removed */
};

static struct ask *ask(struct blob_s3 *blob, const struct blob_object *object, void *arg)
{
    struct ask *a = xcalloc(1, sizeof(*a));
    a->blob = blob;
    a->object = *object;
    a->arg = arg;
    return a;
}

static void ask_free(struct ask *a)
{
    buf_fini(&a->upload);
    free(a);
}

static void finish(struct ask *a, int err)
{
    a->fn.done(a->arg, err);
    ask_free(a);
}

static int send(struct ask *a, struct s3_request *request, s3_fn *fn)
{
    char name[NAME_TEXT];
    name_of(&a->object, name);
    request->object = name;
    if (request->max_answer == 0)
        request->max_answer = ANSWER_MAX;
    return s3_ask(a->blob->s3, request, fn, a);
}

/* The last thing a function of the header does: what was not begun is not called back. */
static int begin(struct ask *a, struct s3_request *request, s3_fn *fn)
{
    int err = send(a, request, fn);
    if (err)
        ask_free(a);
    return err;
}

/* ---- writing ---- */

static void on_done(void *arg, int err, const struct fetch_answer *answer)
{
    (void)answer;
    finish(arg, err);
}

int blob_s3_put(struct blob_s3 *blob, const struct blob_object *object, struct str bytes, blob_done_fn *fn, void *arg)
{
    struct ask *a = ask(blob, object, arg);
    a->fn.done = fn;
    return begin(a, &(struct s3_request){.method = S3_PUT, .body = bytes}, on_done);
}

/* Text that the store has to give: without it, it did not do what it was asked. */
static void give_text(struct ask *a, int err, struct str text)
{
    if (!err && text.n == 0) {
        log_error(NULL, "the object store's answer cannot be read", "");
        err = ERR_UNAVAILABLE;
    }
    a->fn.text(a->arg, err, text);
    ask_free(a);
}

static void on_begun(void *arg, int err, const struct fetch_answer *answer)
{
    struct buf upload = {0};
    if (!err)
        s3_xml_text(answer->body, "UploadId", &upload);
    give_text(arg, err, buf_view(&upload));
    buf_fini(&upload);
}

int blob_s3_begin(struct blob_s3 *blob, const struct blob_object *object, blob_s3_text_fn *fn, void *arg)
{
    const struct s3_pair query = {STR("uploads"), STR("")};
    struct ask *a = ask(blob, object, arg);
    a->fn.text = fn;
    return begin(a, &(struct s3_request){.method = S3_POST, .query = &query, .query_count = 1, .once = true}, on_begun);
}

static void on_part(void *arg, int err, const struct fetch_answer *answer)
{
    give_text(arg, err, err ? STR("") : fetch_header(answer, "etag"));
}

int blob_s3_part(struct blob_s3 *blob, const struct blob_object *object, struct str upload, int number,
                 struct str bytes, blob_s3_text_fn *fn, void *arg)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", number);
    const struct s3_pair query[] = {{STR("partNumber"), str_of(text)}, {STR("uploadId"), upload}};
    struct ask *a = ask(blob, object, arg);
    a->fn.text = fn;
    return begin(a, &(struct s3_request){.method = S3_PUT, .query = query, .query_count = 2, .body = bytes}, on_part);
}

#define LIST_BEGIN "<CompleteMultipartUpload>"
#define LIST_END "</CompleteMultipartUpload>"

void blob_s3_list_part(struct buf *list, int number, struct str tag)
{
    if (list->n == 0)
        buf_cstr(list, LIST_BEGIN);
    buf_printf(list, "<Part><PartNumber>%d</PartNumber><ETag>", number);
    s3_xml_escape(tag, list);
    buf_cstr(list, "</ETag></Part>");
}

/* A store may begin its answer with 200 while it is still at work, and say in it that it failed. */
static void on_completed(void *arg, int err, const struct fetch_answer *answer)
{
    struct buf tag = {0};
    if (!err && !s3_xml_text(answer->body, "ETag", &tag)) {
        log_error(NULL, "the object store could not put a file together", "answer=\"%.*s\"",
                  (int)(answer->body.n < 300 ? answer->body.n : 300), answer->body.p);
        err = ERR_UNAVAILABLE;
    }
    buf_fini(&tag);
    finish(arg, err);
}

int blob_s3_complete(struct blob_s3 *blob, const struct blob_object *object, struct str upload, struct buf *list,
                     blob_done_fn *fn, void *arg)
{
    const struct s3_pair query = {STR("uploadId"), upload};
    struct ask *a = ask(blob, object, arg);
    a->fn.done = fn;
    buf_cstr(list, LIST_END);
    return begin(a, &(struct s3_request){.method = S3_POST, .query = &query, .query_count = 1, .body = buf_view(list)},
                 on_completed);
}

static void on_gone(void *arg, int err, const struct fetch_answer *answer)
{
    (void)answer;
    finish(arg, err == ERR_NOT_FOUND ? 0 : err);
}

int blob_s3_abort(struct blob_s3 *blob, const struct blob_object *object, struct str upload, blob_done_fn *fn,
                  void *arg)
{
    const struct s3_pair query = {STR("uploadId"), upload};
    struct ask *a = ask(blob, object, arg);
    a->fn.done = fn;
    return begin(a, &(struct s3_request){.method = S3_DELETE, .query = &query, .query_count = 1}, on_gone);
}

static void on_checked(void *arg, int err, const struct fetch_answer *answer)
{
    struct ask *a = arg;
    int64_t size = -1;
    if (!err) {
        struct str range = fetch_header(answer, "content-range"), before;
        /* One byte is all of an object of one byte, and may be given as that. */
        bool whole = answer->status == 200 && a->size == 1;
        str_i64(whole ? fetch_header(answer, "content-length") : str_cut(range, '/', &before), &size);
        if (size != a->size)
            err = ERR_NOT_FOUND;
    }
    finish(a, err);
}

int blob_s3_check(struct blob_s3 *blob, const struct blob_object *object, int64_t bytes, blob_done_fn *fn, void *arg)
{
    struct ask *a = ask(blob, object, arg);
    a->fn.done = fn;
    a->size = bytes;
    return begin(a, &(struct s3_request){.method = S3_GET, .at = bytes - 1, .end = bytes}, on_checked);
}

/* ---- reading ---- */

static void on_read(void *arg, int err, const struct fetch_answer *answer)
{
    struct ask *a = arg;
    struct str bytes = err ? STR("") : answer->body;
    if (!err && bytes.n == 0)
        err = ERR_NOT_FOUND;
    a->fn.read(a->arg, err, bytes);
    ask_free(a);
}

static int s3_read(void *self, const struct file_id *id, enum file_variant variant, int64_t at, blob_read_fn *fn,
                   void *arg)
{
    struct ask *a = ask(self, &(struct blob_object){*id, variant}, arg);
    a->fn.read = fn;
    struct s3_request request = {.method = S3_GET, .at = at, .end = at + BLOB_READ_MAX, .max_answer = BLOB_READ_MAX};
    return begin(a, &request, on_read);
}

/* ---- removing ---- */

static void remove_next(struct ask *a);

static void on_removed(void *arg, int err, const struct fetch_answer *answer)
{
    struct ask *a = arg;
    (void)answer;
    if (err && err != ERR_NOT_FOUND) {
        finish(a, err);
        return;
    }
    if (a->upload.n > 0)
        buf_reset(&a->upload);
    else
        a->object.variant++;
    remove_next(a);
}

/* An upload that was not completed, then each variant. */
static void remove_next(struct ask *a)
{
    const struct s3_pair query = {STR("uploadId"), buf_view(&a->upload)};
    struct s3_request request = {.method = S3_DELETE, .query = &query, .query_count = a->upload.n > 0};
    if (a->object.variant > FILE_LARGE) {
        finish(a, 0);
        return;
    }
    int err = send(a, &request, on_removed);
    if (err)
        finish(a, err);
}

static void on_known(void *arg, int err, const struct db_result *r)
{
    struct ask *a = arg;
    err = file_judge(err, r);
    /* What nobody began to move has no objects. */
    if (err || db_rows(r) == 0) {
        finish(a, err);
        return;
    }
    buf_str(&a->upload, db_str(r, 0, 0));
    remove_next(a);
}

static int s3_remove(void *self, const struct file_id *id, blob_done_fn *fn, void *arg)
{
    static const char sql[] =
        "SELECT coalesce(store_upload, '') FROM media.file WHERE id = $1::bytea AND store_at IS NOT NULL";
    struct ask *a = ask(self, &(struct blob_object){*id, FILE_ORIGINAL}, arg);
    struct db_params p = {0};
    a->fn.done = fn;
    db_p_bytes(&p, file_id_view(id));
    int err = db_query(a->blob->db, sql, &p, on_known, a);
    if (err)
        ask_free(a);
    return err;
}

const struct blob_backend blob_s3 = {.read = s3_read, .remove = s3_remove};
