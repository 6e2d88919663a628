/* Asking other processes: open calls by number, their deadlines, and the inbox their answers come to. */
#include "rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "map.h"

enum {
    MAX_OPEN = 10000,
    STREAM_MAX = 20000, /* entries nobody read for so long are of the past */
    JANITOR_MS = 100,   /* how late a deadline may be noticed */
    MAX_AGENT = 200
};

/* One number that an answer may come for. */
struct call {
    struct rpc *rpc;        /* NULL: over; only the answer to XADD is still due */
    uint64_t number, epoch; /* of the bus, when it was opened */
    int64_t deadline;
    rpc_done_fn *fn;
    void *arg;
    bool sending; /* XADD is unanswered: the memory stays */
};

struct rpc {
    struct bus *bus;
    struct str inbox;
    char inbox_text[40];
    struct idmap *calls;
    uint64_t last;
    struct timer *janitor;
    bool janitor_on;
    bus_message_fn *push;
    void *push_arg;
    struct metric *open, *asked_total, *timeouts_total, *late_total;
};

static void on_inbox(void *arg, struct str channel, struct str payload);
static void on_janitor(void *arg);
static void on_bus(void *arg, bool ready, uint64_t epoch);

void rpc_create(struct rpc **rpc_r, struct loop *loop, struct bus *bus, const char *id, struct metrics *metrics)
{
    struct rpc *rpc = xcalloc(1, sizeof *rpc);
    rpc->bus = bus;
    snprintf(rpc->inbox_text, sizeof rpc->inbox_text, "inbox:{%s}", id);
    rpc->inbox = str_of(rpc->inbox_text);
    idmap_create(&rpc->calls);
    timer_make(&rpc->janitor, loop, on_janitor, rpc);
    if (metrics) {
        rpc->open = metrics_gauge(metrics, "parley_rpc_open", NULL, "Calls that wait for their answer.");
        rpc->asked_total = metrics_counter(metrics, "parley_rpc_asked_total", NULL, "Calls asked of other processes.");
        rpc->timeouts_total =
            metrics_counter(metrics, "parley_rpc_timeouts_total", NULL, "Calls whose answer did not come in time.");
        rpc->late_total =
            metrics_counter(metrics, "parley_rpc_late_total", NULL, "Answers that no call waited for any more.");
    }
    bus_on_state(bus, on_bus, rpc);
    bus_subscribe(bus, rpc->inbox, on_inbox, rpc, NULL, NULL);
    *rpc_r = rpc;
}

struct str rpc_inbox(const struct rpc *rpc)
{
    return rpc->inbox;
}

void rpc_on_push(struct rpc *rpc, bus_message_fn *fn, void *arg)
{
    rpc->push = fn;
    rpc->push_arg = arg;
}

/* ---- open calls ---- */

static void gauge_open(struct rpc *rpc)
{
    if (rpc->open)
        metric_set(rpc->open, (int64_t)idmap_count(rpc->calls));
}

static void count(struct metric *m)
{
    if (m)
        metric_add(m, 1);
}

/* 0 and a call that waits, or ERR_BUSY, or ERR_UNAVAILABLE when an answer could not arrive. */
static int call_open(struct rpc *rpc, unsigned deadline_ms, rpc_done_fn *fn, void *arg, struct call **call_r)
{
    if (!bus_subscribed(rpc->bus, rpc->inbox))
        return ERR_UNAVAILABLE;
    if (idmap_count(rpc->calls) >= MAX_OPEN)
        return ERR_BUSY;
    struct call *call = xcalloc(1, sizeof *call);
    call->rpc = rpc;
    call->number = ++rpc->last;
    call->epoch = bus_epoch(rpc->bus);
    call->deadline = clock_mono_ms() + deadline_ms;
    call->fn = fn;
    call->arg = arg;
    idmap_put(rpc->calls, call->number, call);
    gauge_open(rpc);
    if (!rpc->janitor_on)
        timer_start(rpc->janitor, JANITOR_MS, JANITOR_MS);
    rpc->janitor_on = true;
    *call_r = call;
    return 0;
}

/* Take it out of the table; its memory goes when Redis has answered the XADD too. */
static void call_close(struct call *call)
{
    struct rpc *rpc = call->rpc;
    idmap_del(rpc->calls, call->number);
    call->rpc = NULL;
    gauge_open(rpc);
    if (!call->sending)
        free(call);
}

static void call_end(struct call *call, int err, struct str body)
{
    rpc_done_fn *fn = call->fn;
    void *arg = call->arg;
    call_close(call);
    fn(arg, err, body);
}

/* Numbers of open calls, found before any of them ends: a callback may open and forget calls. */
struct found {
    int64_t until;  /* deadlines up to here … */
    uint64_t epoch; /* … and opened before this epoch */
    uint64_t *numbers;
    size_t n;
};

static bool find_call(void *arg, uint64_t number, void *value)
{
    struct found *found = arg;
    const struct call *call = value;
    if (call->deadline <= found->until && call->epoch < found->epoch)
        found->numbers[found->n++] = number;
    return true;
}

static void end_calls(struct rpc *rpc, int64_t until, uint64_t epoch, int err)
{
    struct found found = {.until = until, .epoch = epoch};
    size_t open = idmap_count(rpc->calls);
    if (open == 0)
        return;
    found.numbers = xcalloc(open, sizeof *found.numbers);
    idmap_each(rpc->calls, find_call, &found);
    for (size_t i = 0; i < found.n; i++) {
        struct call *call = idmap_get(rpc->calls, found.numbers[i]);
        if (!call)
            continue;
        if (err == ERR_TIMEOUT)
            count(rpc->timeouts_total);
        call_end(call, err, STR(""));
    }
    free(found.numbers);
}

