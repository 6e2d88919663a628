/* Answering other processes: reads the service's stream, hands each request to its row's handler, answers. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "log.h"
#include "rpc.h"

enum {
    BATCH = 64, /* entries a read, at most */
    BLOCK_MS = 5000,
    ERR_SLOTS = 64, /* rows of the error table, and 0 */
};

/* What happened to the calls of one row; counters are made when a result first occurs. */
struct row_metrics {
    struct metric *latency;
    struct metric *by_result[ERR_SLOTS];
};

struct rpc_server {
    struct bus *bus;
    struct bus_reader *reader;
    char stream[40];
    const struct rpc_row *rows;
    size_t rows_n;
    size_t batch, max_open, open;
    bool waiting; /* the reader was not asked for more: too many requests are in hand */
    void *service;
    struct list requests;
    struct metrics *metrics;
    struct row_metrics *row_metrics; /* one a row, and one for calls that are none */
    struct metric *expired_total, *malformed_total, *open_gauge, *wait;
};

struct rpc_request {
    struct rpc_server *server; /* NULL: the server is gone, the answer goes nowhere */
    struct list in_server;
    size_t row; /* rows_n: none */
    struct str inbox, ref;
    struct str id;
    struct caller caller;
    int64_t deadline, began_us;
    struct jval *args;
    char text[]; /* what the views above look at */
};

const struct jval *rpc_args(const struct rpc_request *req)
{
    return req->args;
}

const struct caller *rpc_caller(const struct rpc_request *req)
{
    return &req->caller;
}

int64_t rpc_deadline(const struct rpc_request *req)
{
    return req->deadline;
}

struct str rpc_id(const struct rpc_request *req)
{
    return req->id;
}

/* ---- metrics ---- */

static void count_result(struct rpc_server *server, size_t row, int err)
{
    char labels[120];
    size_t slot = err == 0 ? 0 : (size_t)(ERR_INTERNAL - err) + 1;
    if (!server->metrics)
        return;
    if (slot >= ERR_SLOTS)
        slot = 1;
    struct metric **m = &server->row_metrics[row].by_result[slot];
    if (!*m) {
        snprintf(labels, sizeof labels, "call=\"%s\",code=\"%s\"",
                 row < server->rows_n ? server->rows[row].call : "unknown", err_name(err));
        *m = metrics_counter(server->metrics, "parley_rpc_served_total", labels, "Requests answered, by result.");
    }
    metric_add(*m, 1);
}

static void gauge_open(struct rpc_server *server)
{
    if (server->open_gauge)
        metric_set(server->open_gauge, (int64_t)server->open);
}

static void metrics_of(struct rpc_server *server, struct metrics *m)
{
    char labels[80];
    server->metrics = m;
    for (size_t i = 0; i < server->rows_n; i++) {
        snprintf(labels, sizeof labels, "call=\"%s\"", server->rows[i].call);
        server->row_metrics[i].latency =
            metrics_histogram(m, "parley_rpc_seconds", labels, "From reading a request to its answer.");
    }
    metrics_announce_counter(m, "parley_rpc_served_total", "Requests answered, by result.");
    server->wait = metrics_histogram(m, "parley_rpc_wait_seconds", NULL,
                                     "How long a request lay in the stream before it was read.");
    server->expired_total =
        metrics_counter(m, "parley_rpc_expired_total", NULL, "Requests dropped because their deadline had passed.");
    server->malformed_total =
        metrics_counter(m, "parley_rpc_malformed_total", NULL, "Requests dropped because nobody could be answered.");
    server->open_gauge = metrics_gauge(m, "parley_rpc_in_hand", NULL, "Requests being served.");
}

/* ---- answering ---- */

int rpc_answer(struct bus *bus, struct str inbox, struct str ref, int err, struct str body)
{
    struct buf payload = {0};
    if (ref.n > 0 && ref.p[0] == 'R')
        ref = (struct str){ref.p + 1, ref.n - 1};
    buf_cstr(&payload, "R ");
    buf_str(&payload, ref);
    buf_char(&payload, ' ');
    buf_cstr(&payload, err_code(err));
    buf_char(&payload, '\n');
    buf_str(&payload, body);
    int rc = bus_publish(bus, inbox, buf_view(&payload));
    buf_fini(&payload);
    return rc;
}

