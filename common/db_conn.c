/* One PostgreSQL connection on the loop: connecting, its socket, its loss and its return. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "alloc.h"
#include "clock.h"
#include "db_address.h"
#include "db_conn.h"
#include "db_pipeline.h"
#include "err.h"
#include "pace.h"

enum {
    CONNECT_MS = 5000,
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 2000,
    CONNECT_EACH_MS = 125,
    WATCH_MS = 1000,
    MAX_QUEUED = 1000
};

enum state {
    DOWN,       /* waits for the back-off to end */
    RESOLVING,  /* waits for the addresses of its host names, at most CONNECT_MS */
    CONNECTING, /* waits for the server, at most CONNECT_MS */
    UP,         /* runs statements; ends by loss, reset or DB_STUCK_MS without an answer */
    LOST,       /* waits for the next loop turn to end what was under way, then DOWN */
};

/* A look-up of names; outlives the connection that does not want it any more: `conn` is NULL then. */
struct lookup {
    struct db_conn *conn;
    char *url;
    struct db_address address;
    const char *why;
};

struct db_conn {
    struct loop *loop;
    char *url, *name, *options;
    size_t max_queued;
    db_state_fn *fn;
    void *arg;
    db_conn_room_fn *room_fn;
    void *room_arg;

    enum state state;
    bool told_up;   /* what fn was told last */
    bool failed;    /* a write failed: dropped in the next turn */
    bool watching;  /* the timer looks for a stuck link */
    bool zombie;    /* destroyed inside one of its own callbacks: freed when that returns */
    unsigned depth; /* callbacks of the loop on the stack */
    unsigned back_off_ms;
    bool names;            /* the url has names to look up */
    struct lookup *lookup; /* RESOLVING */
    PGconn *pg;
    uv_poll_t *poll;
    int events;
    struct timer *timer; /* CONNECTING: deadline; DOWN: back-off; UP: watch */
    struct timer *soon;  /* ends what a loss left under way, never inside the call that noticed it */
    struct db_pipeline pipeline;
    struct log log;
    char log_pairs[80];
};

/* Of all connections of the process, whatever pool they are of: together they try eight times a second at most. */
static struct pace tries;

static void on_poll(uv_poll_t *poll, int status, int events);

/* ---- the socket ---- */

static void on_poll_closed(uv_handle_t *handle)
{
    free(handle);
}

static void poll_close(struct db_conn *c)
{
    if (!c->poll)
        return;
    uv_close((uv_handle_t *)c->poll, on_poll_closed);
    c->poll = NULL;
    c->events = 0;
}

static int poll_want(struct db_conn *c, int events)
{
    if (c->poll && c->events == events)
        return 0;
    if (!c->poll) {
        uv_poll_t *poll = xcalloc(1, sizeof(*poll));
        if (uv_poll_init(loop_uv(c->loop), poll, PQsocket(c->pg))) {
            free(poll);
            return ERR_UNAVAILABLE;
        }
        poll->data = c;
        c->poll = poll;
    }
    c->events = events;
    return uv_poll_start(c->poll, events, on_poll) ? ERR_UNAVAILABLE : 0;
}

/* ---- loss ---- */

static void lookup_forget(struct db_conn *c)
{
    if (c->lookup)
        c->lookup->conn = NULL;
    c->lookup = NULL;
}

/* The link is gone or to be given up. What was under way ends in the next loop turn. */
static void drop(struct db_conn *c, const char *why)
{
    assert(c->state == RESOLVING || c->state == CONNECTING || c->state == UP);
    struct str text;
    str_cut(str_of(why), '\n', &text); /* libpq's further lines are advice */
    /* Only the first failure of an outage is news. */
    if (c->state == UP || c->back_off_ms == 0)
        log_warn(&c->log, "db link lost", "why=%.*s", (int)text.n, text.p);
    poll_close(c);
    lookup_forget(c);
    PQfinish(c->pg);
    c->pg = NULL;
    db_pipeline_lose(&c->pipeline);
    c->state = LOST;
    c->failed = c->watching = false;
    timer_stop(c->timer);
    timer_start(c->soon, 0, 0);
}

/* As drop, where no callback may run and the caller still uses the link. */
static void drop_soon(struct db_conn *c)
{
    c->failed = true;
    timer_start(c->soon, 0, 0);
}

static void flush(struct db_conn *c)
{
    int rc = PQflush(c->pg);
    if (rc < 0 || poll_want(c, UV_READABLE | (rc > 0 ? UV_WRITABLE : 0)))
        drop_soon(c);
}

static void enter(struct db_conn *c)
{
    c->depth++;
}

static void leave(struct db_conn *c)
{
    if (--c->depth > 0 || !c->zombie)
        return;
    db_pipeline_fini(&c->pipeline);
    timer_destroy(&c->timer);
    timer_destroy(&c->soon);
    free(c->url);
    free(c->name);
    free(c->options);
    free(c);
}

