/* Gives a person the archive: the lease, the rows, then entry after entry. */
#include "archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "archive_rows.h"
#include "blob.h"
#include "err.h"
#include "jsonw.h"
#include "log.h"
#include "media.h"
#include "visitor.h"
#include "zip.h"

enum {
    AT_ONCE = 4,            /* archives under way in a process */
    LEASE_MS = 60000,       /* so long after its process died a person may ask anew */
    PIECE_BYTES = 128 << 10 /* given to the server at a time, and a part of a file more */
};

/* Before and behind the files; the sums stand last, as they are known then. */
enum { README, ROWS, FILES };

static const char readme[] =
    "What this server has of you.\n\n"
    "export.ndjson  One JSON object a line, for programs and for patient people: your account, the rooms you are in, what you\n"
    "               wrote, reacted, voted, kept and uploaded, and what the audit has of you. Each table ends with the\n"
    "               SHA-256 of its rows. Its format: docs/export.md of Parley.\n"
    "files/         What you uploaded, as it was. A message names its files by the first part of their names.\n"
    "SHA256SUMS     The SHA-256 of all of these: sha256sum -c SHA256SUMS\n";

/* What of an entry is next. */
enum part { HEAD, BYTES, TAIL };

struct archive {
    struct call *call; /* NULL: the answer has begun */
    struct media *media;
    int64_t user;
    struct timer *lease;
    struct archive_rows rows;
    struct zip_file *entries;
    char **names;        /* theirs */
    size_t count, entry; /* entry == count: the directory */
    enum part part;
    int64_t at;        /* of the entry's bytes */
    int64_t out;       /* bytes of the archive so far */
    int64_t directory; /* where it begins */
    size_t listed;     /* entries in it so far */
    struct sum *sum;   /* of the entry */
    struct buf sums;   /* SHA256SUMS */
    struct buf ahead;  /* to be given next */
    struct buf read;   /* by a worker, of the rows */
    int error;         /* errno of that */
    int64_t held;      /* bytes given to the server that are not out yet */
    struct http_stream *stream;
    bool leased, reading, gone;
};

/* ---- the lease: one archive a person, of all processes ---- */

static void lease_renew(void *arg)
{
    struct archive *a = arg;
    bus_commandf(a->media->process.bus, NULL, NULL, "PEXPIRE archive:{%lld} %lld", (long long)a->user,
                 (long long)LEASE_MS);
}

static void archive_end(struct archive *a)
{
    if (a->leased)
        bus_commandf(a->media->process.bus, NULL, NULL, "DEL archive:{%lld}", (long long)a->user);
    timer_destroy(&a->lease);
    media_buffered(a->media, -a->held);
    archive_rows_fini(&a->rows);
    for (size_t i = 0; i < a->count; i++)
        free(a->names[i]);
    free(a->names);
    free(a->entries);
    sum_drop(&a->sum);
    buf_fini(&a->sums);
    buf_fini(&a->ahead);
    buf_fini(&a->read);
    a->media->archives--;
    free(a);
}

/* ---- the bytes ---- */

static void step(struct archive *a);

/* There is no way to say so any more but to end too early. */
static void give_up(struct archive *a, int err)
{
    struct http_stream *stream = a->stream;
    log_warn(NULL, "archive not finished", "user=%lld error=%s", (long long)a->user, err_name(err));
    a->stream = NULL;
    a->gone = true;
    http_stream_abort(stream);
    a->media->open--;
    a->media->downloading--;
    metric_add(a->media->m.downloading, -1);
    visitor_leaves(a->media->visitors, a->user);
    archive_end(a);
}

static void take(struct archive *a, struct str bytes)
{
    struct zip_file *e = &a->entries[a->entry];
    /* A file has as many as its row says. */
    if ((int64_t)bytes.n > e->size - a->at)
        bytes.n = (size_t)(e->size - a->at);
    e->crc = zip_crc(e->crc, bytes);
    sum_add(a->sum, bytes);
    buf_str(&a->ahead, bytes);
    a->at += (int64_t)bytes.n;
}

static void ended(struct archive *a);

static void took(struct archive *a, int err, struct str bytes)
{
    a->reading = false;
    if (a->gone) {
        ended(a);
    } else if (err) {
        give_up(a, err);
    } else {
        take(a, bytes);
        step(a);
    }
}

static void on_blob(void *arg, int err, struct str bytes)
{
    took(arg, err, bytes);
}

