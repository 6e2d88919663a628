/* Puts entries into the ingest streams, and watches how long those are and how old. */
#include "ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "failpoint.h"
#include "log.h"

enum {
    MAX_BACKLOG = 10000,
    MAX_AGE_MS = 5000, /* what waits so long is sent again by its client: more would only make the stream longer */
    FEW = 100,         /* a stream of so few is not refused for its age: one entry may be slow for its own reasons */
    WATCH_MS = 1000,
    MAX_WORDS = 40,
};

struct shard {
    struct ingest *ingest;
    char stream[24];
    int64_t backlog, age_ms; /* of the oldest entry that is not committed */
    bool used;               /* since it was last looked at */
};

struct ingest {
    struct bus *bus;
    struct timer *watch;
    struct shard shards[INGEST_SHARDS];
    struct metric *added, *refused, *waiting, *oldest;
    size_t looking; /* questions under way: they hold the shards */
    bool dying;
};

struct adding {
    ingest_fn *fn;
    void *arg;
};

static bool is_full(const struct shard *shard)
{
    return shard->backlog >= MAX_BACKLOG || (shard->backlog > FEW && shard->age_ms > MAX_AGE_MS);
}

/* An answer to a look is there; true: and somebody who wants it. */
static bool look_over(struct ingest *ingest)
{
    ingest->looking--;
    if (!ingest->dying)
        return true;
    if (ingest->looking == 0)
        free(ingest);
    return false;
}

static void backlog_seen(void *arg, int err, const struct bus_reply *reply)
{
    struct shard *shard = arg;
    if (look_over(shard->ingest) && !err && bus_type(reply) == BUS_INTEGER)
        shard->backlog = bus_int(reply);
}

/* One entry [id, fields], whose id is "<ms>-<n>"; or none. */
static void oldest_seen(void *arg, int err, const struct bus_reply *reply)
{
    struct shard *shard = arg;
    if (!look_over(shard->ingest) || err)
        return;
    int64_t born = bus_entry_born_ms(bus_str(bus_at(bus_at(reply, 0), 0)));
    shard->age_ms = born > 0 ? bus_time_ms(shard->ingest->bus) - born : 0;
}

static void ask(struct ingest *ingest, bus_reply_fn *fn, void *arg, size_t n, const struct str *words)
{
    if (bus_command(ingest->bus, fn, arg, n, words) == 0)
        ingest->looking++;
}

/* As it was at the last look. */
static void tell(const struct ingest *ingest)
{
    int64_t entries = 0, age_ms = 0;
    for (size_t i = 0; i < INGEST_SHARDS; i++) {
        const struct shard *shard = &ingest->shards[i];
        entries += shard->backlog;
        if (shard->backlog > 0 && shard->age_ms > age_ms)
            age_ms = shard->age_ms;
    }
    metric_set(ingest->waiting, entries);
    metric_set(ingest->oldest, age_ms / 1000);
}

static void look(void *arg)
{
    struct ingest *ingest = arg;
    tell(ingest);
    for (size_t i = 0; i < INGEST_SHARDS; i++) {
        struct shard *shard = &ingest->shards[i];
        if (!shard->used && shard->backlog == 0)
            continue;
        const struct str name = str_of(shard->stream);
        shard->used = false;
        ask(ingest, backlog_seen, shard, 2, (struct str[]){STR("XLEN"), name});
        ask(ingest, oldest_seen, shard, 6,
            (struct str[]){STR("XRANGE"), name, STR("-"), STR("+"), STR("COUNT"), STR("1")});
    }
}

void ingest_create(struct ingest **ingest_r, struct loop *loop, struct bus *bus, struct metrics *metrics)
{
    struct ingest *ingest = xcalloc(1, sizeof(*ingest));
    ingest->bus = bus;
    for (int i = 0; i < INGEST_SHARDS; i++) {
        ingest->shards[i].ingest = ingest;
        snprintf(ingest->shards[i].stream, sizeof(ingest->shards[i].stream), "ingest:{%d}", i);
    }
    ingest->added = metrics_counter(metrics, "parley_gateway_ingest_total", NULL, "Entries put into ingest streams.");
    ingest->refused =
        metrics_counter(metrics, "parley_gateway_ingest_refused_total", NULL, "Entries refused: backlog or Redis.");
    ingest->waiting = metrics_gauge(metrics, "parley_gateway_ingest_waiting", NULL,
                                    "Entries of all ingest streams that are not committed, as this gateway saw last.");
    ingest->oldest = metrics_gauge(metrics, "parley_gateway_ingest_oldest_seconds", NULL,
                                   "How long the oldest of all their entries waits.");
    timer_make(&ingest->watch, loop, look, ingest);
    timer_start(ingest->watch, WATCH_MS, WATCH_MS);
    *ingest_r = ingest;
}