static void on_janitor(void *arg)
{
    struct rpc *rpc = arg;
    end_calls(rpc, clock_mono_ms(), UINT64_MAX, ERR_TIMEOUT);
    if (idmap_count(rpc->calls) == 0) {
        timer_stop(rpc->janitor);
        rpc->janitor_on = false;
    }
}

/* Between two epochs answers, or the requests themselves, were lost: who waits for one from before waits in vain. An
 * epoch of slots that moved is none of this inbox's, unless its own did: streams move with what is in them. */
static void on_bus(void *arg, bool ready, uint64_t epoch)
{
    struct rpc *rpc = arg;
    (void)epoch;
    if (ready)
        end_calls(rpc, INT64_MAX, bus_lost_epoch(rpc->bus, rpc->inbox), ERR_UNAVAILABLE);
}

/* ---- asking ---- */

static void on_sent(void *arg, int err, const struct bus_reply *reply)
{
    struct call *call = arg;
    call->sending = false;
    if (!call->rpc) {
        free(call);
        return;
    }
    if (!err && bus_type(reply) == BUS_ERROR) {
        struct str text = bus_str(reply);
        log_error(NULL, "request not queued", "reply=%.*s", (int)text.n, text.p);
        err = ERR_UNAVAILABLE;
    }
    if (err)
        call_end(call, err, STR(""));
}

/* Add a field and its value; a value that is absent is left out. */
static void add(struct str *argv, size_t *n, const char *field, struct str value)
{
    if (value.n == 0)
        return;
    argv[(*n)++] = str_of(field);
    argv[(*n)++] = value;
}

static struct str number_text(char out[24], int64_t value)
{
    int n = snprintf(out, 24, "%lld", (long long)value);
    return (struct str){out, (size_t)n};
}

int rpc_call(struct rpc *rpc, const char *service, const char *call_name, const struct caller *caller, struct str args,
             unsigned deadline_ms, rpc_done_fn *fn, void *arg)
{
    struct call *call;
    char key[40], number[24], deadline[24], user[24], max[24];
    struct str argv[6 + 2 * 10], agent = caller->agent;
    size_t n = 0;
    int err = call_open(rpc, deadline_ms, fn, arg, &call);
    if (err)
        return err;
    if (agent.n > MAX_AGENT)
        agent.n = MAX_AGENT;
    snprintf(key, sizeof key, "rpc:{%s}", service);
    argv[n++] = STR("XADD");
    argv[n++] = str_of(key);
    argv[n++] = STR("MAXLEN");
    argv[n++] = STR("~");
    argv[n++] = number_text(max, STREAM_MAX);
    argv[n++] = STR("*");
    add(argv, &n, "c", str_of(call_name));
    add(argv, &n, "f", rpc->inbox);
    add(argv, &n, "r", number_text(number, (int64_t)call->number));
    add(argv, &n, "d", number_text(deadline, bus_time_ms(rpc->bus) + deadline_ms));
    add(argv, &n, "u", number_text(user, caller->user));
    add(argv, &n, "s", caller->session);
    add(argv, &n, "a", caller->address);
    add(argv, &n, "g", agent);
    add(argv, &n, "t", caller->trace);
    add(argv, &n, "b", args);
    err = bus_command(rpc->bus, on_sent, call, n, argv);
    if (err) {
        call_close(call);
        return err;
    }
    call->sending = true;
    count(rpc->asked_total);
    return 0;
}

int rpc_expect(struct rpc *rpc, unsigned deadline_ms, rpc_done_fn *fn, void *arg, char ref_r[32])
{
    struct call *call;
    int err = call_open(rpc, deadline_ms, fn, arg, &call);
    if (!err)
        snprintf(ref_r, 32, "R%llu", (unsigned long long)call->number);
    return err;
}

void rpc_forget(struct rpc *rpc, const char *ref)
{
    int64_t number;
    struct call *call;
    if (ref[0] == 'R' && str_i64(str_of(ref + 1), &number) && (call = idmap_get(rpc->calls, (uint64_t)number)))
        call_close(call);
}

/* ---- answers ---- */

/* R <number> <code>\n<body> */
static void on_answer(struct rpc *rpc, struct str payload)
{
    struct str kind, digits, line;
    int64_t number;
    struct str body = str_cut(payload, '\n', &line);
    struct str rest = str_cut(line, ' ', &kind);
    struct str code = str_cut(rest, ' ', &digits);
    if (kind.n != 1 || !str_i64(digits, &number)) {
        log_warn(NULL, "answer not understood", "bytes=%zu", payload.n);
        return;
    }
    struct call *call = idmap_get(rpc->calls, (uint64_t)number);
    if (call)
        call_end(call, err_from_code(code), body);
    else
        count(rpc->late_total);
}

static void on_inbox(void *arg, struct str channel, struct str payload)
{
    struct rpc *rpc = arg;
    if (payload.n > 0 && payload.p[0] == 'R')
        on_answer(rpc, payload);
    else if (rpc->push)
        rpc->push(rpc->push_arg, channel, payload);
}

void rpc_destroy(struct rpc **rpc_p)
{
    struct rpc *rpc = *rpc_p;
    if (!rpc)
        return;
    bus_unsubscribe(rpc->bus, rpc->inbox);
    /* From here on nothing new is taken: the inbox is not in force. */
    end_calls(rpc, INT64_MAX, UINT64_MAX, ERR_UNAVAILABLE);
    bus_off_state(rpc->bus, rpc);
    *rpc_p = NULL;
    timer_destroy(&rpc->janitor);
    idmap_destroy(&rpc->calls);
    free(rpc);
}
