/* Gives files to those who may see them. Whoever may not learns nothing: the answer is that of a file that is not
 * there. */
#include "download.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "base64url.h"
#include "blob.h"
#include "cache.h"
#include "err.h"
#include "file_name.h"
#include "jsonw.h"
#include "media.h"
#include "range.h"
#include "viewer.h"
#include "visitor.h"

enum { AT_ONCE = 400 /* answers under way in a process, each with a chunk in hand */ };

/* One request for a file, from its row to the last byte of its answer. */
struct download {
    struct call *call; /* NULL: the answer has begun */
    struct media *media;
    struct file file;
    enum file_variant variant;
    int64_t size, at, end;      /* of the variant; the next byte to be read, and the one behind the last */
    int64_t user;               /* who gets it */
    int64_t held;               /* bytes given to the server that are not out yet */
    struct buf ahead;           /* read while those before them go out */
    struct http_stream *stream; /* waits for bytes; NULL: none does, or the client is gone */
    int failed;                 /* why there are no more */
    bool reading, gone, info;
    bool open; /* everybody may see it */
};

/* ---- the bytes ---- */

/* What was given last is out, or thrown away. */
static void let_go(struct download *d)
{
    media_buffered(d->media, -d->held);
    d->held = 0;
}

static void download_end(struct download *d)
{
    let_go(d);
    media_buffered(d->media, -(int64_t)d->ahead.n);
    d->media->downloading--;
    visitor_leaves(d->media->visitors, d->user);
    d->media->open--;
    metric_add(d->media->m.downloading, -1);
    buf_fini(&d->ahead);
    file_fini(&d->file);
    free(d);
}

static void read_ahead(struct download *d);

/* Give what is here to who waits for it; the next is read meanwhile. */
static void give_bytes(struct download *d)
{
    struct http_stream *stream = d->stream;
    if (!stream || d->reading)
        return;
    d->stream = NULL;
    if (d->ahead.n == 0) {
        http_stream_abort(stream);
        download_end(d);
        return;
    }
    d->held = (int64_t)d->ahead.n;
    metric_add(d->media->m.served, d->held);
    http_stream_put(stream, &d->ahead);
    read_ahead(d);
}

/* As many of them as were asked for. */
static void cut(struct download *d)
{
    if ((int64_t)d->ahead.n > d->end - d->at)
        d->ahead.n = (size_t)(d->end - d->at);
    media_buffered(d->media, (int64_t)d->ahead.n);
}

static void take(struct download *d, struct str bytes)
{
    cache_put(d->media->cache, &d->file.id, d->variant, d->at, bytes);
    buf_str(&d->ahead, bytes);
    cut(d);
}

/* What is at hand. */
static bool take_cached(struct download *d)
{
    if (!cache_read(d->media->cache, &d->file.id, d->variant, d->at, &d->ahead))
        return false;
    cut(d);
    return true;
}

static void on_bytes(void *arg, int err, struct str bytes)
{
    struct download *d = arg;
    d->reading = false;
    if (d->gone) {
        download_end(d);
        return;
    }
    d->failed = err;
    if (!err) {
        take(d, bytes);
        d->at += (int64_t)d->ahead.n;
    }
    give_bytes(d);
}

static void read_ahead(struct download *d)
{
    if (d->reading || d->failed || d->ahead.n > 0 || d->at == d->end)
        return;
    if (take_cached(d)) {
        d->at += (int64_t)d->ahead.n;
        return;
    }
    d->failed = blob_read(d->media->blob, &d->file.id, d->variant, d->at, on_bytes, d);
    d->reading = !d->failed;
}

static void on_more(void *arg, struct http_stream *stream)
{
    struct download *d = arg;
    let_go(d);
    d->stream = stream;
    read_ahead(d);
    give_bytes(d);
}

static void on_ended(void *arg, int err)
{
    struct download *d = arg;
    (void)err;
    d->gone = true;
    if (!d->reading)
        download_end(d);
}

static const struct http_source source = {.more = on_more, .ended = on_ended};

/* ---- the answer ---- */

static void fail(struct download *d, int err)
{
    call_fail(d->call, err, NULL);
    file_fini(&d->file);
    free(d);
}

/* What a browser may show in the page's place: pixels and sounds that were understood, nothing that could act. */
static bool shown_inline(const struct download *d)
{
    struct str ignored;
    if (http_query(d->call->req, "download", &ignored))
        return false;
    if (d->variant != FILE_ORIGINAL)
        return true;
    return d->file.kind == FILE_IMAGE || d->file.kind == FILE_VIDEO || d->file.kind == FILE_AUDIO;
}

struct answer_text {
    char tag[FILE_ID_TEXT + 8], length[24];
    char range[80];
    struct buf disposition;
};

