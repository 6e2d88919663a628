/* A pool of PostgreSQL connections: each statement goes to the least loaded one, or waits for room. */
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "db_conn.h"
#include "err.h"
#include "list.h"

/* How many statements may be in the pipeline of one connection. What is beyond waits here, where the first
 * connection with room takes it, and not behind one slow statement. */
enum { PER_LINK = 32, MAX_QUEUED = 1000, SWEEP_MS = 1000 };

struct query {
    struct list link;
    struct db *db;
    const char *sql;
    struct db_params params; /* while waiting */
    int64_t turn;
    db_done_fn *fn;
    void *arg;
    int64_t since_us;
    bool in_turn;
};

struct db {
    struct loop *loop;
    size_t size, max_queued, queued;
    struct list waiting;
    struct timer *sweep; /* ends what has waited too long */
    bool sweeping, closing;
    unsigned epoch;
    struct metric *seconds, *errors, *up, *pool, *waits;
    struct db_conn *links[];
};

static void query_end(struct query *q, int err, const struct db_result *result)
{
    struct db *db = q->db;
    db->queued--;
    if (db->waits)
        metric_add(db->waits, -1);
    if (db->seconds)
        metric_observe_us(db->seconds, clock_mono_us() - q->since_us);
    if (err && db->errors)
        metric_add(db->errors, 1);
    db_done_fn *fn = q->fn;
    void *arg = q->arg;
    db_params_fini(&q->params);
    free(q);
    if (fn)
        fn(arg, err, result);
}

static void on_done(void *arg, int err, const struct db_result *result)
{
    query_end(arg, err, result);
}

/* NULL: none is up; or none has room, and *full_r. */
static struct db_conn *pick(const struct db *db, bool *full_r)
{
    struct db_conn *best = NULL;
    *full_r = false;
    for (size_t i = 0; i < db->size; i++) {
        struct db_conn *link = db->links[i];
        if (!link || !db_conn_up(link))
            continue;
        if (db_conn_pending(link) >= PER_LINK)
            *full_r = true;
        else if (!best || db_conn_pending(link) < db_conn_pending(best))
            best = link;
    }
    return best;
}

/* A statement sees what was committed before it began: so the lock is one of its own, and the transaction's first. */
static int take_turn(const struct query *q, struct db_conn *link)
{
    static const char sql[] = "SELECT pg_advisory_xact_lock(hashtextextended('turn ' || $1::text, 0))";
    struct db_params p = {0};
    db_p_int(&p, q->turn);
    return db_exec(link, sql, &p, NULL, NULL);
}

static int send(struct query *q, struct db_conn *link, struct db_params *params)
{
    int err = q->in_turn ? take_turn(q, link) : 0;
    if (err) {
        db_params_fini(params);
        return err;
    }
    err = db_exec(link, q->sql, params, on_done, q);
    if (!err || q->in_turn)
        db_sync(link);
    return err;
}

/* Give waiting statements to links with room. When no link is up they end: their callers decide what then. */
static void pump(struct db *db)
{
    while (!list_empty(&db->waiting)) {
        bool full;
        struct db_conn *link = pick(db, &full);
        if (!link && full)
            return;
        struct query *q = LIST_ITEM(db->waiting.next, struct query, link);
        list_remove(&q->link);
        int err = link ? send(q, link, &q->params) : ERR_UNAVAILABLE;
        if (err)
            query_end(q, err, NULL);
    }
}

static void on_room(void *arg)
{
    struct db *db = arg;
    if (!db->closing)
        pump(db);
}

static void on_sweep(void *arg)
{
    struct db *db = arg;
    int64_t now_us = clock_mono_us();
    while (!list_empty(&db->waiting)) {
        struct query *q = LIST_ITEM(db->waiting.next, struct query, link);
        if (now_us - q->since_us < DB_STUCK_MS * INT64_C(1000))
            return;
        list_remove(&q->link);
        query_end(q, ERR_TIMEOUT, NULL);
    }
    db->sweeping = false;
    timer_stop(db->sweep);
}

