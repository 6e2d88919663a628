/* Runs a batch's transaction: load, plan, write, commit; or rolls it back. */
#include "batch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "append.h"
#include "clock.h"
#include "err.h"
#include "failpoint.h"
#include "load.h"
#include "params.h"
#include "room_view.h"

enum stage {
    IDLE,         /* no transaction */
    LOADING,      /* waits for the locks and what the plan asks for */
    WRITING,      /* waits for the rows and the COMMIT */
    ROLLING_BACK, /* waits for the ROLLBACK */
};

enum { LOADS_MAX = 32 };

struct batch {
    struct db_conn *writer;
    struct plan *plan;
    batch_done_fn *fn;
    void *arg;
    enum stage stage;
    size_t due;                     /* statements whose callback is to come */
    load_take_fn *takes[LOADS_MAX]; /* for the answers to questions, in their order */
    size_t asked, taken;
    int err; /* of the first statement that failed */
    char sqlstate[6], why[256];
};

void batch_create(struct batch **batch_r, struct db_conn *writer, int64_t capacity, bool previews, batch_done_fn *fn,
                  void *arg)
{
    struct batch *b = xcalloc(1, sizeof *b);
    b->writer = writer;
    b->fn = fn;
    b->arg = arg;
    plan_create(&b->plan, capacity, previews);
    *batch_r = b;
}

void batch_limit_files(struct batch *b, int64_t room_bytes)
{
    plan_limit_files(b->plan, room_bytes);
}

void batch_destroy(struct batch **batch)
{
    if (*batch == NULL)
        return;
    plan_destroy(&(*batch)->plan);
    free(*batch);
    *batch = NULL;
}

bool batch_busy(const struct batch *b)
{
    return b->stage != IDLE;
}

struct plan *batch_plan(struct batch *b)
{
    return b->plan;
}

bool batch_refuses(const char *sqlstate)
{
    /* Classes of what may pass by itself: connection, transaction state, rollback (deadlock), resources (disk, memory),
     * operator intervention, the machine. */
    static const char *const transient[] = {"08", "25", "40", "53", "55", "57", "58"};
    if (sqlstate[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++)
        if (strncmp(sqlstate, transient[i], 2) == 0)
            return false;
    return true;
}

/* ---- statements ---- */

static void step(struct batch *b);

/* The first failure is the cause; the rest of its section fails with it. */
static void note_failure(struct batch *b, int err, const struct db_result *r)
{
    if (b->err != 0)
        return;
    b->err = err;
    snprintf(b->sqlstate, sizeof b->sqlstate, "%s", r != NULL ? db_sqlstate(r) : "");
    snprintf(b->why, sizeof b->why, "%s", r != NULL ? db_message(r) : err_code(err));
}

static void run(struct batch *b, const char *sql, struct db_params *params, db_done_fn *fn)
{
    int err = db_exec(b->writer, sql, params, fn, b);
    if (err == 0)
        b->due++;
    else
        note_failure(b, err, NULL);
}

/* One callback came: note its error. True: there are rows to take. */
static bool took(struct batch *b, int err, const struct db_result *r)
{
    b->due--;
    if (err != 0)
        note_failure(b, err, r);
    return err == 0;
}

static void on_plain(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    took(b, err, r);
    step(b);
}

/* Answers come in the order of the questions. */
static void on_taken(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    load_take_fn *take = b->takes[b->taken++];
    if (took(b, err, r) && take != NULL)
        take(b->plan, r);
    step(b);
}

static void exec_take(void *arg, const char *sql, struct db_params *params, load_take_fn *take)
{
    struct batch *b = arg;
    assert(b->asked < LOADS_MAX);
    size_t due = b->due;
    run(b, sql, params, on_taken);
    if (b->due > due)
        b->takes[b->asked++] = take;
}

int batch_start(struct batch *b, struct entry *const *entries, size_t count)
{
    plan_start(b->plan, entries, count);
    b->err = 0;
    b->due = b->asked = b->taken = 0;
    run(b, "BEGIN", NULL, on_plain);
    if (b->err != 0)
        return b->err;
    b->stage = LOADING;
    load(b->plan, exec_take, b);
    db_sync(b->writer);
    return 0;
}

/* ---- writing ---- */

static void exec_plain(void *arg, const char *sql, struct db_params *params)
{
    run(arg, sql, params, on_plain);
}

static void on_views(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++)
            for (size_t v = 0; v < b->plan->n_views; v++) {
                struct plan_view *view = &b->plan->views[v];
                if (view->user != room_view_user(r, i) || view->room != room_view_id(r, i))
                    continue;
                struct jsonw w = jsonw_on(&view->json);
                room_view_write(&w, NULL, r, i);
            }
    step(b);
}

