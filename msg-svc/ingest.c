/* Runs the write path: lanes, queue, batches, acknowledgement. */
#include "ingest.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "announce.h"
#include "backoff.h"
#include "batch.h"
#include "clock.h"
#include "doorstep.h"
#include "err.h"
#include "failpoint.h"
#include "ingest_hops.h"
#include "ingest_metrics.h"
#include "intake.h"
#include "log.h"
#include "said.h"
#include "shard.h"
#include "tries.h"

enum {
    IN_HAND_MAX = 512,   /* beyond it nothing more is read; a read adds at most a thousand */
    BUS_AWAY_MS = 3000,  /* then another replica may have our shards */
    BUS_PART_MS = 60000, /* … though some of a cluster's masters are there: a lost one is replaced in less */
    DRAIN_TICK_MS = 20,
    BATCH_BYTES = 1 << 20, /* of texts in a transaction: those behind it do not wait for long */
};

struct ingest {
    struct ingest_config config;
    struct db_conn *writer;
    struct intake *intake;
    struct shards *shards;
    struct batch *batch;
    struct timer *tick;
    struct backoff *backoff; /* from batches that must be tried again */

    struct doorstep *doorstep;
    struct tries *tries;
    struct said *said;
    struct list queue;             /* entries to do, in order */
    struct list back;              /* of the person just welcomed, in order: they go before the queue */
    size_t in_hand;                /* in any of these lists, or in the batch */
    unsigned session;              /* of the writer: entries of an earlier one are no longer ours */
    unsigned counted_in;           /* the session that the count of tries was begun in */
    size_t limit;                  /* of the next batch: halved by what must be tried again, doubled by success */
    int64_t bus_seen_ms;           /* when the bus was last ready … */
    int64_t bus_part_ms;           /* … and when some of it could be reached */
    bool step_due;                 /* shards_step() at the next gap between transactions */
    struct entry *taken[PLAN_MAX]; /* the batch under way */
    size_t n_taken;
    int64_t started_us;

    bool draining, leaving;
    void (*drained)(void *arg);
    void *drained_arg;

    struct ingest_metrics metrics;
};

static void pump(struct ingest *in);

/* ---- in hand ---- */

/* The entry is done with, or Redis keeps it for whoever owns the shard next. */
static void let_go(struct ingest *in, struct entry *e)
{
    list_remove(&e->link);
    in->in_hand--;
    intake_done(in->intake, e->shard);
    entry_free(e);
}

static void let_go_all(struct ingest *in, struct list *list)
{
    while (!list_empty(list))
        let_go(in, LIST_ITEM(list->next, struct entry, link));
}

static bool is_in_hand(void *arg, unsigned shard, struct str id)
{
    const struct ingest *in = arg;
    for (size_t i = 0; i < in->n_taken; i++)
        if (in->taken[i]->shard == shard && str_eq(in->taken[i]->id, id))
            return true;
    return entry_in(&in->queue, shard, id) || entry_in(&in->back, shard, id) || said_has(in->said, shard, id) ||
           doorstep_has(in->doorstep, shard, id);
}

/* ---- what intake and shards say ---- */

static void read_on(struct ingest *in)
{
    if (in->in_hand < IN_HAND_MAX)
        intake_next(in->intake);
}

static bool is_full(void *arg)
{
    const struct ingest *in = arg;
    return in->in_hand >= IN_HAND_MAX;
}

static void on_entry(void *arg, struct entry *e)
{
    struct ingest *in = arg;
    e->since_us = clock_mono_us();
    ingest_metrics_read(&in->metrics, bus_time_ms(in->config.bus) - bus_entry_born_ms(e->id));
    list_push(&in->queue, &e->link);
    in->in_hand++;
}

static void on_arrived(void *arg)
{
    struct ingest *in = arg;
    pump(in);
    read_on(in);
}

static void on_closed(void *arg, unsigned shard)
{
    struct ingest *in = arg;
    shards_unlock(in->shards, shard);
}

static void on_take(void *arg, unsigned shard)
{
    struct ingest *in = arg;
    intake_open(in->intake, shard);
}

static void on_give(void *arg, unsigned shard)
{
    struct ingest *in = arg;
    intake_close(in->intake, shard);
}