/* On a worker thread. */
static void read_rows(void *arg)
{
    struct archive *a = arg;
    buf_reset(&a->read);
    buf_reserve(&a->read, PIECE_BYTES);
    ssize_t n;
    do
        n = pread(a->rows.fd, a->read.p, PIECE_BYTES, a->at);
    while (n < 0 && errno == EINTR);
    a->read.n = n > 0 ? (size_t)n : 0;
}

static void on_rows_read(void *arg)
{
    struct archive *a = arg;
    took(a, a->read.n > 0 ? 0 : ERR_INTERNAL, buf_view(&a->read));
}

/* The next bytes of the entry: at once, or later by took(). */
static int read_more(struct archive *a)
{
    int err = 0;
    if (a->entry == README) {
        take(a, STR(readme));
    } else if (a->entry + 1 == a->count) {
        take(a, buf_view(&a->sums));
    } else if (a->entry == ROWS) {
        err = loop_work(a->media->process.loop, read_rows, on_rows_read, a);
        a->reading = !err;
    } else {
        err = blob_read(a->media->blob, &a->rows.files[a->entry - FILES].id, FILE_ORIGINAL, a->at, on_blob, a);
        a->reading = !err;
    }
    return err;
}

static void put_head(struct archive *a)
{
    struct zip_file *e = &a->entries[a->entry];
    e->at = a->out + (int64_t)a->ahead.n;
    e->crc = 0;
    zip_head(e, &a->ahead);
    sum_begin(&a->sum);
    a->at = 0;
    a->part = BYTES;
}

static void put_tail(struct archive *a)
{
    const struct zip_file *e = &a->entries[a->entry];
    char digest[SUM_TEXT];
    sum_end(&a->sum, digest);
    zip_tail(e, &a->ahead);
    if (a->entry + 1 < a->count) {
        buf_printf(&a->sums, "%s  ", digest);
        buf_str(&a->sums, e->name);
        buf_char(&a->sums, '\n');
    }
    a->part = HEAD;
    if (++a->entry == a->count)
        a->directory = a->out + (int64_t)a->ahead.n;
}

/* False: that was the end. */
static bool put_directory(struct archive *a)
{
    if (a->listed > a->count)
        return false;
    if (a->listed < a->count)
        zip_entry(&a->entries[a->listed], &a->ahead);
    else
        zip_end((int64_t)a->count, a->directory, a->out + (int64_t)a->ahead.n - a->directory, &a->ahead);
    a->listed++;
    return true;
}

static void give(struct archive *a)
{
    struct http_stream *stream = a->stream;
    a->stream = NULL;
    a->held = (int64_t)a->ahead.n;
    a->out += a->held;
    media_buffered(a->media, a->held);
    metric_add(a->media->m.served, a->held);
    http_stream_put(stream, &a->ahead);
}

/* Until there is enough to give, or something has to be waited for. */
static void step(struct archive *a)
{
    int err = 0;
    bool more = true;
    while (!err && more && a->ahead.n < PIECE_BYTES) {
        if (a->entry == a->count)
            more = put_directory(a);
        else if (a->part == HEAD)
            put_head(a);
        else if (a->at == a->entries[a->entry].size)
            put_tail(a);
        else
            err = read_more(a);
        if (a->reading)
            return;
    }
    if (err)
        give_up(a, err);
    else
        give(a);
}

static void on_more(void *arg, struct http_stream *stream)
{
    struct archive *a = arg;
    media_buffered(a->media, -a->held);
    a->held = 0;
    a->stream = stream;
    step(a);
}

static void ended(struct archive *a)
{
    a->media->open--;
    a->media->downloading--;
    metric_add(a->media->m.downloading, -1);
    visitor_leaves(a->media->visitors, a->user);
    archive_end(a);
}

static void on_ended(void *arg, int err)
{
    struct archive *a = arg;
    (void)err;
    a->gone = true;
    a->stream = NULL;
    if (!a->reading)
        ended(a);
}

static const struct http_source source = {.more = on_more, .ended = on_ended};

/* ---- the answer ---- */

static void fail(struct archive *a, int err)
{
    call_fail(a->call, err, NULL);
    archive_end(a);
}

static void add_entry(struct archive *a, char *name, int64_t size)
{
    a->names[a->count] = name;
    a->entries[a->count++] = (struct zip_file){.name = str_of(name), .size = size};
}

