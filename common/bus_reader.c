/* Reads streams as one consumer of a group: which ones, and what other consumers left of them. */
#include <assert.h>
#include <stdlib.h>

#include "alloc.h"
#include "bus_reading.h"
#include "err.h"
#include "log.h"

enum { CLAIM_PAGE = 128 };

/* One walk through what is pending in a stream. */
struct claim {
    struct list all;           /* in reader.claims */
    struct bus_reader *reader; /* NULL: destroyed meanwhile */
    char *stream;
    bus_entries_fn *fn;
    bus_claimed_fn *done;
    void *arg;
};

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

struct str bus_entry_at(const struct bus_entry *e, size_t i, struct str *value)
{
    *value = bus_str(bus_at(e->kv, 2 * i + 1));
    return bus_str(bus_at(e->kv, 2 * i));
}

struct str bus_entry_get(const struct bus_entry *e, const char *field)
{
    struct str wanted = str_of(field), value;
    for (size_t i = 0; i < e->count; i++)
        if (str_eq(bus_entry_at(e, i, &value), wanted))
            return value;
    return STR("");
}

size_t bus_entries_add(struct bus_entry *out, size_t n, struct str stream, const struct bus_reply *list)
{
    for (size_t i = 0; i < bus_count(list) && n < BUS_MAX_ENTRIES; i++) {
        const struct bus_reply *entry = bus_at(list, i), *kv = bus_at(entry, 1);
        if (bus_type(kv) == BUS_ARRAY)
            out[n++] = (struct bus_entry){stream, bus_str(bus_at(entry, 0)), bus_count(kv) / 2, kv};
    }
    return n;
}

/* ---- the streams of a reader ---- */

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
    list_init(&reader->readings);
    list_init(&reader->of_bus);
    list_push(&bus->readers, &reader->of_bus);
    /* BLOCK 0 would wait for ever, and no deadline could tell it from a dead connection. */
    assert(config->count > 0 && config->block_ms > 0);
    if (bus->alone)
        (void)reading_new(reader);
    *reader_r = reader;
}

static struct reading *reading_find(const struct bus_reader *reader, struct str name)
{
    LIST_EACH (&reader->readings, it) {
        struct reading *r = LIST_ITEM(it, struct reading, all);
        if (str_is(name, r->streams[0]))
            return r;
    }
    return NULL;
}

static bool is_named(const struct reading *r, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(names[i], r->streams[0]))
            return true;
    return false;
}

/* In a cluster: those that are not named leave, those that are new come. */
static void set_readings(struct bus_reader *reader, const struct str *names, size_t count)
{
    LIST_EACH (&reader->readings, it) {
        struct reading *r = LIST_ITEM(it, struct reading, all);
        if (!r->leaving && !is_named(r, names, count))
            reading_leave(r);
    }
    for (size_t i = 0; i < count; i++) {
        struct reading *r = reading_find(reader, names[i]);
        if (!r) {
            r = reading_new(reader);
            reading_set(r, &names[i], 1);
            reading_route(r);
        }
        r->leaving = r->groups_made = false;
        reading_go(r);
    }
}

void bus_reader_streams(struct bus_reader *reader, const struct str *names, size_t count)
{
    assert(count <= BUS_MAX_STREAMS);
    if (reader->bus->cluster)
        set_readings(reader, names, count);
    else
        reading_set(LIST_ITEM(reader->readings.next, struct reading, all), names, count);
}

void bus_readers_reroute(struct bus *bus)
{
    LIST_EACH (&bus->readers, reader) {
        LIST_EACH (&LIST_ITEM(reader, struct bus_reader, of_bus)->readings, it)
            if (!LIST_ITEM(it, struct reading, all)->leaving)
                reading_route(LIST_ITEM(it, struct reading, all));
    }
}

void bus_reader_next(struct bus_reader *reader)
{
    reader->handed = false;
    LIST_EACH (&reader->readings, it)
        reading_go(LIST_ITEM(it, struct reading, all));
}

bool bus_reader_busy(const struct bus_reader *reader)
{
    LIST_EACH (&reader->readings, it)
        if (LIST_ITEM(it, struct reading, all)->under_way)
            return true;
    return false;
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
    size_t n = bus_count(list) < BUS_MAX_ENTRIES ? bus_count(list) : BUS_MAX_ENTRIES;
    if (n == 0)
        return;
    struct bus_entry *entries = xcalloc(n, sizeof *entries);
    n = bus_entries_add(entries, 0, str_of(claim->stream), list);
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
    list_remove(&reader->of_bus);
    LIST_EACH (&reader->readings, it)
        reading_free(LIST_ITEM(it, struct reading, all));
    /* The answers still come, to claims without a reader. */
    while (!list_empty(&reader->claims)) {
        struct claim *claim = LIST_ITEM(reader->claims.next, struct claim, all);
        list_remove(&claim->all);
        claim->reader = NULL;
        claim->done(claim->arg, ERR_UNAVAILABLE);
    }
    free(reader->group);
    free(reader->consumer);
    free(reader);
}
