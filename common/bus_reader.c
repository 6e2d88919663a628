/* Reads streams as one consumer of a group, on a connection of its own; claims what other consumers left. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "bus.h"
#include "bus_link.h"
#include "err.h"
#include "list.h"
#include "log.h"

enum {
    MAX_STREAMS = 64,
    GRACE_MS = 5000, /* beyond block_ms: then the connection is dead */
    REST_MS = 500,   /* after an error that trying at once would repeat */
    CLAIM_PAGE = 128,
    MAX_ENTRIES = 4096 /* of one answer; COUNT keeps it far below */
};

struct bus_reader {
    struct bus *bus;
    struct bus_link *link;
    char *group, *consumer;
    size_t count;
    unsigned block_ms;
    bool noack;
    bus_entries_fn *fn;
    void *arg;
    char *streams[MAX_STREAMS];
    size_t streams_n;
    bool reading;      /* a read is under way */
    bool handed;       /* entries are with the user, who has not asked for the next */
    bool resting;      /* after an error */
    bool groups_made;  /* since the last good read: NOGROUP again is no matter of making them */
    int64_t client_id; /* of the connection, for ending a blocked read; 0: not known */
    struct timer *rest;
    struct list claims;
};

/* One walk through what is pending in a stream. */
struct claim {
    struct list all;           /* in reader.claims */
    struct bus_reader *reader; /* NULL: destroyed meanwhile */
    char *stream;
    bus_entries_fn *fn;
    bus_claimed_fn *done;
    void *arg;
};

static void reader_go(struct bus_reader *reader);

/* ---- entries ---- */

int64_t bus_entry_born_ms(struct str id)
{
    struct str ms;
    int64_t born;
    str_cut(id, '-', &ms);
    return str_i64(ms, &born) && born > 0 ? born : 0;
}

int64_t bus_entry_age_ms(const struct bus *bus, const struct bus_entry *e)
{
    int64_t born = bus_entry_born_ms(e->id), age = bus_time_ms(bus) - born;
    return born > 0 && age > 0 ? age : 0;
}

struct str bus_entry_get(const struct bus_entry *e, const char *field)
{
    for (size_t i = 0; i < e->count; i++)
        if (str_is(bus_str(bus_at(e->kv, 2 * i)), field))
            return bus_str(bus_at(e->kv, 2 * i + 1));
    return STR("");
}

/* Add the entries of `list`, [id, [field, value, …]] each. One that was deleted while pending comes without
 * fields, or as nil: skipped. */
static size_t entries_add(struct bus_entry *out, size_t n, struct str stream, const struct bus_reply *list)
{
    for (size_t i = 0; i < bus_count(list) && n < MAX_ENTRIES; i++) {
        const struct bus_reply *entry = bus_at(list, i), *kv = bus_at(entry, 1);
        if (bus_type(kv) == BUS_ARRAY)
            out[n++] = (struct bus_entry){stream, bus_str(bus_at(entry, 0)), bus_count(kv) / 2, kv};
    }
    return n;
}

static size_t entries_bound(const struct bus_reply *streams)
{
    size_t n = 0;
    for (size_t i = 0; i < bus_count(streams); i++)
        n += bus_count(bus_at(bus_at(streams, i), 1));
    return n < MAX_ENTRIES ? n : MAX_ENTRIES;
}

/* ---- reading ---- */

static void on_group(void *arg, int err, const struct bus_reply *reply)
{
    struct str text = bus_str(reply);
    (void)arg;
    if (!err && bus_type(reply) == BUS_ERROR && !str_starts(text, STR("BUSYGROUP")))
        log_error(NULL, "consumer group not made", "reply=%.*s", (int)text.n, text.p);
}

static void make_groups(struct bus_reader *reader)
{
    for (size_t i = 0; i < reader->streams_n; i++)
        bus_link_send(reader->link, GRACE_MS, on_group, reader, 6,
                      (struct str[]){STR("XGROUP"), STR("CREATE"), str_of(reader->streams[i]), str_of(reader->group),
                                     STR("0"), STR("MKSTREAM")});
    reader->groups_made = true;
}

static void reader_rest(struct bus_reader *reader)
{
    reader->resting = true;
    reader->groups_made = false;
    timer_start(reader->rest, REST_MS, 0);
}