static void read_views(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->views, b->plan->n_views, true, it->user);
    INTS(&v, b->plan->views, b->plan->n_views, true, it->room);
    run(b, ROOM_VIEW_SELECT("SELECT * FROM unnest($1::bigint[], $2::bigint[])"), &v, on_views);
}

/* Tests make an entry deadly to whoever tries it: the failpoint msg.entry.<cmid>. */
static void try_entries(const struct batch *b)
{
#ifdef PARLEY_FAILPOINTS
    for (size_t i = 0; i < b->plan->n_steps; i++) {
        const struct entry *e = b->plan->steps[i].entry;
        char name[64];
        snprintf(name, sizeof name, "msg.entry.%.*s", (int)e->cmid.n, e->cmid.p);
        if (e->cmid.n > 0 && !e->doomed)
            failpoint_hit(name);
    }
#else
    (void)b;
#endif
}

static void write_plan(struct batch *b)
{
    b->stage = WRITING;
    try_entries(b);
    plan_run(b->plan, clock_wall_ms());
    append_events(b->plan, exec_plain, b);
    append_sent(b->plan, exec_plain, b);
    append_orders(b->plan, exec_plain, b);
    append_dead(b->plan, exec_plain, b);
    append_rooms(b->plan, exec_plain, b);
    append_room_acts(b->plan, exec_plain, b);
    append_members(b->plan, exec_plain, b);
    append_users(b->plan, exec_plain, b);
    append_messages(b->plan, exec_plain, b);
    append_polls(b->plan, exec_plain, b);
    if (b->plan->n_views > 0)
        read_views(b);
    FAILPOINT("msg.before_commit");
    /* A statement the connection did not take must not be missing from what is committed. */
    run(b, b->err == 0 ? "COMMIT" : "ROLLBACK", NULL, on_plain);
    db_sync(b->writer);
}

/* ---- the end ---- */

static void finish(struct batch *b)
{
    enum batch_result result = BATCH_STORED;
    if (b->err == ERR_UNAVAILABLE || (b->err != 0 && !db_conn_up(b->writer)))
        result = BATCH_LOST;
    else if (b->err == ERR_SQL && batch_refuses(b->sqlstate))
        result = BATCH_REFUSED;
    else if (b->err != 0)
        result = BATCH_LATER;
    b->stage = IDLE;
    b->fn(b->arg, result, b->why);
}

static void roll_back(struct batch *b)
{
    b->stage = ROLLING_BACK;
    run(b, "ROLLBACK", NULL, on_plain);
    db_sync(b->writer);
    if (b->due == 0)
        db_conn_reset(b->writer); /* Its session must not go on inside the failed transaction. */
}

/* Called after every callback; goes on when the last one due has come. */
static void step(struct batch *b)
{
    if (b->due > 0)
        return;
    bool lost = b->err == ERR_UNAVAILABLE || !db_conn_up(b->writer);
    if (b->stage == LOADING && b->err == 0)
        write_plan(b);
    else if (b->stage != ROLLING_BACK && b->err != 0 && !lost)
        roll_back(b);
    if (b->due == 0)
        finish(b);
}
