/* Takes, keeps and gives back the locks of the ingest shards. */
#include "shard.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "peers.h"

enum {
    LOCK_CLASS = 1886548073, /* of pg_advisory_lock's two-number form; nothing else in the database uses it */
    ORPHAN_MS = 900,         /* free that long: nobody's share, whoever sees it takes it */
    STALE_BEAT_MS = 60000,   /* beats this old are swept out of the set */
};

enum lock_state {
    LOCK_NONE,   /* somebody else's, or free */
    LOCK_HELD,   /* ours */
    LOCK_GIVING, /* ours, until what was read is finished */
    LOCK_ENDING, /* to be unlocked with the next step */
};

struct lock {
    enum lock_state state;
    int64_t free_since_ms; /* 0: not seen free at the last look */
};

/* The order in which shards are kept and taken: any few of them in a row are spread over the whole range, so that rooms
 * with neighbouring numbers, made together and often busy together, are shared out among the replicas. */
static const unsigned char spread[SHARDS] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};

/* A question, and the tenure it was asked in. */
struct ask {
    struct shards *shards;
    unsigned tenure;
};

struct shards {
    struct shards_config config;
    struct lock locks[SHARDS];
    struct peers peers;
    unsigned tenure; /* grows when all locks are lost: answers to older questions say nothing */
    unsigned offset; /* where in `spread` this replica begins to look, so that two starting at once collide less */
    size_t leaving;  /* answers that leave() still waits for */
    void (*left)(void *arg);
    void *left_arg;
    struct ask *unlisting; /* the bus may answer it after we are gone: cut then */
};

size_t shards_share(size_t replicas)
{
    return (SHARDS + replicas - 1) / replicas;
}

void shards_create(struct shards **s_r, const struct shards_config *config)
{
    struct shards *s = xcalloc(1, sizeof *s);
    s->config = *config;
    for (const char *p = config->id; *p != '\0'; p++)
        s->offset = s->offset * 31 + (unsigned char)*p;
    s->offset %= SHARDS;
    *s_r = s;
}

void shards_destroy(struct shards **s)
{
    if (*s != NULL && (*s)->unlisting != NULL)
        (*s)->unlisting->shards = NULL;
    free(*s);
    *s = NULL;
}

bool shards_held(const struct shards *s, unsigned shard)
{
    return s->locks[shard].state == LOCK_HELD || s->locks[shard].state == LOCK_GIVING;
}

size_t shards_count(const struct shards *s)
{
    size_t held = 0;
    for (unsigned i = 0; i < SHARDS; i++)
        held += shards_held(s, i);
    return held;
}

static size_t wanted(const struct shards *s)
{
    return shards_share(1 + peers_alive(&s->peers, clock_mono_ms()));
}

/* ---- beats ---- */

static void on_beats(void *arg, int err, const struct bus_reply *reply)
{
    struct shards *s = arg;
    if (err != 0 || bus_type(reply) != BUS_ARRAY)
        return;
    peers_begin(&s->peers);
    for (size_t i = 0; i + 1 < bus_count(reply); i += 2) {
        struct str id = bus_str(bus_at(reply, i));
        if (!str_is(id, s->config.id))
            peers_saw(&s->peers, id, bus_int(bus_at(reply, i + 1)), clock_mono_ms());
    }
    peers_end(&s->peers);
}

void shards_beat(struct shards *s)
{
    long long now = (long long)clock_wall_ms();
    bus_commandf(s->config.bus, NULL, NULL, "ZADD replicas:{msg} %lld %s", now, s->config.id);
    bus_commandf(s->config.bus, NULL, NULL, "ZREMRANGEBYSCORE replicas:{msg} 0 %lld", now - STALE_BEAT_MS);
    bus_commandf(s->config.bus, on_beats, s, "ZRANGE replicas:{msg} 0 -1 WITHSCORES");
}

/* ---- giving ---- */

static void give_surplus(struct shards *s, size_t keep)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        unsigned shard = spread[i];
        if (s->locks[shard].state != LOCK_HELD)
            continue;
        if (keep > 0) {
            keep--;
            continue;
        }
        log_info(NULL, "shard given up", "shard=%u", shard);
        s->locks[shard].state = LOCK_GIVING;
        s->config.hooks.give(s->config.arg, shard);
    }
}

void shards_unlock(struct shards *s, unsigned shard)
{
    if (s->locks[shard].state == LOCK_GIVING)
        s->locks[shard].state = LOCK_ENDING;
}

static void on_ignored(void *arg, int err, const struct db_result *r)
{
    (void)arg;
    (void)err;
    (void)r;
}

static void end_locks(struct shards *s)
{
    struct db_params v = {0};
    size_t ending = 0;
    db_p_int(&v, LOCK_CLASS);
    db_p_array(&v);
    for (unsigned i = 0; i < SHARDS; i++)
        if (s->locks[i].state == LOCK_ENDING) {
            s->locks[i] = (struct lock){.state = LOCK_NONE};
            db_p_array_int(&v, i);
            ending++;
        }
    db_p_array_end(&v);
    if (ending == 0)
        buf_fini(&v.text);
    else
        db_exec(s->config.writer, "SELECT pg_advisory_unlock($1::int, s) FROM unnest($2::int[]) s", &v, on_ignored,
                NULL);
}