static void list_entries(struct archive *a)
{
    int64_t sums = 0;
    a->entries = xcalloc(a->rows.count + FILES + 1, sizeof(*a->entries));
    a->names = xcalloc(a->rows.count + FILES + 1, sizeof(*a->names));
    add_entry(a, xstrdup("README.txt"), sizeof(readme) - 1);
    add_entry(a, xstrdup("export.ndjson"), a->rows.bytes);
    for (size_t i = 0; i < a->rows.count; i++) {
        struct buf name = {0};
        char id[FILE_ID_TEXT];
        file_id_print(&a->rows.files[i].id, id);
        buf_printf(&name, "files/%s-%s", id, a->rows.files[i].name);
        add_entry(a, xstrndup(buf_view(&name)), a->rows.files[i].size);
        buf_fini(&name);
    }
    for (size_t i = 0; i < a->count; i++)
        sums += SUM_TEXT - 1 + 2 + (int64_t)a->entries[i].name.n + 1;
    add_entry(a, xstrdup("SHA256SUMS"), sums);
}

/* Of the whole archive. */
static int64_t length(const struct archive *a)
{
    int64_t files = 0, directory = 0;
    for (size_t i = 0; i < a->count; i++) {
        struct zip_file e = a->entries[i];
        e.at = files;
        files += zip_file_bytes(&e);
        directory += zip_entry_bytes(&e);
    }
    return files + directory + zip_end_bytes((int64_t)a->count, files, directory);
}

static void begin(struct archive *a)
{
    char name[64], disposition[96];
    time_t now = time(NULL);
    struct tm day;
    struct http_response res = {.status = 200, .type = STR("application/zip"), .length = length(a)};
    struct call *call = a->call;
    strftime(name, sizeof(name), "parley-%Y-%m-%d.zip", gmtime_r(&now, &day));
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s\"", name);
    call_header(&res, STR("content-disposition"), str_of(disposition));
    call_header(&res, STR("cache-control"), STR("no-store"));
    call_header(&res, STR("content-security-policy"), STR("sandbox; default-src 'none'"));
    call_header(&res, STR("cross-origin-resource-policy"), STR("same-origin"));
    a->call = NULL;
    a->media->open++;
    a->media->downloading++;
    metric_add(a->media->m.downloading, 1);
    if (call_respond_stream(call, &res, &source, a) != 0)
        ended(a);
}

static void on_gathered(void *arg, int err, struct archive_rows *rows)
{
    struct archive *a = arg;
    if (!err) {
        a->rows = *rows;
        err = call_enter(a->call);
    }
    if (err) {
        fail(a, err);
        return;
    }
    list_entries(a);
    begin(a);
}

static void on_lease(void *arg, int err, const struct bus_reply *reply)
{
    struct archive *a = arg;
    if (!err && bus_type(reply) != BUS_STRING)
        err = bus_type(reply) == BUS_NIL ? ERR_UNDER_WAY : ERR_INTERNAL;
    a->leased = !err;
    if (!err)
        err = archive_rows_gather(a->media, a->user, str_of(a->call->claims.session), on_gathered, a);
    if (err)
        fail(a, err);
    else
        timer_start(a->lease, LEASE_MS / 3, LEASE_MS / 3);
}

void archive_give(struct call *call)
{
    struct media *media = call->media;
    if (media->archives >= AT_ONCE) {
        call_fail(call, ERR_BUSY, NULL);
        return;
    }
    struct archive *a = xcalloc(1, sizeof(*a));
    a->call = call;
    a->media = media;
    a->user = call->claims.user;
    a->rows.fd = -1;
    timer_make(&a->lease, media->process.loop, lease_renew, a);
    media->archives++;
    int err = bus_commandf(media->process.bus, on_lease, a, "SET archive:{%lld} %s NX PX %lld", (long long)a->user,
                           media->process.id, (long long)LEASE_MS);
    if (err)
        fail(a, err);
}

/* ---- how large ---- */

static void on_size(void *arg, int err, const struct db_result *r)
{
    struct call *call = arg;
    struct buf text = {0};
    err = file_judge(err, r);
    if (err) {
        call_fail(call, err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_int(&w, "bytes", db_int(r, 0, 0));
    jsonw_obj_end(&w);
    struct http_response res = {.status = 200, .type = STR("application/json"), .body = buf_view(&text)};
    call_header(&res, STR("cache-control"), STR("no-store"));
    call_respond(call, &res);
    buf_fini(&text);
}

void archive_size(struct call *call)
{
    struct db_params p = {0};
    db_p_int(&p, call->claims.user);
    int err = db_query(call->media->db, "SELECT coalesce((SELECT bytes FROM media.usage WHERE owner = $1::bigint), 0)",
                       &p, on_size, call);
    if (err)
        call_fail(call, err, NULL);
}
