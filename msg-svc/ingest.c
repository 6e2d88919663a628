/* Runs the write path: lanes, queue, batches, acknowledgement. */
#include "ingest.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "announce.h"
#include "batch.h"
#include "clock.h"
#include "doorstep.h"
#include "err.h"
#include "intake.h"
#include "log.h"
#include "shard.h"

enum {
    IN_HAND_MAX = 512,  /* beyond it nothing more is read; a read adds at most a thousand */
    BUS_AWAY_MS = 3000, /* then another replica may have our shards */
    DRAIN_TICK_MS = 20,
    LATER_MIN_MS = 50,
    LATER_MAX_MS = 1000,
    TRIES_MAX = 5,
};

struct ingest {
    struct ingest_config config;
    struct db_conn *writer;
    struct intake *intake;
    struct shards *shards;
    struct batch *batch;
    struct timer *tick, *later; /* later: armed while backing off */

    struct doorstep *doorstep;
    struct list queue;             /* entries to do, in order */
    size_t in_hand;                /* in the queue, in the batch, or on their way to dead_letters */
    size_t limit;                  /* of the next batch: halved by what must be tried again, doubled by success */
    unsigned later_ms;             /* the last back-off, grows until a batch succeeds */
    bool waiting;                  /* backing off */
    int64_t bus_seen_ms;           /* when the bus was last ready */
    bool step_due;                 /* shards_step() at the next gap between transactions */
    struct entry *taken[PLAN_MAX]; /* the batch under way */
    size_t n_taken;
    int64_t started_us;

    bool draining, leaving;
    void (*drained)(void *arg);
    void *drained_arg;

    struct metric *stored, *dups, *refused, *dead, *unpublished, *batches, *held, *hand, *duration;
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
    return entry_in(&in->queue, shard, id) || doorstep_has(in->doorstep, shard, id);
}

/* ---- what intake and shards say ---- */

static void read_on(struct ingest *in)
{
    if (in->in_hand < IN_HAND_MAX)
        intake_next(in->intake);
}

static void on_entry(void *arg, struct entry *e)
{
    struct ingest *in = arg;
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

static void on_tick(void *arg)
{
    struct ingest *in = arg;
    if (bus_ready(in->config.bus))
        in->bus_seen_ms = clock_mono_ms();
    if (in->leaving || !db_conn_up(in->writer))
        return;
    if (!in->draining) {
        shards_beat(in->shards);
        in->step_due = true;
    }
    intake_tick(in->intake);
    metric_set(in->held, (int64_t)shards_count(in->shards));
    metric_set(in->hand, (int64_t)in->in_hand);
    pump(in);
}

/* ---- after a batch ---- */

/* Back to the head of the queue, in order. */
static void put_back(struct ingest *in)
{
    for (size_t i = in->n_taken; i-- > 0;)
        list_push(in->queue.next, &in->taken[i]->link); /* Before what is first now. */
    in->n_taken = 0;
}

static void let_go_taken(struct ingest *in)
{
    for (size_t i = 0; i < in->n_taken; i++)
        let_go(in, in->taken[i]);
    in->n_taken = 0;
}

static void wait_a_little(struct ingest *in)
{
    in->later_ms = in->later_ms == 0 ? LATER_MIN_MS : in->later_ms * 2;
    if (in->later_ms > LATER_MAX_MS)
        in->later_ms = LATER_MAX_MS;
    in->waiting = true;
    timer_start(in->later, in->later_ms, 0);
}

static void on_later(void *arg)
{
    struct ingest *in = arg;
    in->waiting = false;
    pump(in);
}

static void count_answers(struct ingest *in, const struct plan *p)
{
    for (size_t i = 0; i < p->n_steps; i++) {
        if (p->steps[i].err != 0)
            metric_add(in->refused, !p->steps[i].newcomer);
        else if (p->steps[i].dup)
            metric_add(in->dups, 1);
    }
    metric_add(in->stored, (int64_t)p->n_events);
    metric_add(in->batches, 1);
    metric_observe_us(in->duration, clock_mono_us() - in->started_us);
}

/* ---- newcomers ---- */

/* Once more through the plan, and this time what it says holds; or Redis has it still. */
static void on_welcomed(void *arg, struct entry *e, bool welcomed)
{
    struct ingest *in = arg;
    e->welcomed = true;
    if (welcomed)
        list_push(&in->queue, &e->link);
    else
        let_go(in, e);
}

static void on_doorstep_done(void *arg)
{
    pump(arg);
}

/* Entries of newcomers are taken out of the batch, to the doorstep. */
static void set_newcomers_aside(struct ingest *in, const struct plan *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < in->n_taken; i++) {
        if (p->steps[i].newcomer)
            doorstep_push(in->doorstep, in->taken[i]);
        else
            in->taken[kept++] = in->taken[i];
    }
    in->n_taken = kept;
}

