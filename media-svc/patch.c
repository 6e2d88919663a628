/* PATCH: bytes of a file, stored chunk by chunk while they come. In this process are at most the chunk that is being
 * stored and the one that fills behind it; while both are full, the client waits. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "alloc.h"
#include "blob.h"
#include "cache.h"
#include "clock.h"
#include "err.h"
#include "finisher.h"
#include "media.h"
#include "tus.h"
#include "upload.h"
#include "visitor.h"

enum {
    CHUNK_BYTES = 512 << 10,
    CHECKED_BYTES = 1 << 20, /* with a checksum: nothing may be stored before all of it is there and judged */
    AT_ONCE = 200            /* uploads in a process */
};

struct patch {
    struct call *call;
    struct media *media;
    struct file_id id;
    int64_t offset, size; /* bytes stored, bytes announced for the file */
    int64_t due;          /* of the body, not here yet */
    int64_t user;
    struct tus_checksum sum;
    struct buf filling, storing;
    struct cache_run *run; /* what is stored is kept at hand; NULL: not */
    unsigned epoch;        /* of the database, when it began */
    int err;               /* why it ended, or the first thing that went wrong */
    bool ended;            /* nothing more comes */
    bool broken;           /* what is here may not be stored */
    bool last;             /* what is being stored, or was, is committed as ever, and with it all before it */
};

static void answer(struct patch *patch)
{
    struct call *call = patch->call;
    char offset[24], expires[40];
    struct http_response res = {.status = 204};
    bool whole = patch->offset == patch->size;
    snprintf(offset, sizeof(offset), "%lld", (long long)patch->offset);
    upload_expires(clock_wall_ms() / 1000, expires);
    call_header(&res, STR("upload-offset"), str_of(offset));
    if (!whole)
        call_header(&res, STR("upload-expires"), str_of(expires));
    if (patch->err)
        call_fail(call, patch->err, NULL);
    else
        call_respond(call, &res);
}

/* Answer, and be gone. Nothing is being stored. */
static void patch_end(struct patch *patch)
{
    struct media *media = patch->media;
    /* A database that crashed may have lost what it had said of this one, and got other bytes from elsewhere. */
    cache_run_end(patch->run, patch->last && !patch->broken && patch->epoch == db_epoch(media->db));
    if (patch->offset == patch->size)
        finisher_add(media->finisher, &patch->id, patch->user);
    answer(patch);
    media_buffered(media, -(int64_t)patch->filling.n);
    media->uploading--;
    visitor_leaves(media->visitors, patch->user);
    metric_add(media->m.uploading, -1);
    buf_fini(&patch->filling);
    buf_fini(&patch->storing);
    free(patch);
}

static void patch_step(struct patch *patch);

static void on_stored(void *arg, int err)
{
    struct patch *patch = arg;
    size_t n = patch->storing.n;
    media_buffered(patch->media, -(int64_t)n);
    if (!err) {
        patch->offset += (int64_t)n;
        metric_add(patch->media->m.uploaded, (int64_t)n);
        if (patch->run)
            cache_run_put(patch->run, &patch->storing);
    } else {
        /* What came behind has nothing to stand on. */
        patch->err = err;
        patch->ended = patch->broken = true;
    }
    buf_reset(&patch->storing);
    patch_step(patch);
}

static void store(struct patch *patch)
{
    struct buf full = patch->filling;
    /* The client is told an offset when all of the body is stored: that is on disk, and so is all before it. */
    patch->last = patch->ended || patch->due <= 0;
    patch->filling = patch->storing;
    patch->storing = full;
    int err =
        blob_append(patch->media->blob, &patch->id, patch->offset, buf_view(&full), patch->last, on_stored, patch);
    if (err)
        on_stored(patch, err);
}

/* Do what is to be done next: store, have more read, or end. */
static void patch_step(struct patch *patch)
{
    bool checked = patch->sum.algorithm != TUS_NO_CHECKSUM;
    if (patch->storing.n > 0)
        return;
    if (!patch->broken && patch->filling.n > 0 && (patch->ended || (!checked && patch->filling.n >= CHUNK_BYTES)))
        store(patch);
    else if (patch->ended)
        patch_end(patch);
    else
        http_take_more(patch->call->req, true);
}

