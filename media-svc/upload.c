/* Begins uploads, tells how far they are, and ends them. */
#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "cache.h"
#include "clock.h"
#include "err.h"
#include "file_name.h"
#include "finisher.h"
#include "media.h"
#include "mover.h"
#include "sweeper.h"
#include "tus.h"
#include "viewer.h"

void upload_expires(int64_t touched_s, char text_r[40])
{
    tus_date(touched_s + FILE_UNUSED_S, text_r);
}

void upload_options(struct call *call)
{
    char max[24];
    struct http_response res = {.status = 204};
    snprintf(max, sizeof(max), "%lld", (long long)call->media->config.file_max);
    call_header(&res, STR("tus-version"), STR(TUS_VERSION));
    call_header(&res, STR("tus-extension"), STR(TUS_EXTENSIONS));
    call_header(&res, STR("tus-max-size"), str_of(max));
    call_header(&res, STR("tus-checksum-algorithm"), STR(TUS_ALGORITHMS));
    call->tus = true;
    call_respond(call, &res);
}

/* ---- begun ---- */

struct making {
    struct call *call;
    struct file_id id;
    bool empty;
};

static void on_made(void *arg, int err)
{
    struct making m = *(struct making *)arg;
    free(arg);
    if (err) {
        call_fail(m.call, err, NULL);
        return;
    }
    char location[64] = "/media/files/", expires[40];
    struct http_response res = {.status = 201};
    struct media *media = m.call->media;
    file_id_print(&m.id, location + strlen(location));
    upload_expires(clock_wall_ms() / 1000, expires);
    call_header(&res, STR("location"), str_of(location));
    if (!m.empty)
        call_header(&res, STR("upload-expires"), str_of(expires));
    metric_add(media->m.made, 1);
    /* Nothing more comes of a file without bytes. */
    if (m.empty)
        finisher_add(media->finisher, &m.id, m.call->claims.user);
    call_respond(m.call, &res);
}

static int read_file(struct call *call, struct file *file)
{
    struct buf name = {0};
    struct str metadata = http_header(call->req, "upload-metadata");
    if (!str_i64(http_header(call->req, "upload-length"), &file->size))
        return ERR_BAD_REQUEST;
    if (file->size > call->media->config.file_max)
        return ERR_TOO_LARGE;
    int err = tus_metadata(metadata, &name);
    if (!err) {
        file_name_clean(buf_view(&name), &file->name);
        buf_str(&file->metadata, metadata);
        file->id = file_id_make();
        file->owner = call->claims.user;
    }
    buf_fini(&name);
    return err;
}

void upload_make(struct call *call)
{
    struct file file = {0};
    const struct file_limits limits = {
        .user_max = call->media->config.user_max,
        .uploads_max = call->media->config.uploads_max,
    };
    /* Bytes with the first request are an extension that is not spoken here. */
    int err = http_body(call->req).n > 0 ? ERR_BAD_REQUEST : read_file(call, &file);
    if (!err && mover_full(call->media->mover))
        err = ERR_BUSY;
    if (!err) {
        struct making *m = xcalloc(1, sizeof(*m));
        *m = (struct making){.call = call, .id = file.id, .empty = file.size == 0};
        err = file_make(call->media->db, &file, &limits, on_made, m);
        if (err)
            free(m);
    }
    file_fini(&file);
    if (err)
        call_fail(call, err, NULL);
}

/* ---- asked about ---- */

static void on_offset(void *arg, int err, struct file *file)
{
    struct call *call = arg;
    char offset[24], length[24], expires[40];
    if (!err && file->owner != call->claims.user)
        err = ERR_NOT_FOUND;
    if (err) {
        call_fail(call, err, NULL);
        return;
    }
    struct http_response res = {.status = 200};
    snprintf(offset, sizeof(offset), "%lld", (long long)file->received);
    snprintf(length, sizeof(length), "%lld", (long long)file->size);
    upload_expires(file->touched_s, expires);
    call_header(&res, STR("upload-offset"), str_of(offset));
    call_header(&res, STR("upload-length"), str_of(length));
    if (file->metadata.n > 0)
        call_header(&res, STR("upload-metadata"), buf_view(&file->metadata));
    if (file->state == FILE_UPLOADING)
        call_header(&res, STR("upload-expires"), str_of(expires));
    call_respond(call, &res);
}

static void loaded_offset(void *arg, int err, struct file *file)
{
    on_offset(arg, err, file);
    file_fini(file);
}

void upload_offset(struct call *call)
{
    int err = file_load(call->media->db, &call->id, loaded_offset, call);
    if (err)
        call_fail(call, err, NULL);
}

/* ---- given up ---- */

static void on_doomed(void *arg, int err)
{
    struct call *call = arg;
    struct http_response res = {.status = 204};
    if (err) {
        call_fail(call, err, NULL);
        return;
    }
    cache_forget(call->media->cache, &call->id);
    sweeper_hurry(call->media->sweeper);
    call_respond(call, &res);
}

static void doom(struct call *call)
{
    int err = file_doom(call->media->db, &call->id, on_doomed, call);
    if (err)
        call_fail(call, err, NULL);
}

/* What others can see in a message is taken away there. */
static void on_used(void *arg, int err, enum viewer_answer used)
{
    struct call *call = arg;
    if (err || used)
        call_fail(call, err ? err : ERR_FORBIDDEN, err ? NULL : "This file is used.");
    else
        doom(call);
}

static void loaded_end(void *arg, int err, struct file *file)
{
    struct call *call = arg;
    enum file_state state = file->state;
    if (!err && file->owner != call->claims.user)
        err = ERR_NOT_FOUND;
    file_fini(file);
    if (!err && state == FILE_READY)
        err = viewer_used(call->media, &call->id, on_used, call);
    else if (!err)
        doom(call);
    if (err)
        call_fail(call, err, NULL);
}

void upload_end(struct call *call)
{
    int err = file_load(call->media->db, &call->id, loaded_end, call);
    if (err)
        call_fail(call, err, NULL);
}