static void put_headers(const struct download *d, struct answer_text *t, struct http_response *res)
{
    static const char *const suffixes[] = {"", "-small", "-large"};
    char id[FILE_ID_TEXT];
    bool is_inline = shown_inline(d);
    file_id_print(&d->file.id, id);
    snprintf(t->tag, sizeof(t->tag), "\"%s%s\"", id, suffixes[d->variant]);
    file_name_disposition(is_inline ? "inline" : "attachment", buf_view(&d->file.name), &t->disposition);
    res->type = !is_inline                    ? STR("application/octet-stream")
                : d->variant == FILE_ORIGINAL ? buf_view(&d->file.type)
                                              : STR("image/webp");
    call_header(res, STR("etag"), str_of(t->tag));
    call_header(res, STR("accept-ranges"), STR("bytes"));
    /* Kept, but asked about each time: who was removed from a room sees nothing of it any more. What everybody may see,
     * faces and the like, need not be: a list of rooms has hundreds. */
    call_header(res, STR("cache-control"),
                d->open ? STR("private, max-age=86400, immutable") : STR("private, no-cache"));
    if (!d->open)
        call_header(res, STR("vary"), STR("Authorization, Cookie"));
    call_header(res, STR("content-disposition"), buf_view(&t->disposition));
    call_header(res, STR("content-security-policy"), STR("sandbox; default-src 'none'"));
    call_header(res, STR("cross-origin-resource-policy"), STR("same-origin"));
}

/* 200, 206, 304 or 416, and in *d what is to be sent. */
static void choose(struct download *d, struct answer_text *t, struct http_response *res)
{
    struct http_request *req = d->call->req;
    struct str none_match = http_header(req, "if-none-match"), if_range = http_header(req, "if-range");
    struct str range = http_header(req, "range");
    res->status = 200;
    d->at = 0;
    d->end = d->size;
    if (none_match.n > 0 && range_has_tag(none_match, str_of(t->tag))) {
        res->status = 304;
        d->end = 0;
        return;
    }
    if (range.n == 0 || (if_range.n > 0 && !str_is(if_range, t->tag)))
        return;
    switch (range_of(range, d->size, &d->at, &d->end)) {
    case RANGE_ALL:
        break;
    case RANGE_PART:
        res->status = 206;
        snprintf(t->range, sizeof(t->range), "bytes %lld-%lld/%lld", (long long)d->at, (long long)d->end - 1,
                 (long long)d->size);
        call_header(res, STR("content-range"), str_of(t->range));
        break;
    case RANGE_NONE:
        res->status = 416;
        d->end = d->at = 0;
        snprintf(t->range, sizeof(t->range), "bytes */%lld", (long long)d->size);
        call_header(res, STR("content-range"), str_of(t->range));
        break;
    }
}

static void begin(struct download *d);

static void on_first(void *arg, int err, struct str bytes)
{
    struct download *d = arg;
    d->media->downloading--;
    if (err) {
        visitor_leaves(d->media->visitors, d->user);
        /* A file that is ready has bytes: where they are, nobody answers. */
        fail(d, err == ERR_NOT_FOUND ? ERR_UNAVAILABLE : err);
        return;
    }
    take(d, bytes);
    begin(d);
}

/* Before the answer begins, so that it can still be an error. */
static void read_first(struct download *d)
{
    int err = d->media->downloading >= AT_ONCE ? ERR_BUSY : call_enter(d->call);
    if (err) {
        fail(d, err);
        return;
    }
    d->user = d->call->claims.user;
    if (take_cached(d)) {
        begin(d);
        return;
    }
    err = blob_read(d->media->blob, &d->file.id, d->variant, d->at, on_first, d);
    if (err) {
        visitor_leaves(d->media->visitors, d->user);
        fail(d, err);
    } else {
        d->media->downloading++;
    }
}

static void begin(struct download *d)
{
    struct answer_text t = {0};
    struct http_response res = {0};
    struct media *media = d->media;
    put_headers(d, &t, &res);
    choose(d, &t, &res);
    res.length = d->end - d->at;
    bool bodiless = res.length == 0 || d->call->method == HTTP_HEAD;
    if (!bodiless && d->ahead.n == 0) {
        read_first(d);
    } else if (bodiless) {
        call_respond(d->call, &res);
        file_fini(&d->file);
        free(d);
    } else {
        struct call *call = d->call;
        d->call = NULL;
        d->at += (int64_t)d->ahead.n;
        media->downloading++;
        media->open++;
        metric_add(media->m.downloading, 1);
        if (call_respond_stream(call, &res, &source, d) != 0)
            download_end(d);
    }
    buf_fini(&t.disposition);
}