static void tell_state(struct db_conn *c, bool up)
{
    if (c->told_up == up)
        return;
    c->told_up = up;
    if (c->fn)
        c->fn(c->arg, up);
}

static void on_soon(void *arg)
{
    struct db_conn *c = arg;
    if (c->failed)
        drop(c, PQerrorMessage(c->pg));
    if (c->state != LOST)
        return;
    enter(c);
    c->state = DOWN;
    timer_start(c->timer, pace_wait_ms(&tries, c->back_off_ms, CONNECT_EACH_MS), 0);
    c->back_off_ms = c->back_off_ms ? c->back_off_ms * 2 : BACKOFF_MIN_MS;
    if (c->back_off_ms > BACKOFF_MAX_MS)
        c->back_off_ms = BACKOFF_MAX_MS;
    db_pipeline_end_lost(&c->pipeline);
    tell_state(c, false);
    leave(c);
}

/* ---- connecting ---- */

static void on_notice(void *arg, const PGresult *pg)
{
    struct db_conn *c = arg;
    struct db_result result = {pg};
    log_debug(&c->log, "db notice", "message=%s", db_message(&result));
}

static void connected(struct db_conn *c)
{
    if (PQsetnonblocking(c->pg, 1) || !PQenterPipelineMode(c->pg) || poll_want(c, UV_READABLE)) {
        drop(c, "no pipeline mode");
        return;
    }
    c->state = UP;
    c->back_off_ms = 0;
    timer_stop(c->timer);
    log_info(&c->log, "db link up", "backend=%d", PQbackendPID(c->pg));
    tell_state(c, true);
}

/* One step of the handshake. libpq may change its socket in each, so each gets a new poll handle. */
static void connect_step(struct db_conn *c)
{
    poll_close(c);
    PostgresPollingStatusType status = PQconnectPoll(c->pg);
    if (status == PGRES_POLLING_OK)
        connected(c);
    else if (status == PGRES_POLLING_FAILED)
        drop(c, PQerrorMessage(c->pg));
    else if (poll_want(c, status == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE))
        drop(c, "cannot poll the socket");
}

/* `address`: of the url's names; NULL: it has none. */
static void connect_start(struct db_conn *c, struct db_address *address)
{
    /* Later words win over those of the url, which win over earlier ones. The list ends at its first NULL. */
    const char *keys[] = {"keepalives_idle",
                          "keepalives_interval",
                          "keepalives_count",
                          "dbname",
                          "application_name",
                          "client_encoding",
                          "options",
                          address ? "host" : NULL,
                          "hostaddr",
                          "port",
                          NULL};
    const char *values[] = {"15",
                            "5",
                            "3",
                            c->url,
                            c->name,
                            "UTF8",
                            c->options,
                            address ? buf_c(&address->host) : NULL,
                            address ? buf_c(&address->hostaddr) : NULL,
                            address ? buf_c(&address->port) : NULL,
                            NULL};
    c->state = CONNECTING;
    c->pg = PQconnectStartParams(keys, values, 1);
    if (!c->pg)
        abort(); /* out of memory, as in alloc.h */
    PQsetNoticeReceiver(c->pg, on_notice, c);
    timer_start(c->timer, CONNECT_MS, 0);
    if (PQstatus(c->pg) == CONNECTION_BAD)
        drop(c, PQerrorMessage(c->pg));
    else if (poll_want(c, UV_WRITABLE))
        drop(c, "cannot poll the socket");
}

/* On a worker thread: touches the lookup only. */
static void resolve(void *arg)
{
    struct lookup *lookup = arg;
    lookup->why = db_address_resolve(&lookup->address, lookup->url);
}

static void on_resolved(void *arg)
{
    struct lookup *lookup = arg;
    struct db_conn *c = lookup->conn;
    if (c) {
        c->lookup = NULL;
        enter(c);
        if (lookup->why)
            drop(c, lookup->why);
        else
            connect_start(c, &lookup->address);
        leave(c);
    }
    db_address_fini(&lookup->address);
    free(lookup->url);
    free(lookup);
}

static void resolve_start(struct db_conn *c)
{
    struct lookup *lookup = xcalloc(1, sizeof(*lookup));
    lookup->conn = c;
    lookup->url = xstrdup(c->url);
    c->state = RESOLVING;
    c->lookup = lookup;
    timer_start(c->timer, CONNECT_MS, 0);
    if (loop_work(c->loop, resolve, on_resolved, lookup) == 0)
        return;
    free(lookup->url);
    free(lookup);
    c->lookup = NULL;
    drop(c, "no worker for looking up its name");
}