static void on_piece(void *arg, struct http_request *req, struct str bytes)
{
    struct patch *patch = arg;
    patch->due -= (int64_t)bytes.n;
    /* Room for a chunk at once, and none for what does not come. */
    int64_t rest = patch->due < CHUNK_BYTES ? patch->due : CHUNK_BYTES;
    if (patch->filling.n == 0 && rest > 0)
        buf_reserve(&patch->filling, bytes.n + (size_t)rest);
    buf_str(&patch->filling, bytes);
    media_buffered(patch->media, (int64_t)bytes.n);
    if (patch->sum.algorithm != TUS_NO_CHECKSUM || patch->filling.n < CHUNK_BYTES)
        return;
    if (patch->storing.n > 0)
        http_take_more(req, false);
    else
        store(patch);
}

/* What came before a client left is kept: it need not send that again. */
static void on_end(void *arg, struct http_request *req, int err)
{
    struct patch *patch = arg;
    (void)req;
    patch->ended = true;
    patch->err = err;
    if (patch->sum.algorithm != TUS_NO_CHECKSUM) {
        if (!err && !tus_checksum_is(&patch->sum, buf_view(&patch->filling)))
            patch->err = ERR_CHECKSUM_MISMATCH;
        patch->broken = patch->err != 0;
    }
    patch_step(patch);
}

/* ---- begun ---- */

static bool type_ok(struct str type)
{
    struct str wanted = STR(TUS_TYPE);
    return type.n == wanted.n && strncasecmp(type.p, wanted.p, type.n) == 0;
}

/* May these bytes come? Judged by the head alone, and by what else is under way. */
static int check(struct call *call, const struct file *file, struct tus_checksum *sum)
{
    int64_t offset, announced = http_announced(call->req);
    if (file->owner != call->claims.user)
        return ERR_NOT_FOUND;
    if (!type_ok(http_header(call->req, "content-type")))
        return ERR_UNSUPPORTED_TYPE;
    if (!str_i64(http_header(call->req, "upload-offset"), &offset))
        return ERR_BAD_REQUEST;
    int err = tus_checksum(http_header(call->req, "upload-checksum"), sum);
    if (err)
        return err;
    if (offset != file->received)
        return ERR_OFFSET_CONFLICT;
    if (announced > file->size - file->received)
        return ERR_TOO_LARGE;
    if (sum->algorithm != TUS_NO_CHECKSUM && announced > CHECKED_BYTES)
        return ERR_TOO_LARGE;
    return call->media->uploading >= AT_ONCE ? ERR_BUSY : call_enter(call);
}

static void loaded(void *arg, int err, struct file *file)
{
    static const struct http_taker taker = {.piece = on_piece, .end = on_end};
    struct call *call = arg;
    struct tus_checksum sum;
    err = err ? err : check(call, file, &sum);
    if (err) {
        file_fini(file);
        call_fail(call, err, err == ERR_UNSUPPORTED_TYPE ? "Send " TUS_TYPE "." : NULL);
        return;
    }
    struct patch *patch = xcalloc(1, sizeof(*patch));
    patch->call = call;
    patch->media = call->media;
    patch->id = file->id;
    patch->offset = file->received;
    patch->size = file->size;
    patch->due = http_announced(call->req);
    patch->user = call->claims.user;
    patch->sum = sum;
    patch->epoch = db_epoch(patch->media->db);
    patch->run = cache_run(patch->media->cache, &file->id, file->received, file->size);
    file_fini(file);
    patch->media->uploading++;
    metric_add(patch->media->m.uploading, 1);
    if (!http_take(call->req, &taker, patch)) {
        patch->ended = true;
        patch->err = ERR_UNAVAILABLE;
        patch_end(patch);
    }
}

void upload_patch(struct call *call)
{
    int err = file_load(call->media->db, &call->id, loaded, call);
    if (err)
        call_fail(call, err, NULL);
}