static void measure(const struct ingest *in)
{
    int64_t since[] = {entries_since_ms(&in->queue), doorstep_since_ms(in->doorstep),
                       in->n_taken > 0 ? in->taken[0]->since_us / 1000 : INT64_MAX};
    int64_t oldest = since[0] < since[1] ? since[0] : since[1];
    ingest_metrics_hand(&in->metrics, shards_count(in->shards), in->in_hand, oldest < since[2] ? oldest : since[2]);
}

static void on_tick(void *arg)
{
    struct ingest *in = arg;
    if (bus_ready(in->config.bus))
        in->bus_seen_ms = clock_mono_ms();
    if (bus_reaches(in->config.bus))
        in->bus_part_ms = clock_mono_ms();
    if (in->leaving || !db_conn_up(in->writer))
        return;
    if (!in->draining) {
        shards_beat(in->shards);
        in->step_due = true;
    }
    intake_tick(in->intake);
    measure(in);
    read_on(in);
    pump(in);
}

/* ---- after a batch ---- */

/* Back to the head of the queue, in order. */
static void put_back(struct ingest *in)
{
    entries_put_first(&in->queue, in->taken, in->n_taken);
    in->n_taken = 0;
}

static void let_go_taken(struct ingest *in)
{
    for (size_t i = 0; i < in->n_taken; i++)
        let_go(in, in->taken[i]);
    in->n_taken = 0;
}

/* ---- newcomers ---- */

/* Once more through the plan, and this time what it says holds; or Redis has it still. */
static void on_welcomed(void *arg, struct entry *e, bool welcomed)
{
    struct ingest *in = arg;
    e->welcomed = true;
    if (welcomed)
        list_push(&in->back, &e->link);
    else
        let_go(in, e);
}

/* Before the queue, where later entries of his may be. */
static void on_doorstep_done(void *arg)
{
    struct ingest *in = arg;
    while (!list_empty(&in->back)) {
        struct entry *last = LIST_ITEM(in->back.prev, struct entry, link);
        list_remove(&last->link);
        entries_put_first(&in->queue, &last, 1);
    }
    pump(in);
}

static void on_acknowledged(void *arg, struct entry *e)
{
    let_go(arg, e);
}

static void on_turn_acknowledged(void *arg)
{
    read_on(arg);
    pump(arg);
}

/* Committed. Said before it is acknowledged: what a crash or the bus kept from being said stays pending, is claimed,
 * found stored and said again. */
static void settle(struct ingest *in)
{
    const struct plan *p = batch_plan(in->batch);
    FAILPOINT("msg.after_commit");
    int64_t committed_us = clock_mono_us();
    size_t unsaid = announce(in->config.bus, p, in->started_us, committed_us);
    ingest_metrics_batch(&in->metrics, p, committed_us - in->started_us);
    ingest_hops_note(in->config.hops, p, in->started_us, committed_us);
    tries_spare_newcomers(in->tries, p);
    in->n_taken = doorstep_sift(in->doorstep, p, in->taken, in->n_taken);
    if (unsaid == 0) {
        for (size_t i = 0; i < in->n_taken; i++)
            said_push(in->said, in->taken[i]);
        in->n_taken = 0;
    } else {
        metric_add(in->metrics.unpublished, (int64_t)unsaid);
        log_warn(NULL, "not all published", "count=%zu", unsaid);
    }
    let_go_taken(in);
    doorstep_knock(in->doorstep);
    backoff_reset(in->backoff);
    in->limit = in->limit * 2 < (size_t)in->config.batch_size ? in->limit * 2 : (size_t)in->config.batch_size;
}

/* ---- what cannot be stored ---- */

/* Not even that it is given up can be stored. */
static void abandon(struct ingest *in, struct entry *e)
{
    ingest_metrics_gave_up(&in->metrics, e);
    answer_error(in->config.bus, &e->to, e->cmid, ERR_INTERNAL);
    acknowledge(in->config.bus, &e, 1);
    let_go(in, e);
}

/* Refused by PostgreSQL: each goes alone, so that only the one at fault suffers; that is tried again, and given up. */
static void part(struct ingest *in)
{
    struct entry *e = in->taken[0];
    if (in->n_taken == 1 && e->doomed) {
        in->n_taken = 0;
        abandon(in, e);
        return;
    }
    for (size_t i = 0; i < in->n_taken; i++) {
        in->taken[i]->alone = true;
        in->taken[i]->counted = false;
    }
    put_back(in);
}