static void on_timer(void *arg)
{
    struct db_conn *c = arg;
    if (c->state == DOWN && c->names) {
        resolve_start(c);
    } else if (c->state == DOWN) {
        connect_start(c, NULL);
    } else if (c->state == RESOLVING || c->state == CONNECTING) {
        drop(c, "no answer to the connect");
    } else if (db_pipeline_idle(&c->pipeline)) {
        c->watching = false;
        timer_stop(c->timer);
    } else if (clock_mono_ms() - db_pipeline_progress(&c->pipeline) > DB_STUCK_MS) {
        drop(c, "no answer to a statement");
    }
}

static void read_answers(struct db_conn *c, int status, int events)
{
    unsigned epoch = c->pipeline.epoch;
    bool ended = status < 0 || ((events & UV_READABLE) && !PQconsumeInput(c->pg));
    db_pipeline_take(&c->pipeline, c->pg); /* what came before the end, too */
    if (c->pipeline.epoch != epoch)
        return;
    if (ended || PQstatus(c->pg) == CONNECTION_BAD)
        drop(c, PQerrorMessage(c->pg));
    else
        flush(c);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct db_conn *c = poll->data;
    enter(c);
    if (c->state == CONNECTING)
        connect_step(c);
    else if (c->state == UP && !c->failed)
        read_answers(c, status, events);
    if (c->room_fn)
        c->room_fn(c->room_arg);
    leave(c);
}

/* ---- the interface ---- */

int db_conn_create(struct db_conn **conn_r, struct loop *loop, const struct db_config *config, db_state_fn *fn,
                   void *arg)
{
    struct db_conn *c = xcalloc(1, sizeof(*c));
    struct buf options = {0};
    c->loop = loop;
    c->url = xstrdup(config->url);
    c->names = db_address_has_names(c->url);
    c->name = xstrdup(config->name ? config->name : "parley");
    buf_printf(&options, "-c statement_timeout=%u -c lock_timeout=%u %s",
               config->statement_timeout_ms ? config->statement_timeout_ms : 3000,
               config->lock_timeout_ms ? config->lock_timeout_ms : 2000, config->options ? config->options : "");
    c->options = xstrdup(buf_c(&options));
    buf_fini(&options);
    c->max_queued = config->max_queued ? config->max_queued : MAX_QUEUED;
    c->fn = fn;
    c->arg = arg;
    snprintf(c->log_pairs, sizeof(c->log_pairs), "db=%.60s", c->name);
    c->log.pairs = c->log_pairs;
    db_pipeline_init(&c->pipeline, &c->log);
    timer_make(&c->timer, loop, on_timer, c);
    timer_make(&c->soon, loop, on_soon, c);
    timer_start(c->timer, 0, 0);
    /* The first tries are made at once, all of them; those that follow are the later for it. */
    pace_wait_ms(&tries, 0, CONNECT_EACH_MS);
    *conn_r = c;
    return 0;
}

void db_conn_destroy(struct db_conn **conn)
{
    struct db_conn *c = *conn;
    if (!c)
        return;
    *conn = NULL;
    enter(c);
    c->fn = NULL;
    c->room_fn = NULL;
    c->zombie = true;
    lookup_forget(c);
    if (c->pg) {
        poll_close(c);
        PQfinish(c->pg);
        c->pg = NULL;
        db_pipeline_lose(&c->pipeline);
    }
    c->state = LOST;
    c->failed = false;
    timer_stop(c->timer);
    timer_stop(c->soon);
    db_pipeline_end_lost(&c->pipeline);
    leave(c);
}

bool db_conn_up(const struct db_conn *conn)
{
    return conn->state == UP && !conn->failed;
}

void db_conn_on_room(struct db_conn *conn, db_conn_room_fn *fn, void *arg)
{
    conn->room_fn = fn;
    conn->room_arg = arg;
}

size_t db_conn_pending(const struct db_conn *conn)
{
    return conn->pipeline.queries;
}

static int exec_now(struct db_conn *c, const char *sql, const struct db_params *params, db_done_fn *fn, void *arg)
{
    if (!db_conn_up(c))
        return ERR_UNAVAILABLE;
    if (c->pipeline.queries >= c->max_queued)
        return ERR_BUSY;
    int err = db_pipeline_exec(&c->pipeline, c->pg, sql, params, fn, arg);
    if (err) {
        drop_soon(c);
    } else if (!c->watching) {
        c->watching = true;
        timer_start(c->timer, WATCH_MS, WATCH_MS);
    }
    return err;
}

int db_exec(struct db_conn *conn, const char *sql, struct db_params *params, db_done_fn *fn, void *arg)
{
    if (params)
        db_params_settle(params);
    int err = exec_now(conn, sql, params, fn, arg);
    db_params_fini(params);
    return err;
}

void db_sync(struct db_conn *conn)
{
    if (!db_conn_up(conn))
        return;
    if (db_pipeline_sync(&conn->pipeline, conn->pg))
        drop_soon(conn);
    else
        flush(conn);
}

void db_conn_reset(struct db_conn *conn)
{
    if (conn->pg)
        drop(conn, "reset");
}
