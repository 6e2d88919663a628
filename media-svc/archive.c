/* Gives a person the archive: the lease, then entry after entry while it is gathered. */
#include "archive.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "archive_pace.h"
#include "archive_rows.h"
#include "blob.h"
#include "clock.h"
#include "err.h"
#include "jsonw.h"
#include "log.h"
#include "media.h"
#include "sum.h"
#include "visitor.h"
#include "zip.h"

enum {
    AT_ONCE = 8,            /* archives under way in a process */
    ASKING = 8,             /* and so many that wait for their lease and their first page */
    LEASE_MS = 60000,       /* so long after its process died a person may ask anew */
    TICK_MS = LEASE_MS / 3, /* between two looks at the lease and the client */
    PIECE_BYTES = 128 << 10 /* given to the server at a time, and a page of rows or a part of a file more */
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

/* The lease is held by the one who wrote this word there: never taken from, or ended for, another one. */
static const char renew_script[] = "local is = redis.call('GET', KEYS[1])\n"
                                   "if is and is ~= ARGV[1] then return 0 end\n"
                                   "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\n"
                                   "return 1\n";
static const char end_script[] = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
                                 "return redis.call('DEL', KEYS[1])\n";

/* What of an entry is next. */
enum part { HEAD, BYTES, TAIL };

struct archive {
    struct list link;  /* in media's */
    struct call *call; /* NULL: the answer has begun */
    struct media *media;
    int64_t user;
    char holder[48]; /* of the lease */
    struct timer *tick;
    struct archive_rows *rows;
    struct buf first; /* text of theirs that was there before the answer began */
    bool rows_last;   /* all of their text is here */
    struct zip_file *entries;
    char **names; /* theirs */
    size_t count, entry;
    bool listed; /* what the files are is known, and entries are all there are; entry == count: the directory */
    enum part part;
    int64_t at;        /* of the entry's bytes */
    int64_t out;       /* bytes of the archive so far */
    int64_t directory; /* where it begins */
    size_t written;    /* entries in it so far */
    struct sum *sum;   /* of the entry */
    struct buf sums;   /* SHA256SUMS */
    struct buf ahead;  /* to be given next */
    struct archive_pace pace;
    struct http_stream *stream; /* NULL: it has not asked yet */
    bool asked;                 /* it waits for more */
    bool leased, reading, gone;
};

/* ---- the lease: one archive a person, of all processes ---- */

static void archive_end(struct archive *a)
{
    if (a->leased)
        bus_commandf(a->media->process.bus, NULL, NULL, "EVAL %s 1 archive:{%lld} %s", end_script, (long long)a->user,
                     a->holder);
    list_remove(&a->link);
    timer_destroy(&a->tick);
    media_buffered(a->media, -a->pace.held);
    if (a->rows)
        archive_rows_destroy(&a->rows);
    for (size_t i = 0; i < a->count; i++)
        free(a->names[i]);
    free(a->names);
    free(a->entries);
    sum_drop(&a->sum);
    buf_fini(&a->first);
    buf_fini(&a->sums);
    buf_fini(&a->ahead);
    a->media->archives_n--;
    free(a);
}

/* ---- the bytes ---- */

static void step(struct archive *a);

static void ended(struct archive *a)
{
    a->media->open--;
    a->media->downloading--;
    metric_add(a->media->m.downloading, -1);
    visitor_leaves(a->media->visitors, a->user);
    archive_end(a);
}

/* There is no way to say so any more but to end too early. */
static void cut(struct archive *a, int err)
{
    struct http_stream *stream = a->stream;
    log_warn(NULL, "archive not finished", "user=%lld error=%s", (long long)a->user, err_name(err));
    a->stream = NULL;
    a->gone = true;
    http_stream_abort(stream);
    if (!a->reading)
        ended(a);
}

static void take(struct archive *a, struct str bytes)
{
    struct zip_file *e = &a->entries[a->entry];
    if (e->open)
        e->size += (int64_t)bytes.n;
    /* A file has as many as its row says. */
    if ((int64_t)bytes.n > e->size - a->at)
        bytes.n = (size_t)(e->size - a->at);
    e->crc = zip_crc(e->crc, bytes);
    sum_add(a->sum, bytes);
    buf_str(&a->ahead, bytes);
    a->at += (int64_t)bytes.n;
}

/* What was asked for is here: go on, unless nobody waits for it any more. */
static void took(struct archive *a, int err, struct str bytes)
{
    a->reading = false;
    if (a->gone) {
        ended(a);
    } else if (err) {
        cut(a, err);
    } else {
        take(a, bytes);
        step(a);
    }
}

static void on_blob(void *arg, int err, struct str bytes)
{
    took(arg, err, bytes);
}

static void on_rows(void *arg, int err, struct str text, bool last)
{
    struct archive *a = arg;
    a->rows_last = last;
    took(a, err, text);
}

/* The next bytes of the entry: at once, or later by took(). */
static int read_more(struct archive *a)
{
    int err = 0;
    if (a->entry == README) {
        take(a, STR(readme));
    } else if (a->entry == ROWS && a->first.n > 0) {
        take(a, buf_view(&a->first));
        buf_fini(&a->first);
    } else if (a->entry == ROWS) {
        err = archive_rows_next(a->rows, on_rows, a);
        a->reading = !err;
    } else if (a->entry + 1 == a->count) {
        take(a, buf_view(&a->sums));
    } else {
        size_t count;
        const struct archive_file *files = archive_rows_files(a->rows, &count);
        err = blob_read(a->media->blob, &files[a->entry - FILES].id, FILE_ORIGINAL, a->at, on_blob, a);
        a->reading = !err;
    }
    return err;
}

/* ---- the entries ---- */

static void add_entry(struct archive *a, char *name, int64_t size)
{
    a->names[a->count] = name;
    a->entries[a->count++] = (struct zip_file){.name = str_of(name), .size = size};
}

static void make_room(struct archive *a, size_t count)
{
    a->entries = xrealloc(a->entries, count * sizeof(*a->entries));
    a->names = xrealloc(a->names, count * sizeof(*a->names));
}

static void list_first(struct archive *a)
{
    make_room(a, FILES);
    add_entry(a, xstrdup("README.txt"), sizeof(readme) - 1);
    add_entry(a, xstrdup("export.ndjson"), 0);
    a->entries[ROWS].open = true;
}

static void list_files(struct archive *a)
{
    size_t count;
    int64_t sums = 0;
    const struct archive_file *files = archive_rows_files(a->rows, &count);
    make_room(a, count + FILES + 1);
    for (size_t i = 0; i < count; i++) {
        struct buf name = {0};
        char id[FILE_ID_TEXT];
        file_id_print(&files[i].id, id);
        buf_printf(&name, "files/%s-%s", id, files[i].name);
        add_entry(a, xstrndup(buf_view(&name)), files[i].size);
        buf_fini(&name);
    }
    for (size_t i = 0; i < a->count; i++)
        sums += SUM_TEXT - 1 + 2 + (int64_t)a->entries[i].name.n + 1;
    add_entry(a, xstrdup("SHA256SUMS"), sums);
    a->listed = true;
}

static void put_head(struct archive *a)
{
    struct zip_file *e = &a->entries[a->entry];
    e->at = a->out + (int64_t)a->ahead.n;
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
    if (a->entry + 1 < a->count || !a->listed) {
        buf_printf(&a->sums, "%s  ", digest);
        buf_str(&a->sums, e->name);
        buf_char(&a->sums, '\n');
    }
    if (a->entry == ROWS)
        list_files(a);
    a->part = HEAD;
    if (++a->entry == a->count)
        a->directory = a->out + (int64_t)a->ahead.n;
}

/* False: that was the end. */
static bool put_directory(struct archive *a)
{
    if (a->written > a->count)
        return false;
    if (a->written < a->count)
        zip_entry(&a->entries[a->written], &a->ahead);
    else
        zip_end((int64_t)a->count, a->directory, a->out + (int64_t)a->ahead.n - a->directory, &a->ahead);
    a->written++;
    return true;
}

static bool is_read(const struct archive *a)
{
    const struct zip_file *e = &a->entries[a->entry];
    return a->at == e->size && (!e->open || (a->rows_last && a->first.n == 0));
}

static void give(struct archive *a)
{
    int64_t bytes = (int64_t)a->ahead.n;
    a->asked = false;
    a->out += bytes;
    archive_pace_give(&a->pace, bytes, clock_mono_ms());
    media_buffered(a->media, bytes);
    metric_add(a->media->m.served, bytes);
    if (bytes > 0)
        http_stream_put(a->stream, &a->ahead);
    else
        http_stream_finish(a->stream);
}

/* Until there is enough to give, or something has to be waited for. */
static void step(struct archive *a)
{
    int err = 0;
    bool more = true;
    assert(a->asked);
    while (!err && more && a->ahead.n < PIECE_BYTES) {
        if (a->entry == a->count)
            more = put_directory(a);
        else if (a->part == HEAD)
            put_head(a);
        else if (is_read(a))
            put_tail(a);
        else
            err = read_more(a);
        if (a->reading)
            return;
    }
    if (err)
        cut(a, err);
    else
        give(a);
}

static void on_more(void *arg, struct http_stream *stream)
{
    struct archive *a = arg;
    media_buffered(a->media, -a->pace.held);
    archive_pace_taken(&a->pace, clock_mono_ms());
    a->stream = stream;
    a->asked = true;
    step(a);
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

/* ---- who takes too long ---- */

/* Of those who take it so slowly that they hold others up the slowest; NULL: none does. */
static struct archive *slowest(struct media *media)
{
    struct archive *found = NULL;
    int64_t least = ARCHIVE_SLOW_BYTES_S, now_ms = clock_mono_ms();
    LIST_EACH (&media->archives, it) {
        struct archive *a = LIST_ITEM(it, struct archive, link);
        int64_t bytes_s = archive_pace_slow(&a->pace, now_ms);
        /* One that waits for bytes itself leaves its place only when they are here. */
        if (a->stream && !a->reading && bytes_s < least) {
            least = bytes_s;
            found = a;
        }
    }
    return found;
}

static void on_tick(void *arg)
{
    struct archive *a = arg;
    if (a->stream && archive_pace_stands(&a->pace, clock_mono_ms()))
        cut(a, ERR_SLOW);
    else
        bus_commandf(a->media->process.bus, NULL, NULL, "EVAL %s 1 archive:{%lld} %s %lld", renew_script,
                     (long long)a->user, a->holder, (long long)LEASE_MS);
}

/* ---- the answer ---- */

static void fail(struct archive *a, int err)
{
    call_fail(a->call, err, NULL);
    archive_end(a);
}

static void begin(struct archive *a)
{
    char name[64], disposition[96];
    time_t now = time(NULL);
    struct tm day;
    struct http_response res = {.status = 200, .type = STR("application/zip"), .length = HTTP_UNMEASURED};
    struct call *call = a->call;
    strftime(name, sizeof(name), "parley-%Y-%m-%d.zip", gmtime_r(&now, &day));
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s\"", name);
    call_header(&res, STR("content-disposition"), str_of(disposition));
    call_header(&res, STR("cache-control"), STR("no-store"));
    call_header(&res, STR("content-security-policy"), STR("sandbox; default-src 'none'"));
    call_header(&res, STR("cross-origin-resource-policy"), STR("same-origin"));
    a->call = NULL;
    list_first(a);
    a->media->open++;
    a->media->downloading++;
    metric_add(a->media->m.downloading, 1);
    if (call_respond_stream(call, &res, &source, a) != 0)
        ended(a);
}

/* Archives whose answer flows: only these are ended for another one, and only by one whose first page is here. */
static size_t flowing(const struct media *media)
{
    size_t count = 0;
    LIST_EACH (&media->archives, it)
        count += LIST_ITEM(it, struct archive, link)->call == NULL;
    return count;
}

/* There is room for one more, if need be by ending another one. */
static bool find_room(struct media *media)
{
    struct archive *slow = flowing(media) >= AT_ONCE ? slowest(media) : NULL;
    if (slow)
        cut(slow, ERR_SLOW);
    return flowing(media) < AT_ONCE;
}

static void on_first(void *arg, int err, struct str text, bool last)
{
    struct archive *a = arg;
    if (!err && !find_room(a->media))
        err = ERR_BUSY;
    if (!err)
        err = call_enter(a->call);
    if (err) {
        fail(a, err);
        return;
    }
    buf_str(&a->first, text);
    a->rows_last = last;
    begin(a);
}

static void on_lease(void *arg, int err, const struct bus_reply *reply)
{
    struct archive *a = arg;
    if (!err && bus_type(reply) != BUS_STRING)
        err = bus_type(reply) == BUS_NIL ? ERR_UNDER_WAY : ERR_INTERNAL;
    /* Where the answer was lost it may be ours. */
    a->leased = err != ERR_UNDER_WAY;
    if (!err) {
        archive_rows_create(&a->rows, a->media, a->user, str_of(a->call->claims.session));
        err = archive_rows_next(a->rows, on_first, a);
    }
    if (err)
        fail(a, err);
    else
        timer_start(a->tick, TICK_MS, TICK_MS);
}

void archive_give(struct call *call)
{
    struct media *media = call->media;
    if (media->archives_n >= AT_ONCE + ASKING) {
        call_fail(call, ERR_BUSY, NULL);
        return;
    }
    struct archive *a = xcalloc(1, sizeof(*a));
    a->call = call;
    a->media = media;
    a->user = call->claims.user;
    snprintf(a->holder, sizeof(a->holder), "%s-%lld", media->process.id, (long long)clock_mono_us());
    timer_make(&a->tick, media->process.loop, on_tick, a);
    list_push(&media->archives, &a->link);
    media->archives_n++;
    int err = bus_commandf(media->process.bus, on_lease, a, "SET archive:{%lld} %s NX PX %lld", (long long)a->user,
                           a->holder, (long long)LEASE_MS);
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