static void on_state(void *arg, bool up)
{
    struct db *db = arg;
    int64_t count = 0;
    db->epoch += up;
    for (size_t i = 0; i < db->size; i++)
        count += db->links[i] && db_conn_up(db->links[i]);
    if (db->up)
        metric_set(db->up, count);
    if (!db->closing)
        pump(db);
}

int db_create(struct db **db_r, struct loop *loop, const struct db_config *config, struct metrics *metrics)
{
    size_t size = config->size ? config->size : 1;
    struct db *db = xcalloc(1, sizeof(*db) + size * sizeof(struct db_conn *));
    db->loop = loop;
    db->size = size;
    db->max_queued = config->max_queued ? config->max_queued : MAX_QUEUED;
    list_init(&db->waiting);
    timer_make(&db->sweep, loop, on_sweep, db);
    if (metrics) {
        db->seconds = metrics_histogram(metrics, "parley_db_query_seconds", NULL,
                                        "Time from asking to the answer, waiting included.");
        db->errors = metrics_counter(metrics, "parley_db_errors_total", NULL,
                                     "Statements that ended with an error, or that could not be asked.");
        db->up = metrics_gauge(metrics, "parley_db_links", NULL, "Connections of the pool that are up.");
        db->pool = metrics_gauge(metrics, "parley_db_pool_size", NULL, "Connections that the pool wants to have.");
        db->waits = metrics_gauge(metrics, "parley_db_in_hand", NULL, "Statements asked and not answered.");
        metric_add(db->pool, (int64_t)size);
    }
    for (size_t i = 0; i < size; i++) {
        db_conn_create(&db->links[i], loop, config, on_state, db);
        db_conn_on_room(db->links[i], on_room, db);
    }
    *db_r = db;
    return 0;
}

void db_destroy(struct db **db_p)
{
    struct db *db = *db_p;
    if (!db)
        return;
    *db_p = NULL;
    db->closing = true;
    for (size_t i = 0; i < db->size; i++)
        db_conn_destroy(&db->links[i]);
    while (!list_empty(&db->waiting)) {
        struct query *q = LIST_ITEM(db->waiting.next, struct query, link);
        list_remove(&q->link);
        query_end(q, ERR_UNAVAILABLE, NULL);
    }
    timer_destroy(&db->sweep);
    free(db);
}

bool db_ready(const struct db *db)
{
    for (size_t i = 0; i < db->size; i++)
        if (db->links[i] && db_conn_up(db->links[i]))
            return true;
    return false;
}

unsigned db_epoch(const struct db *db)
{
    return db->epoch;
}

static int ask(struct db *db, const struct query *what, struct db_params *params)
{
    bool full = false;
    struct db_conn *link = db->closing || db->queued >= db->max_queued ? NULL : pick(db, &full);
    if (!link && !full) {
        db_params_fini(params);
        if (db->errors)
            metric_add(db->errors, 1);
        return !db->closing && db->queued >= db->max_queued ? ERR_BUSY : ERR_UNAVAILABLE;
    }
    struct query *q = xcalloc(1, sizeof(*q));
    *q = *what;
    q->db = db;
    q->since_us = clock_mono_us();
    list_init(&q->link);
    if (link && list_empty(&db->waiting)) {
        int err = send(q, link, params);
        if (err) {
            free(q);
            return err;
        }
    } else {
        db_params_move(&q->params, params);
        list_push(&db->waiting, &q->link);
        if (!db->sweeping) {
            db->sweeping = true;
            timer_start(db->sweep, SWEEP_MS, SWEEP_MS);
        }
    }
    db->queued++;
    if (db->waits)
        metric_add(db->waits, 1);
    return 0;
}

int db_query(struct db *db, const char *sql, struct db_params *params, db_done_fn *fn, void *arg)
{
    return ask(db, &(struct query){.sql = sql, .fn = fn, .arg = arg}, params);
}

int db_query_in_turn(struct db *db, int64_t turn, const char *sql, struct db_params *params, db_done_fn *fn, void *arg)
{
    return ask(db, &(struct query){.sql = sql, .turn = turn, .in_turn = true, .fn = fn, .arg = arg}, params);
}