/* Committed. Said before it is acknowledged: what a crash or the bus kept from being said stays pending, is claimed,
 * found stored and said again. */
static void settle(struct ingest *in)
{
    const struct plan *p = batch_plan(in->batch);
    size_t unsaid = announce(in->config.bus, p);
    count_answers(in, p);
    set_newcomers_aside(in, p);
    if (unsaid == 0) {
        acknowledge(in->config.bus, in->taken, in->n_taken);
    } else {
        metric_add(in->unpublished, (int64_t)unsaid);
        log_warn(NULL, "not all published", "count=%zu", unsaid);
    }
    let_go_taken(in);
    doorstep_knock(in->doorstep);
    in->later_ms = 0;
    in->limit = in->limit * 2 < (size_t)in->config.batch_size ? in->limit * 2 : (size_t)in->config.batch_size;
}

/* ---- what cannot be stored ---- */

struct burial {
    struct ingest *ingest;
    struct entry *entry;
};

static void on_buried(void *arg, int err, const struct db_result *r)
{
    (void)r;
    struct burial *b = arg;
    struct ingest *in = b->ingest;
    struct entry *e = b->entry;
    free(b);
    if (err == 0) {
        metric_add(in->dead, 1);
        answer_error(in->config.bus, &e->to, e->cmid, ERR_INTERNAL);
        acknowledge(in->config.bus, &e, 1);
    } /* Else it stays pending in Redis, and comes again. */
    let_go(in, e);
    pump(in);
}

static void bury(struct ingest *in, struct entry *e, const char *why)
{
    log_error(NULL, "entry cannot be stored", "shard=%u entry=%.*s user=%lld room=%lld trace=%.*s why=%s", e->shard,
              (int)e->id.n, e->id.p, (long long)e->user, (long long)e->room, (int)e->trace.n, e->trace.p, why);
    struct buf fields = {0};
    entry_json(&fields, e);
    struct db_params v = {0};
    char stream[24];
    snprintf(stream, sizeof stream, "ingest:{%u}", e->shard);
    db_p_cstr(&v, stream);
    db_p_str(&v, e->id);
    db_p_str(&v, buf_view(&fields));
    db_p_cstr(&v, why);
    struct burial *b = xcalloc(1, sizeof *b);
    *b = (struct burial){in, e};
    if (db_query(in->config.db,
                 "INSERT INTO chat.dead_letters (stream, entry, fields, error) VALUES ($1, $2, $3::jsonb, $4)", &v,
                 on_buried, b) != 0) {
        free(b);
        let_go(in, e);
    }
    buf_fini(&fields);
}

/* Refused by PostgreSQL: each goes alone, so that only the one at fault suffers; that one is tried again and buried. */
static void part(struct ingest *in, const char *why)
{
    struct entry *e = in->taken[0];
    if (in->n_taken == 1 && ++e->tries >= TRIES_MAX) {
        in->n_taken = 0;
        bury(in, e, why);
        return;
    }
    for (size_t i = 0; i < in->n_taken; i++)
        in->taken[i]->alone = true;
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
        wait_a_little(in);
        break;
    case BATCH_REFUSED:
        log_warn(NULL, "batch refused", "entries=%zu why=%s", in->n_taken, why);
        part(in, why);
        break;
    }
    read_on(in);
    pump(in);
}