/* ---- taking ---- */

static void take(struct shards *s, unsigned shard)
{
    s->locks[shard].state = LOCK_HELD;
    log_info(NULL, "shard taken", "shard=%u", shard);
    s->config.hooks.take(s->config.arg, shard);
}

/* Rows: each shard that nobody held, and whether it is ours now. */
static void on_locks(void *arg, int err, const struct db_result *r)
{
    struct ask *ask = arg;
    struct shards *s = ask->shards;
    bool current = ask->tenure == s->tenure;
    free(ask);
    if (err != 0 || !current)
        return;
    int64_t now = clock_mono_ms();
    bool is_free[SHARDS] = {false};
    for (size_t i = 0; i < db_rows(r); i++) {
        unsigned shard = (unsigned)db_int(r, i, 0) % SHARDS;
        if (s->locks[shard].state != LOCK_NONE)
            continue;
        if (db_bool(r, i, 1))
            take(s, shard);
        else
            is_free[shard] = true;
    }
    for (unsigned i = 0; i < SHARDS; i++) {
        if (!is_free[i])
            s->locks[i].free_since_ms = 0;
        else if (s->locks[i].free_since_ms == 0)
            s->locks[i].free_since_ms = now;
    }
}

/* Up to our share at once; and what stayed free a while even beyond it, since a share of a replica that is gone must
 * not wait for the last of its beats. */
static void ask_locks(struct shards *s)
{
    size_t held = shards_count(s), want = wanted(s);
    int64_t now = clock_mono_ms();
    struct db_params v = {0};
    db_p_int(&v, LOCK_CLASS);
    db_p_array(&v);
    for (unsigned i = 0; i < SHARDS; i++)
        db_p_array_int(&v, spread[(i + s->offset) % SHARDS]);
    db_p_array_end(&v);
    db_p_int(&v, want > held ? (int64_t)(want - held) : 0);
    db_p_array(&v);
    for (unsigned i = 0; i < SHARDS; i++)
        if (s->locks[i].free_since_ms != 0 && now - s->locks[i].free_since_ms >= ORPHAN_MS)
            db_p_array_int(&v, i);
    db_p_array_end(&v);

    struct ask *ask = xcalloc(1, sizeof *ask);
    *ask = (struct ask){s, s->tenure};
    int err = db_exec(s->config.writer,
                      "WITH held AS MATERIALIZED (SELECT objid::bigint::int AS s FROM pg_locks "
                      "WHERE locktype = 'advisory' AND classid = $1::int::oid AND objsubid = 2 AND granted "
                      "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())), "
                      "free AS MATERIALIZED (SELECT s, n FROM unnest($2::int[]) WITH ORDINALITY AS shards (s, n) "
                      "WHERE s NOT IN (SELECT s FROM held)), "
                      "pick AS MATERIALIZED (SELECT s FROM free ORDER BY n LIMIT $3::bigint) "
                      "SELECT f.s, CASE WHEN p.s IS NOT NULL OR f.s = ANY($4::int[]) "
                      "THEN pg_try_advisory_lock($1::int, f.s) ELSE false END "
                      "FROM free f LEFT JOIN pick p ON p.s = f.s",
                      &v, on_locks, ask);
    if (err != 0)
        free(ask);
}

void shards_step(struct shards *s, bool idle)
{
    if (s->left != NULL)
        return;
    give_surplus(s, idle ? 0 : wanted(s));
    end_locks(s);
    if (!idle && shards_count(s) < SHARDS)
        ask_locks(s);
    else
        db_exec(s->config.writer, "SELECT 1", NULL, on_ignored, NULL);
    db_sync(s->config.writer);
}

/* ---- the end ---- */

void shards_lost(struct shards *s)
{
    s->tenure++;
    memset(s->locks, 0, sizeof s->locks);
}

static void left_one(struct shards *s)
{
    if (--s->leaving == 0)
        s->left(s->left_arg);
}

static void on_unlocked(void *arg, int err, const struct db_result *r)
{
    (void)err;
    (void)r;
    left_one(arg);
}

static void on_unlisted(void *arg, int err, const struct bus_reply *reply)
{
    (void)err;
    (void)reply;
    struct ask *ask = arg;
    struct shards *s = ask->shards;
    free(ask);
    if (s == NULL)
        return;
    s->unlisting = NULL;
    left_one(s);
}

void shards_leave(struct shards *s, void (*fn)(void *arg), void *arg)
{
    s->left = fn;
    s->left_arg = arg;
    s->leaving = 1; /* This call itself, so that fn is not called before both questions are out. */
    if (db_exec(s->config.writer, "SELECT pg_advisory_unlock_all()", NULL, on_unlocked, s) == 0) {
        s->leaving++;
        db_sync(s->config.writer);
    }
    struct ask *ask = xcalloc(1, sizeof *ask);
    ask->shards = s;
    if (bus_commandf(s->config.bus, on_unlisted, ask, "ZREM replicas:{msg} %s", s->config.id) == 0) {
        s->unlisting = ask;
        s->leaving++;
    } else {
        free(ask);
    }
    left_one(s);
}
