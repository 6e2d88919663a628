/* Reads and claims entries of the ingest streams. */
#include "intake.h"

#include <stddef.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "lane.h"
#include "log.h"

enum {
    READ_COUNT = 64, /* entries a read, of each stream */
    READ_BLOCK_MS = 1000,
    LOOK_MS = 1000, /* between looks for stuck entries: they must be older than any batch on its way */
};

struct intake {
    struct bus *bus;
    struct bus_reader *reader;
    struct intake_hooks hooks;
    void *arg;
    struct lane lanes[SHARDS];
    bool held; /* the reader waits for bus_reader_next() */
    bool stopped;
    int64_t looked_ms;
};

/* ---- reading ---- */

static void choose_streams(struct intake *in)
{
    struct str names[SHARDS] = {0};
    size_t n = 0;
    for (unsigned i = 0; i < SHARDS && !in->stopped; i++)
        if (in->lanes[i].state == LANE_OPEN)
            names[n++] = str_of(in->lanes[i].stream);
    bus_reader_streams(in->reader, names, n);
}

static struct lane *lane_named(struct intake *in, struct str stream)
{
    for (unsigned i = 0; i < SHARDS; i++)
        if (str_is(stream, in->lanes[i].stream))
            return &in->lanes[i];
    return NULL;
}

/* Where a field of this name belongs; NULL: nobody reads it. */
static struct str *place_of(struct entry_fields *fields, struct str name)
{
    static const size_t places['z' - 'a' + 1] = {
        ['k' - 'a'] = offsetof(struct entry_fields, k), ['f' - 'a'] = offsetof(struct entry_fields, f),
        ['r' - 'a'] = offsetof(struct entry_fields, r), ['u' - 'a'] = offsetof(struct entry_fields, u),
        ['d' - 'a'] = offsetof(struct entry_fields, d), ['m' - 'a'] = offsetof(struct entry_fields, m),
        ['n' - 'a'] = offsetof(struct entry_fields, n), ['q' - 'a'] = offsetof(struct entry_fields, q),
        ['g' - 'a'] = offsetof(struct entry_fields, g), ['b' - 'a'] = offsetof(struct entry_fields, b),
        ['h' - 'a'] = offsetof(struct entry_fields, h), ['y' - 'a'] = offsetof(struct entry_fields, y),
        ['v' - 'a'] = offsetof(struct entry_fields, v), ['s' - 'a'] = offsetof(struct entry_fields, s),
        ['j' - 'a'] = offsetof(struct entry_fields, j), ['l' - 'a'] = offsetof(struct entry_fields, l),
        ['t' - 'a'] = offsetof(struct entry_fields, t), ['w' - 'a'] = offsetof(struct entry_fields, w),
    };
    if (name.n != 1 || name.p[0] < 'a' || name.p[0] > 'z')
        return NULL;
    size_t at = places[name.p[0] - 'a'];
    return at > 0 ? (struct str *)(void *)((char *)fields + at) : NULL; /* at 0 is the id, which is no field */
}

static void hand_over(struct intake *in, struct lane *lane, const struct bus_entry *entry, bool redelivered)
{
    struct entry_fields fields = {.id = entry->id};
    for (size_t i = 0; i < entry->count; i++) {
        struct str value, *place = place_of(&fields, bus_entry_at(entry, i, &value));
        if (place != NULL && place->n == 0)
            *place = value;
    }
    lane->in_hand++;
    in->hooks.entry(in->arg, entry_decode(&fields, lane->shard, redelivered));
}

static void on_entries(void *arg, const struct bus_entry *entries, size_t count)
{
    struct intake *in = arg;
    in->held = true;
    for (size_t i = 0; i < count; i++) {
        struct lane *lane = lane_named(in, entries[i].stream);
        /* What comes for a lane that was closed meanwhile stays pending; its owner finds it stuck. */
        if (lane != NULL && lane->state != LANE_CLOSED)
            hand_over(in, lane, &entries[i], false);
    }
    in->hooks.arrived(in->arg);
}

/* ---- claiming ---- */

struct claim {
    struct intake *intake;
    struct lane *lane;
    unsigned tenure;
    bool partial; /* entries were left for the next one */
};

static void claim(struct intake *in, struct lane *lane);

static void on_claimed(void *arg, const struct bus_entry *entries, size_t count)
{
    struct claim *c = arg;
    struct intake *in = c->intake;
    if (c->lane->state == LANE_CLOSED)
        return;
    for (size_t i = 0; i < count && !c->partial; i++) {
        if (in->hooks.has(in->arg, c->lane->shard, entries[i].id))
            continue;
        c->partial = in->hooks.full(in->arg);
        if (!c->partial)
            hand_over(in, c->lane, &entries[i], true);
    }
    in->hooks.arrived(in->arg);
}

