/* Asks msg-svc about files. */
#include "viewer.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "jsonw.h"

enum { ASK_MS = 5000 };

struct question {
    viewer_fn *fn;
    void *arg;
    struct file_id id;
    bool owner; /* who asks is */
    bool used;
};

/* ---- several ---- */

struct batch {
    viewer_each_fn *each;
    viewer_done_fn *done;
    void *arg;
};

static void on_batch(void *arg, int err, struct str body)
{
    struct batch b = *(struct batch *)arg;
    free(arg);
    struct jval *root = err ? NULL : jval_parse(body);
    const struct jval *used = jval_get(root, "used");
    if (!err && !jval_is_array(used))
        err = ERR_UNAVAILABLE;
    for (size_t i = 0; !err && i < jval_count(used); i++) {
        struct str text;
        struct file_id id;
        if (jval_str(jval_at(used, i), &text) && file_id_parse(text, &id))
            b.each(b.arg, &id);
    }
    jval_free(root);
    b.done(b.arg, err);
}

int viewer_ask(struct media *media, const struct file_id *ids, size_t count, viewer_each_fn *fn, viewer_done_fn *done,
               void *arg)
{
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    struct batch *b = xcalloc(1, sizeof(*b));
    *b = (struct batch){.each = fn, .done = done, .arg = arg};
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "files");
    for (size_t i = 0; i < count; i++) {
        char hex[FILE_ID_TEXT];
        file_id_print(&ids[i], hex);
        jsonw_cstr(&w, NULL, hex);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    int err =
        rpc_call(media->process.rpc, "msg", "files_used", &(struct caller){0}, buf_view(&args), ASK_MS, on_batch, b);
    if (err)
        free(b);
    buf_fini(&args);
    return err;
}

/* ---- one ---- */

static void answer(struct question *q, int err, enum viewer_answer said)
{
    /* That msg-svc refuses a question is no fault of whoever asks for the file. */
    if (err && err != ERR_TIMEOUT && err != ERR_BUSY)
        err = ERR_UNAVAILABLE;
    q->fn(q->arg, err, said);
    free(q);
}

static struct question *question(const struct file_id *id, viewer_fn *fn, void *arg)
{
    struct question *q = xcalloc(1, sizeof(*q));
    *q = (struct question){.fn = fn, .arg = arg, .id = *id};
    return q;
}

static void found_used(void *arg, const struct file_id *id)
{
    struct question *q = arg;
    (void)id;
    q->used = true;
}

static void told_used(void *arg, int err)
{
    struct question *q = arg;
    answer(q, err, q->used ? VIEWER_YES : VIEWER_NO);
}

int viewer_used(struct media *media, const struct file_id *id, viewer_fn *fn, void *arg)
{
    struct question *q = question(id, fn, arg);
    int err = viewer_ask(media, id, 1, found_used, told_used, q);
    if (err)
        free(q);
    return err;
}

/* {"seen","used","open"}: may the person see it for what uses it; does anything; may everybody? */
static void told_seen(void *arg, int err, struct str body)
{
    struct question *q = arg;
    bool seen = false, used = true, open = false;
    struct jval *root = err ? NULL : jval_parse(body);
    if (!err && (!jval_get_bool(root, "seen", &seen) || !jval_get_bool(root, "used", &used)))
        err = ERR_UNAVAILABLE;
    jval_get_bool(root, "open", &open);
    jval_free(root);
    if (open)
        answer(q, err, VIEWER_EVERYBODY);
    else
        answer(q, err, seen || (q->owner && !used) ? VIEWER_YES : VIEWER_NO);
}

int viewer_may(struct media *media, int64_t user, const struct file *file, viewer_fn *fn, void *arg)
{
    struct question *q = question(&file->id, fn, arg);
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    char hex[FILE_ID_TEXT];
    q->owner = user == file->owner;
    file_id_print(&q->id, hex);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "user", user);
    jsonw_cstr(&w, "file", hex);
    jsonw_obj_end(&w);
    const struct caller caller = {.user = user};
    int err = rpc_call(media->process.rpc, "msg", "file_seen", &caller, buf_view(&args), ASK_MS, told_seen, q);
    if (err)
        free(q);
    buf_fini(&args);
    return err;
}