/* ---- the pump ---- */

static void take_batch(struct ingest *in)
{
    in->n_taken = 0;
    while (in->n_taken < in->limit && !list_empty(&in->queue)) {
        struct entry *e = LIST_ITEM(in->queue.next, struct entry, link);
        if (e->alone && in->n_taken > 0)
            break;
        list_remove(&e->link);
        in->taken[in->n_taken++] = e;
        if (e->alone)
            break;
    }
}

static void on_left(void *arg)
{
    struct ingest *in = arg;
    in->drained(in->drained_arg);
}

static void leave_when_done(struct ingest *in)
{
    if (in->leaving || in->in_hand > 0 || intake_busy(in->intake))
        return;
    in->leaving = true;
    shards_leave(in->shards, on_left, in);
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
        shards_step(in->shards, clock_mono_ms() - in->bus_seen_ms > BUS_AWAY_MS);
    }
    if (in->waiting || list_empty(&in->queue))
        return;
    take_batch(in);
    in->started_us = clock_mono_us();
    if (batch_start(in->batch, in->taken, in->n_taken) != 0) {
        put_back(in);
        wait_a_little(in);
    }
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
    shards_lost(in->shards);
    intake_lost(in->intake);
    let_go_all(in, &in->queue);
    doorstep_clear(in->doorstep);
    read_on(in);
    pump(in);
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

static void make_metrics(struct ingest *in)
{
    struct metrics *m = in->config.metrics;
    in->stored = metrics_counter(m, "parley_msg_events_total", NULL, "Events committed to rooms' logs.");
    in->dups = metrics_counter(m, "parley_msg_duplicates_total", NULL, "Sends answered as stored before.");
    in->refused = metrics_counter(m, "parley_msg_refused_total", NULL, "Entries answered with an error.");
    in->dead = metrics_counter(m, "parley_msg_dead_letters_total", NULL, "Entries given up after 5 tries.");
    in->unpublished = metrics_counter(m, "parley_msg_unpublished_total", NULL, "Publications the bus did not take.");
    in->batches = metrics_counter(m, "parley_msg_batches_total", NULL, "Transactions committed.");
    in->held = metrics_gauge(m, "parley_msg_shards", NULL, "Shards held.");
    in->hand = metrics_gauge(m, "parley_msg_in_hand", NULL, "Entries read and not yet done with.");
    in->duration = metrics_histogram(m, "parley_msg_batch_seconds", NULL, "From BEGIN to the last publication.");
}

int ingest_create(struct ingest **ingest_r, const struct ingest_config *config)
{
    struct ingest *in = xcalloc(1, sizeof *in);
    in->config = *config;
    in->limit = (size_t)config->batch_size;
    list_init(&in->queue);
    make_metrics(in);

    /* A stopped process must not keep its shards: the server ends a session that is silent for so long. */
    struct db_config db = {.url = config->database_url,
                           .name = "parley-msg-writer",
                           .options = "-c idle_session_timeout=5s -c idle_in_transaction_session_timeout=3s"};
    int err = db_conn_create(&in->writer, config->loop, &db, on_writer, in);
    if (err != 0) {
        free(in);
        return err;
    }
    struct intake_hooks hooks = {.entry = on_entry, .arrived = on_arrived, .has = is_in_hand, .closed = on_closed};
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
    batch_create(&in->batch, in->writer, config->room_capacity, on_batch, in);
    timer_make(&in->later, config->loop, on_later, in);
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
    timer_destroy(&in->later);
    db_conn_destroy(&in->writer);
    let_go_all(in, &in->queue);
    doorstep_destroy(&in->doorstep);
    let_go_taken(in);
    intake_destroy(&in->intake);
    batch_destroy(&in->batch);
    shards_destroy(&in->shards);
    free(in);
    *ingest = NULL;
}