static void on_claim_done(void *arg, int err)
{
    struct claim *c = arg;
    struct intake *in = c->intake;
    struct lane *lane = c->lane;
    bool current = c->tenure == lane->tenure, partial = c->partial;
    free(c);
    lane->claiming = false;
    if (partial && lane->state == LANE_OPEN) {
        /* What is pending comes before anything new. */
        lane->state = LANE_CLAIMING;
        choose_streams(in);
    }
    if (partial)
        return; /* intake_next() goes on. */
    if (lane->state != LANE_CLAIMING || err != 0)
        return; /* The tick tries again while the lane wants it. */
    if (!current) {
        claim(in, lane); /* Of an earlier tenure: others may have left entries since. */
        return;
    }
    lane->state = LANE_OPEN;
    choose_streams(in);
}

static void claim(struct intake *in, struct lane *lane)
{
    if (lane->claiming)
        return;
    struct claim *c = xcalloc(1, sizeof *c);
    *c = (struct claim){.intake = in, .lane = lane, .tenure = lane->tenure};
    if (bus_reader_claim(in->reader, str_of(lane->stream), on_claimed, on_claim_done, c) == 0)
        lane->claiming = true;
    else
        free(c);
}

void intake_next(struct intake *in)
{
    for (unsigned i = 0; i < SHARDS && !in->stopped; i++)
        if (in->lanes[i].state == LANE_CLAIMING)
            claim(in, &in->lanes[i]);
    if (!in->held)
        return;
    in->held = false;
    bus_reader_next(in->reader);
}

/* ---- what is stuck ---- */

struct look {
    struct intake *intake;
    struct lane *lane;
};

static void on_pending(void *arg, int err, const struct bus_reply *reply)
{
    struct look *look = arg;
    struct intake *in = look->intake;
    struct lane *lane = look->lane;
    free(look);
    /* With an error `in` may be gone: the bus outlives it. */
    if (err != 0 || bus_type(reply) != BUS_ARRAY || lane->state != LANE_OPEN)
        return;
    struct str oldest = bus_str(bus_at(reply, 1));
    if (!lane_stuck(lane, oldest, in->hooks.has(in->arg, lane->shard, oldest)))
        return;
    log_info(NULL, "claiming what is stuck", "shard=%u entry=%.*s", lane->shard, (int)oldest.n, oldest.p);
    claim(in, lane);
}

static void look_for_stuck(struct intake *in, struct lane *lane)
{
    struct look *look = xcalloc(1, sizeof *look);
    *look = (struct look){in, lane};
    if (bus_commandf(in->bus, on_pending, look, "XPENDING %s msg", lane->stream) != 0)
        free(look);
}

void intake_tick(struct intake *in)
{
    bool look = !in->stopped && clock_mono_ms() - in->looked_ms >= LOOK_MS;
    if (look)
        in->looked_ms = clock_mono_ms();
    for (unsigned i = 0; i < SHARDS; i++) {
        struct lane *lane = &in->lanes[i];
        if (lane->state == LANE_CLAIMING && !in->stopped) {
            claim(in, lane);
        } else if (lane->state == LANE_OPEN && look) {
            look_for_stuck(in, lane);
        } else if (lane->state == LANE_CLOSING && lane->in_hand == 0) {
            lane->state = LANE_CLOSED;
            in->hooks.closed(in->arg, i);
        }
    }
}

/* ---- shards ---- */

void intake_open(struct intake *in, unsigned shard)
{
    struct lane *lane = &in->lanes[shard];
    lane->state = LANE_CLAIMING;
    lane->tenure++;
    lane->oldest[0] = '\0';
    claim(in, lane);
}

/* A read that is under way may still bring entries of it; by the next tick it has been answered. */
void intake_close(struct intake *in, unsigned shard)
{
    in->lanes[shard].state = LANE_CLOSING;
    choose_streams(in);
}

void intake_lost(struct intake *in)
{
    for (unsigned i = 0; i < SHARDS; i++)
        in->lanes[i].state = LANE_CLOSED;
    choose_streams(in);
}

void intake_recheck(struct intake *in)
{
    for (unsigned i = 0; i < SHARDS && !in->stopped; i++)
        if (in->lanes[i].state == LANE_OPEN)
            claim(in, &in->lanes[i]);
}

void intake_stop(struct intake *in)
{
    in->stopped = true;
    choose_streams(in);
}

bool intake_busy(const struct intake *in)
{
    return bus_reader_busy(in->reader);
}

void intake_done(struct intake *in, unsigned shard)
{
    in->lanes[shard].in_hand--;
}

/* ---- life ---- */

void intake_create(struct intake **intake_r, struct bus *bus, const char *consumer, const struct intake_hooks *hooks,
                   void *arg)
{
    struct intake *in = xcalloc(1, sizeof *in);
    in->bus = bus;
    in->hooks = *hooks;
    in->arg = arg;
    for (unsigned i = 0; i < SHARDS; i++)
        lane_init(&in->lanes[i], i);
    struct bus_reader_config config = {
        .group = "msg", .consumer = consumer, .count = READ_COUNT, .block_ms = READ_BLOCK_MS};
    bus_reader_create(&in->reader, bus, &config, on_entries, in);
    *intake_r = in;
}

void intake_destroy(struct intake **intake)
{
    struct intake *in = *intake;
    if (in == NULL)
        return;
    intake_stop(in);
    bus_reader_destroy(&in->reader);
    free(in);
    *intake = NULL;
}