static void on_batch(void *arg, enum batch_result result, const char *why)
{
    struct ingest *in = arg;
    switch (result) {
    case BATCH_STORED:
        settle(in);
        break;
    case BATCH_LOST: /* Who owns the shards next claims these. */
        log_warn(NULL, "batch lost", "entries=%zu why=%s", in->n_taken, why);
        let_go_taken(in);
        break;
    case BATCH_LATER:
        log_warn(NULL, "batch put off", "entries=%zu why=%s", in->n_taken, why);
        in->limit = in->n_taken > 1 ? in->n_taken / 2 : 1;
        put_back(in);
        backoff_wait(in->backoff);
        break;
    case BATCH_REFUSED:
        log_warn(NULL, "batch refused", "entries=%zu why=%s", in->n_taken, why);
        part(in);
        break;
    }
    read_on(in);
    pump(in);
}

/* ---- the pump ---- */

/* What an entry brings into a transaction, at most. The text that a forward carries is not known before it is read. */
static size_t most_bytes_of(const struct entry *e)
{
    return e->body.n + (e->from_seq != 0 ? BODY_MAX : 0);
}

static void take_batch(struct ingest *in)
{
    size_t bytes = 0;
    in->n_taken = 0;
    while (in->n_taken < in->limit && !list_empty(&in->queue)) {
        struct entry *e = LIST_ITEM(in->queue.next, struct entry, link);
        bytes += most_bytes_of(e);
        if (in->n_taken > 0 && (e->alone || bytes > BATCH_BYTES))
            break;
        list_remove(&e->link);
        if (doorstep_keeps(in->doorstep, e->user))
            doorstep_push(in->doorstep, e);
        else
            in->taken[in->n_taken++] = e;
        if (e->alone)
            break;
    }
}

static void start(struct ingest *in)
{
    in->started_us = clock_mono_us();
    if (in->n_taken > 0 && batch_start(in->batch, in->taken, in->n_taken) != 0) {
        put_back(in);
        backoff_wait(in->backoff);
    }
}

static void on_counted(void *arg, bool counted)
{
    struct ingest *in = arg;
    if (in->counted_in != in->session) {
        let_go_taken(in); /* Claimed anew by whoever has the shards now. */
    } else if (!counted) {
        put_back(in);
        backoff_wait(in->backoff);
    } else if (tries_set_apart(in->tries, in->taken, in->n_taken)) {
        put_back(in);
    } else if (in->taken[0]->tries >= TRIES_END) {
        struct entry *e = in->taken[0];
        in->n_taken = 0;
        abandon(in, e);
    } else {
        start(in);
    }
    read_on(in);
    pump(in);
}

/* Whether the batch waits for a count of tries, and goes on in on_counted(). */
static bool count_tries(struct ingest *in)
{
    if (!tries_due(in->taken, in->n_taken))
        return false;
    in->counted_in = in->session;
    if (tries_count(in->tries, in->taken, in->n_taken) != 0) {
        put_back(in);
        backoff_wait(in->backoff);
    }
    return true;
}

static void leave_when_done(struct ingest *in)
{
    if (in->leaving || in->in_hand > 0 || intake_busy(in->intake))
        return;
    in->leaving = true;
    shards_leave(in->shards, in->drained, in->drained_arg);
}

static bool bus_is_away(const struct ingest *in)
{
    int64_t now = clock_mono_ms(), whole_ms = now - in->bus_seen_ms, part_ms = now - in->bus_part_ms;
    return part_ms > BUS_AWAY_MS || whole_ms > BUS_PART_MS;
}

/* Whatever is to be done on the writer, when no transaction is open on it. A lone entry goes at once; while a batch is
 * under way the next one gathers. */
static void pump(struct ingest *in)
{
    if (in->leaving || batch_busy(in->batch))
        return;
    if (in->draining)
        leave_when_done(in);
    if (!db_conn_up(in->writer) || in->leaving)
        return;
    if (in->step_due) {
        in->step_due = false;
        shards_step(in->shards, bus_is_away(in));
    }
    if (backoff_waits(in->backoff) || tries_counting(in->tries) || list_empty(&in->queue))
        return;
    take_batch(in);
    if (!count_tries(in))
        start(in);
}