static void on_read_error(struct bus_reader *reader, struct str text)
{
    if (str_starts(text, STR("NOGROUP")) && !reader->groups_made) {
        make_groups(reader);
    } else if (!str_starts(text, STR("UNBLOCKED"))) {
        /* UNBLOCKED: the stream was deleted under a waiting read; the next read says NOGROUP. Groups that are gone
         * once more, and a Redis that loads its data, are of its restart: the next tries cope. */
        if (str_starts(text, STR("NOGROUP")) || str_starts(text, STR("LOADING")))
            log_warn(NULL, "stream not read yet", "reply=%.*s", (int)text.n, text.p);
        else
            log_error(NULL, "stream not read", "reply=%.*s", (int)text.n, text.p);
        reader_rest(reader);
    }
    reader_go(reader);
}

static void on_read(void *arg, int err, const struct bus_reply *reply)
{
    struct bus_reader *reader = arg;
    struct bus_entry *entries = NULL;
    size_t n = 0;
    reader->reading = false;
    if (err)
        return; /* The link is down; when it is up again reading goes on. */
    if (bus_type(reply) == BUS_ERROR) {
        on_read_error(reader, bus_str(reply));
        return;
    }
    reader->groups_made = false;
    size_t bound = entries_bound(reply);
    if (bound > 0)
        entries = xcalloc(bound, sizeof *entries);
    for (size_t i = 0; i < bus_count(reply); i++) {
        const struct bus_reply *stream = bus_at(reply, i);
        n = entries_add(entries, n, bus_str(bus_at(stream, 0)), bus_at(stream, 1));
    }
    if (n == 0) {
        reader_go(reader);
    } else {
        reader->handed = true;
        reader->fn(reader->arg, entries, n);
    }
    free(entries);
}

static void reader_go(struct bus_reader *reader)
{
    struct str argv[11 + 2 * MAX_STREAMS];
    char count[24], block[24];
    size_t n = 0;
    if (reader->reading || reader->handed || reader->resting || reader->streams_n == 0 || !bus_link_up(reader->link))
        return;
    snprintf(count, sizeof count, "%zu", reader->count);
    snprintf(block, sizeof block, "%u", reader->block_ms);
    argv[n++] = STR("XREADGROUP");
    argv[n++] = STR("GROUP");
    argv[n++] = str_of(reader->group);
    argv[n++] = str_of(reader->consumer);
    argv[n++] = STR("COUNT");
    argv[n++] = str_of(count);
    argv[n++] = STR("BLOCK");
    argv[n++] = str_of(block);
    if (reader->noack)
        argv[n++] = STR("NOACK");
    argv[n++] = STR("STREAMS");
    for (size_t i = 0; i < reader->streams_n; i++)
        argv[n++] = str_of(reader->streams[i]);
    for (size_t i = 0; i < reader->streams_n; i++)
        argv[n++] = STR(">");
    reader->reading = bus_link_send(reader->link, reader->block_ms + GRACE_MS, on_read, reader, n, argv) == 0;
}

static void on_rested(void *arg)
{
    struct bus_reader *reader = arg;
    reader->resting = false;
    reader_go(reader);
}

static void on_client_id(void *arg, int err, const struct bus_reply *reply)
{
    struct bus_reader *reader = arg;
    reader->client_id = err ? 0 : bus_int(reply);
}

static void reader_up(void *arg)
{
    struct bus_reader *reader = arg;
    bus_link_send(reader->link, GRACE_MS, on_client_id, reader, 2, (struct str[]){STR("CLIENT"), STR("ID")});
    reader_go(reader);
}

static void reader_down(void *arg)
{
    struct bus_reader *reader = arg;
    reader->client_id = 0;
}

static const struct bus_link_events reader_events = {reader_up, reader_down, NULL};

void bus_reader_create(struct bus_reader **reader_r, struct bus *bus, const struct bus_reader_config *config,
                       bus_entries_fn *fn, void *arg)
{
    struct bus_reader *reader = xcalloc(1, sizeof *reader);
    reader->bus = bus;
    reader->group = xstrdup(config->group);
    reader->consumer = xstrdup(config->consumer);
    reader->count = config->count;
    reader->block_ms = config->block_ms;
    reader->noack = config->noack;
    reader->fn = fn;
    reader->arg = arg;
    list_init(&reader->claims);
    /* BLOCK 0 would wait for ever, and no deadline could tell it from a dead connection. */
    assert(config->count > 0 && config->block_ms > 0);
    timer_make(&reader->rest, bus_loop(bus), on_rested, reader);
    bus_link_open(&reader->link, bus, "reader", &reader_events, reader);
    *reader_r = reader;
}