void ingest_destroy(struct ingest **ingest_p)
{
    struct ingest *ingest = *ingest_p;
    if (!ingest)
        return;
    timer_destroy(&ingest->watch);
    *ingest_p = NULL;
    ingest->dying = true;
    if (ingest->looking == 0)
        free(ingest);
}

static void added(void *arg, int err, const struct bus_reply *reply)
{
    struct adding *a = arg;
    FAILPOINT("gateway.after_xadd");
    if (!err && bus_type(reply) == BUS_ERROR) {
        struct str why = bus_str(reply);
        log_warn(NULL, "Redis refused an entry", "error=\"%.*s\"", (int)why.n, why.p);
        err = ERR_BUSY;
    } else if (err == ERR_BUSY) {
        err = ERR_UNAVAILABLE;
    }
    a->fn(a->arg, err);
    free(a);
}

struct words {
    struct str v[MAX_WORDS];
    size_t n;
};

static void put(struct words *w, struct str name, struct str value)
{
    if (value.n == 0)
        return;
    w->v[w->n++] = name;
    w->v[w->n++] = value;
}

struct str ingest_files(const struct jval *files, char text[INGEST_FILES_TEXT])
{
    size_t n = 0;
    for (size_t i = 0; i < jval_count(files); i++) {
        struct str id;
        if (!jval_str(jval_at(files, i), &id) || n + id.n + 1 > INGEST_FILES_TEXT)
            break;
        if (i > 0)
            text[n++] = ',';
        memcpy(text + n, id.p, id.n);
        n += id.n;
    }
    return (struct str){text, n};
}

int ingest_add(struct ingest *ingest, const struct ingest_entry *e, ingest_fn *fn, void *arg)
{
    struct shard *shard = &ingest->shards[(uint64_t)e->room % INGEST_SHARDS];
    char user[STR_NUMBER], room[STR_NUMBER], cseq[STR_NUMBER], cgen[STR_NUMBER], thread[STR_NUMBER], quote[STR_NUMBER],
        now[STR_NUMBER], from[48] = "";
    struct words w = {.v = {STR("XADD"), str_of(shard->stream), STR("*")}, .n = 3};
    shard->used = true;
    if (is_full(shard)) {
        metric_add(ingest->refused, 1);
        return ERR_BUSY;
    }
    put(&w, STR("k"), str_of(e->kind));
    put(&w, STR("f"), e->inbox);
    put(&w, STR("r"), e->ref);
    put(&w, STR("u"), str_decimal(e->user, user));
    put(&w, STR("d"), e->device);
    put(&w, STR("m"), str_decimal(e->room, room));
    put(&w, STR("n"), e->cmid);
    put(&w, STR("q"), e->cseq > 0 ? str_decimal(e->cseq, cseq) : (struct str){0});
    put(&w, STR("g"), e->cseq > 0 && e->cgen > 0 ? str_decimal(e->cgen, cgen) : (struct str){0});
    put(&w, STR("b"), e->body);
    put(&w, STR("h"), e->thread > 0 ? str_decimal(e->thread, thread) : (struct str){0});
    put(&w, STR("y"), e->quote > 0 ? str_decimal(e->quote, quote) : (struct str){0});
    if (e->from_seq > 0)
        snprintf(from, sizeof(from), "%lld.%lld", (long long)e->from_room, (long long)e->from_seq);
    put(&w, STR("v"), str_of(from));
    put(&w, STR("j"), e->args);
    put(&w, STR("l"), e->files);
    put(&w, STR("t"), e->trace);
    put(&w, STR("w"), str_decimal(clock_wall_ms(), now));
    put(&w, STR("x"), e->address);
    struct adding *a = xcalloc(1, sizeof(*a));
    a->fn = fn;
    a->arg = arg;
    int err = bus_command(ingest->bus, added, a, w.n, w.v);
    metric_add(err ? ingest->refused : ingest->added, 1);
    if (err)
        free(a);
    return err;
}