static void server_more(struct rpc_server *server)
{
    if (!server->waiting || server->open + server->batch > server->max_open)
        return;
    server->waiting = false;
    bus_reader_next(server->reader);
}

static void request_free(struct rpc_request *req)
{
    list_remove(&req->in_server);
    jval_free(req->args);
    free(req);
}

/* An error of ours is said at once, whatever the level; the person has the same id. */
static void log_answer(const struct rpc_server *server, const struct rpc_request *req, int err)
{
    const char *call = req->row < server->rows_n ? server->rows[req->row].call : "unknown";
    int64_t took_us = clock_mono_us() - req->began_us;
    struct str id = req->caller.trace;
    if (err == ERR_INTERNAL)
        log_warn(NULL, "request failed", "request=%.*s call=%s user=%lld code=%s took_us=%lld", (int)id.n, id.p, call,
                 (long long)req->caller.user, err_code(err), (long long)took_us);
    else
        log_debug(NULL, "request answered", "request=%.*s call=%s user=%lld code=%s took_us=%lld", (int)id.n, id.p,
                  call, (long long)req->caller.user, err_code(err), (long long)took_us);
}

static void request_end(struct rpc_request *req, int err, struct str body)
{
    struct rpc_server *server = req->server;
    if (server) {
        if (rpc_answer(server->bus, req->inbox, req->ref, err, body))
            log_debug(NULL, "answer not sent", "request=%.*s", (int)req->caller.trace.n, req->caller.trace.p);
        count_result(server, req->row, err);
        log_answer(server, req, err);
        if (req->row < server->rows_n && server->row_metrics[req->row].latency)
            metric_observe_us(server->row_metrics[req->row].latency, clock_mono_us() - req->began_us);
        server->open--;
        gauge_open(server);
    }
    request_free(req);
    if (server)
        server_more(server);
}

void rpc_reply(struct rpc_request *req, struct str json)
{
    request_end(req, 0, json);
}

void rpc_fail(struct rpc_request *req, int err, const char *detail)
{
    assert(err != 0);
    request_end(req, err, str_of(detail));
}

/* ---- taking requests ---- */

static struct str keep(char **to, struct str s)
{
    struct str kept = {*to, s.n};
    memcpy(*to, s.p, s.n);
    *to += s.n;
    return kept;
}

/* A request with copies of everything the entry holds; NULL when nobody could be answered. */
static struct rpc_request *request_of(struct rpc_server *server, const struct bus_entry *e)
{
    struct str inbox = bus_entry_get(e, "f"), ref = bus_entry_get(e, "r"), session = bus_entry_get(e, "s"),
               address = bus_entry_get(e, "a"), agent = bus_entry_get(e, "g"), trace = bus_entry_get(e, "t");
    int64_t number, deadline, user = 0;
    if (!str_starts(inbox, STR("inbox:{")) || !str_i64(ref, &number) || !str_i64(bus_entry_get(e, "d"), &deadline) ||
        !str_i64(bus_entry_get(e, "u"), &user))
        return NULL;
    struct rpc_request *req =
        xcalloc(1, sizeof *req + inbox.n + ref.n + e->id.n + session.n + address.n + agent.n + trace.n);
    char *to = req->text;
    req->inbox = keep(&to, inbox);
    req->ref = keep(&to, ref);
    req->id = keep(&to, e->id);
    req->caller = (struct caller){user, keep(&to, session), keep(&to, address), keep(&to, agent), keep(&to, trace)};
    req->deadline = clock_mono_ms() + deadline - bus_time_ms(server->bus);
    req->began_us = clock_mono_us();
    req->args = jval_parse(bus_entry_get(e, "b"));
    req->server = server;
    list_init(&req->in_server);
    list_push(&server->requests, &req->in_server);
    return req;
}