/* The writer's session is the lock: without it nothing in hand may be stored by us. */
static void on_writer(void *arg, bool up)
{
    struct ingest *in = arg;
    if (up) {
        in->step_due = true;
        on_tick(in);
        return;
    }
    in->session++;
    shards_lost(in->shards);
    intake_lost(in->intake);
    let_go_all(in, &in->queue);
    doorstep_clear(in->doorstep);
    read_on(in);
    pump(in);
}

static void on_waited(void *arg)
{
    pump(arg);
}

/* ---- life ---- */

bool ingest_ready(const struct ingest *in)
{
    return db_conn_up(in->writer);
}

void ingest_bus_changed(struct ingest *in, bool ready)
{
    if (!ready)
        return;
    intake_recheck(in->intake);
    on_tick(in);
}

int ingest_create(struct ingest **ingest_r, const struct ingest_config *config)
{
    struct ingest *in = xcalloc(1, sizeof *in);
    in->config = *config;
    in->limit = (size_t)config->batch_size;
    list_init(&in->queue);
    list_init(&in->back);
    ingest_metrics_make(&in->metrics, config->metrics);

    /* A stopped process must not keep its shards: the server ends a session that is silent for so long. Every statement
     * of a batch names its few rows by their keys, so there is one plan that is right whatever a table has grown to:
     * indexes, row by row, made once. What PostgreSQL knows of a table's size may be minutes old. */
    struct db_config db = {.url = config->database_url,
                           .name = "parley-msg-writer",
                           .options = "-c idle_session_timeout=5s -c idle_in_transaction_session_timeout=3s "
                                      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off "
                                      "-c enable_hashjoin=off -c enable_mergejoin=off"};
    int err = db_conn_create(&in->writer, config->loop, &db, on_writer, in);
    if (err != 0) {
        free(in);
        return err;
    }
    struct intake_hooks hooks = {
        .entry = on_entry, .arrived = on_arrived, .has = is_in_hand, .full = is_full, .closed = on_closed};
    intake_create(&in->intake, config->bus, config->id, &hooks, in);
    const struct welcome_config welcome = {
        .bus = config->bus, .db = config->db, .room_capacity = config->room_capacity};
    doorstep_create(&in->doorstep, &welcome, on_welcomed, on_doorstep_done, in);
    struct shards_config shards = {.bus = config->bus,
                                   .writer = in->writer,
                                   .id = config->id,
                                   .hooks = {.take = on_take, .give = on_give},
                                   .arg = in};
    shards_create(&in->shards, &shards);
    tries_create(&in->tries, config->bus, on_counted, in);
    batch_create(&in->batch, in->writer, config->room_capacity, config->previews, on_batch, in);
    batch_limit_files(in->batch, config->room_bytes);
    said_create(&in->said, config->loop, config->bus, on_acknowledged, on_turn_acknowledged, in);
    backoff_create(&in->backoff, config->loop, on_waited, in);
    timer_make(&in->tick, config->loop, on_tick, in);
    timer_start(in->tick, SHARD_TICK_MS, SHARD_TICK_MS);
    *ingest_r = in;
    return 0;
}

void ingest_drain(struct ingest *in, void (*fn)(void *arg), void *arg)
{
    in->draining = true;
    in->drained = fn;
    in->drained_arg = arg;
    intake_stop(in->intake);
    timer_start(in->tick, DRAIN_TICK_MS, DRAIN_TICK_MS);
}

void ingest_destroy(struct ingest **ingest)
{
    struct ingest *in = *ingest;
    if (in == NULL)
        return;
    in->leaving = true;
    timer_destroy(&in->tick);
    db_conn_destroy(&in->writer);
    tries_destroy(&in->tries);
    let_go_all(in, &in->queue);
    said_destroy(&in->said);
    doorstep_destroy(&in->doorstep);
    let_go_all(in, &in->back);
    let_go_taken(in);
    intake_destroy(&in->intake);
    batch_destroy(&in->batch);
    backoff_destroy(&in->backoff);
    shards_destroy(&in->shards);
    free(in);
    *ingest = NULL;
}