static void streams_free(struct bus_reader *reader)
{
    for (size_t i = 0; i < reader->streams_n; i++)
        free(reader->streams[i]);
    reader->streams_n = 0;
}

void bus_reader_streams(struct bus_reader *reader, const struct str *names, size_t count)
{
    assert(count <= MAX_STREAMS);
    streams_free(reader);
    for (size_t i = 0; i < count; i++)
        reader->streams[i] = xstrndup(names[i]);
    reader->streams_n = count;
    reader->groups_made = false;
    if (reader->reading && reader->client_id > 0)
        bus_commandf(reader->bus, NULL, NULL, "CLIENT UNBLOCK %lld", (long long)reader->client_id);
    reader_go(reader);
}

void bus_reader_next(struct bus_reader *reader)
{
    reader->handed = false;
    reader_go(reader);
}

bool bus_reader_busy(const struct bus_reader *reader)
{
    return reader->reading;
}

/* ---- claiming ---- */

static void claim_free(struct claim *claim)
{
    list_remove(&claim->all);
    free(claim->stream);
    free(claim);
}

static void claim_end(struct claim *claim, int err)
{
    bus_claimed_fn *done = claim->done;
    void *arg = claim->arg;
    claim_free(claim);
    done(arg, err);
}

static int claim_ask(struct claim *claim, struct str start);

static void claim_page(struct claim *claim, const struct bus_reply *list)
{
    size_t n = bus_count(list) < MAX_ENTRIES ? bus_count(list) : MAX_ENTRIES;
    if (n == 0)
        return;
    struct bus_entry *entries = xcalloc(n, sizeof *entries);
    n = entries_add(entries, 0, str_of(claim->stream), list);
    if (n > 0)
        claim->fn(claim->arg, entries, n);
    free(entries);
}

/* [next start, [entries], …]: a start of 0-0 means that the end was reached. */
static void on_claimed(void *arg, int err, const struct bus_reply *reply)
{
    struct claim *claim = arg;
    if (!claim->reader) {
        claim_free(claim);
        return;
    }
    if (!err && bus_type(reply) == BUS_ERROR) {
        struct str text = bus_str(reply);
        /* Without the group nothing is pending; reading will make it. */
        if (!str_starts(text, STR("NOGROUP"))) {
            log_error(NULL, "pending entries not claimed", "reply=%.*s", (int)text.n, text.p);
            err = ERR_INTERNAL;
        }
        claim_end(claim, err);
        return;
    }
    if (err) {
        claim_end(claim, err);
        return;
    }
    claim_page(claim, bus_at(reply, 1));
    struct str next = bus_str(bus_at(reply, 0));
    bool end = next.n == 0 || str_is(next, "0-0");
    if (!end)
        err = claim_ask(claim, next);
    if (end || err)
        claim_end(claim, err);
}

static int claim_ask(struct claim *claim, struct str start)
{
    struct str stream = str_of(claim->stream);
    return bus_commandf(claim->reader->bus, on_claimed, claim, "XAUTOCLAIM %b %s %s 0 %b COUNT %lld", &stream,
                        claim->reader->group, claim->reader->consumer, &start, (long long)CLAIM_PAGE);
}

int bus_reader_claim(struct bus_reader *reader, struct str stream, bus_entries_fn *fn, bus_claimed_fn *done, void *arg)
{
    struct claim *claim = xcalloc(1, sizeof *claim);
    claim->reader = reader;
    claim->stream = xstrndup(stream);
    claim->fn = fn;
    claim->done = done;
    claim->arg = arg;
    list_init(&claim->all);
    list_push(&reader->claims, &claim->all);
    int err = claim_ask(claim, STR("0-0"));
    if (err)
        claim_free(claim);
    return err;
}

void bus_reader_destroy(struct bus_reader **reader_p)
{
    struct bus_reader *reader = *reader_p;
    if (!reader)
        return;
    *reader_p = NULL;
    bus_link_shut(reader->bus, &reader->link);
    timer_destroy(&reader->rest);
    /* The answers still come, to claims without a reader. */
    while (!list_empty(&reader->claims)) {
        struct claim *claim = LIST_ITEM(reader->claims.next, struct claim, all);
        list_remove(&claim->all);
        claim->reader = NULL;
        claim->done(claim->arg, ERR_UNAVAILABLE);
    }
    streams_free(reader);
    free(reader->group);
    free(reader->consumer);
    free(reader);
}