static void on_size(void *arg, int err, int64_t bytes)
{
    struct download *d = arg;
    d->size = bytes;
    if (err || bytes == 0)
        fail(d, err ? err : ERR_NOT_FOUND);
    else
        begin(d);
}

static void give(struct download *d)
{
    if (d->variant == FILE_ORIGINAL) {
        d->size = d->file.size;
        begin(d);
        return;
    }
    int err = blob_size(d->media->blob, &d->file.id, d->variant, on_size, d);
    if (err)
        fail(d, err);
}

/* ---- what is known of it ---- */

/* As the events of messages have it: base64 with its padding. */
static void put_waveform(struct jsonw *w, struct str loudness)
{
    struct buf text = {0};
    base64url_put(&text, loudness);
    for (size_t i = 0; i < text.n; i++)
        text.p[i] = text.p[i] == '-' ? '+' : text.p[i] == '_' ? '/' : text.p[i];
    while (text.n % 4 != 0)
        buf_char(&text, '=');
    jsonw_str(w, "waveform", buf_view(&text));
    buf_fini(&text);
}

static void put_known(struct jsonw *w, const struct file *file)
{
    if (file->width > 0) {
        jsonw_int(w, "width", file->width);
        jsonw_int(w, "height", file->height);
    }
    if (file->duration_ms > 0)
        jsonw_int(w, "duration_ms", file->duration_ms);
    if (file->blurhash.n > 0)
        jsonw_str(w, "blurhash", buf_view(&file->blurhash));
    if (file->waveform.n > 0)
        put_waveform(w, buf_view(&file->waveform));
    jsonw_arr(w, "previews");
    if (file->previews & 1)
        jsonw_cstr(w, NULL, "small");
    if (file->previews & 2)
        jsonw_cstr(w, NULL, "large");
    jsonw_arr_end(w);
}

static void tell(struct download *d)
{
    static const char *const states[] = {"uploading", "stored", "ready"};
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    char id[FILE_ID_TEXT];
    file_id_print(&d->file.id, id);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "id", id);
    jsonw_str(&w, "name", buf_view(&d->file.name));
    jsonw_int(&w, "size", d->file.size);
    jsonw_int(&w, "received", d->file.received);
    jsonw_cstr(&w, "state", states[d->file.state]);
    if (d->file.state == FILE_READY) {
        jsonw_str(&w, "type", buf_view(&d->file.type));
        jsonw_cstr(&w, "kind", file_kind_name(d->file.kind));
        put_known(&w, &d->file);
    }
    jsonw_obj_end(&w);
    struct http_response res = {.status = 200, .type = STR("application/json"), .body = buf_view(&text)};
    call_respond(d->call, &res);
    buf_fini(&text);
    file_fini(&d->file);
    free(d);
}

/* ---- who may ---- */

static void on_may(void *arg, int err, enum viewer_answer may)
{
    struct download *d = arg;
    d->open = may == VIEWER_EVERYBODY;
    if (err || may == VIEWER_NO)
        fail(d, err ? err : ERR_NOT_FOUND);
    else if (d->info)
        tell(d);
    else
        give(d);
}

static void on_file(void *arg, int err, struct file *file)
{
    struct download *d = arg;
    bool is_owner = file->owner == d->call->claims.user;
    d->file = *file;
    /* Before it is ready it can be in no message, and only its owner learns of it. */
    if (!err && file->state != FILE_READY && (!d->info || !is_owner))
        err = ERR_NOT_FOUND;
    if (!err && d->variant != FILE_ORIGINAL && !(file->previews & 1U << (d->variant - 1)))
        err = ERR_NOT_FOUND;
    /* Of a photo others get what was made anew from its pixels: the original may say where it was taken. A GIF has no
     * such place, and moves. */
    bool has_place = file->kind == FILE_IMAGE && !str_is(buf_view(&file->type), "image/gif");
    if (!err && !is_owner && !d->info && has_place && d->variant == FILE_ORIGINAL && (file->previews & 2))
        d->variant = FILE_LARGE;
    if (!err && file->state != FILE_READY)
        tell(d);
    else if (!err)
        err = viewer_may(d->media, d->call->claims.user, file, on_may, d);
    if (err)
        fail(d, err);
}

static void start(struct call *call, enum file_variant variant, bool info)
{
    struct download *d = xcalloc(1, sizeof(*d));
    d->call = call;
    d->media = call->media;
    d->variant = variant;
    d->info = info;
    int err = file_load(call->media->db, &call->id, on_file, d);
    if (err)
        fail(d, err);
}

void download_file(struct call *call, enum file_variant variant)
{
    start(call, variant, false);
}

void download_info(struct call *call)
{
    start(call, FILE_ORIGINAL, true);
}