static void server_take(struct rpc_server *server, const struct bus_entry *e)
{
    struct str call = bus_entry_get(e, "c");
    if (server->wait)
        metric_observe_us(server->wait, bus_entry_age_ms(server->bus, e) * 1000);
    struct rpc_request *req = request_of(server, e);
    if (!req) {
        log_warn(NULL, "request dropped: malformed", "id=%.*s", (int)e->id.n, e->id.p);
        if (server->malformed_total)
            metric_add(server->malformed_total, 1);
        return;
    }
    if (clock_mono_ms() >= req->deadline) {
        if (server->expired_total)
            metric_add(server->expired_total, 1);
        request_free(req);
        return;
    }
    server->open++;
    gauge_open(server);
    while (req->row < server->rows_n && !str_is(call, server->rows[req->row].call))
        req->row++;
    if (req->row == server->rows_n)
        rpc_fail(req, ERR_UNKNOWN_OP, NULL);
    else if (!jval_is_object(req->args))
        rpc_fail(req, ERR_BAD_JSON, NULL);
    else
        server->rows[req->row].fn(server->service, req);
}

static void on_deleted(void *arg, int err, const struct bus_reply *reply)
{
    struct str text = bus_str(reply);
    (void)arg;
    if (!err && bus_type(reply) == BUS_ERROR)
        log_warn(NULL, "requests not deleted", "reply=%.*s", (int)text.n, text.p);
}

/* Read without acknowledgement: what was delivered is delivered, so the entries can go. Those of a lost XDEL are
 * trimmed with time. */
static void delete_entries(struct rpc_server *server, const struct bus_entry *entries, size_t n)
{
    struct str argv[2 + BATCH];
    while (n > 0) {
        size_t some = n < BATCH ? n : BATCH;
        argv[0] = STR("XDEL");
        argv[1] = str_of(server->stream);
        for (size_t i = 0; i < some; i++)
            argv[2 + i] = entries[i].id;
        bus_command(server->bus, on_deleted, NULL, 2 + some, argv);
        entries += some;
        n -= some;
    }
}

static void on_entries(void *arg, const struct bus_entry *entries, size_t count)
{
    struct rpc_server *server = arg;
    delete_entries(server, entries, count);
    for (size_t i = 0; i < count; i++)
        server_take(server, &entries[i]);
    server->waiting = true;
    server_more(server);
}

/* ---- lifetime ---- */

void rpc_server_create(struct rpc_server **server_r, struct loop *loop, struct bus *bus, const char *service_name,
                       const char *id, const struct rpc_row *rows, size_t count, size_t max_open, void *service,
                       struct metrics *metrics)
{
    struct rpc_server *server = xcalloc(1, sizeof *server);
    (void)loop;
    assert(max_open > 0);
    server->bus = bus;
    server->rows = rows;
    server->rows_n = count;
    server->max_open = max_open;
    /* A read brings up to `batch` requests at once, so half of the room must be free for one. */
    server->batch = max_open / 2 < 1 ? 1 : max_open / 2 < BATCH ? max_open / 2 : BATCH;
    server->service = service;
    server->row_metrics = xcalloc(count + 1, sizeof *server->row_metrics);
    list_init(&server->requests);
    if (metrics)
        metrics_of(server, metrics);
    snprintf(server->stream, sizeof server->stream, "rpc:{%s}", service_name);
    struct bus_reader_config config = {
        .group = "svc", .consumer = id, .count = server->batch, .block_ms = BLOCK_MS, .noack = true};
    bus_reader_create(&server->reader, bus, &config, on_entries, server);
    struct str stream = str_of(server->stream);
    bus_reader_streams(server->reader, &stream, 1);
    *server_r = server;
}

void rpc_server_pause(struct rpc_server *server)
{
    bus_reader_streams(server->reader, NULL, 0);
}

size_t rpc_server_open(const struct rpc_server *server)
{
    return server->open + bus_reader_busy(server->reader);
}

void rpc_server_destroy(struct rpc_server **server_p)
{
    struct rpc_server *server = *server_p;
    if (!server)
        return;
    *server_p = NULL;
    bus_reader_destroy(&server->reader);
    LIST_EACH (&server->requests, it) {
        list_remove(it);
        LIST_ITEM(it, struct rpc_request, in_server)->server = NULL;
    }
    free(server->row_metrics);
    free(server);
}
