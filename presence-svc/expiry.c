/* Takes offline whom a dead gateway leaves behind. */
#include "expiry.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "presence_script.h"

enum { LOOK_MS = 3000, PAGE = 100, MAX_NAME = 40 };

/* One gateway at a time: a page of its users, each dropped, then the next page. What fails is begun again at a later
 * look, as the gateway stays in dying:{presence} until the end was reached. */
struct expiry {
    struct bus *bus;
    struct presence *presence;
    struct timer *timer;
    int64_t dead_ms;
    int64_t ready_since; /* clock_mono_ms() since when the bus is ready without a break; 0: it is not */
    bool busy, stopped;
    char gateway[MAX_NAME];
    int64_t died_ms; /* on Redis' clock */
    int64_t cursor;
    size_t due; /* users of the page under way */
    int err;
    struct metric *gateways_total;
};

static void sweep_page(struct expiry *x);

/* The answer is there and no error. Otherwise the look is over. */
static bool good(struct expiry *x, int err, const struct bus_reply *reply)
{
    if (!err && bus_type(reply) != BUS_ERROR)
        return true;
    if (!err) {
        struct str text = bus_str(reply);
        log_error(NULL, "dead gateways not looked up", "reply=%.*s", (int)text.n, text.p);
    }
    x->busy = false;
    return false;
}

static void on_gone(void *arg, int err, const struct bus_reply *reply)
{
    struct expiry *x = arg;
    if (good(x, err, reply))
        x->busy = false;
}

static void sweep_end(struct expiry *x)
{
    log_info(NULL, "dead gateway swept", "gateway=%s", x->gateway);
    metric_add(x->gateways_total, 1);
    if (bus_commandf(x->bus, on_gone, x, "ZREM dying:{presence} %s", x->gateway))
        x->busy = false;
}

/* One user of the page is done, or the page itself is read. */
static void page_part_done(void *arg, int err)
{
    struct expiry *x = arg;
    if (err)
        x->err = err;
    if (--x->due > 0)
        return;
    if (x->err || x->stopped)
        x->busy = false;
    else if (x->cursor != 0)
        sweep_page(x);
    else
        sweep_end(x);
}

static void on_page(void *arg, int err, const struct bus_reply *reply)
{
    struct expiry *x = arg;
    if (!good(x, err, reply))
        return;
    const struct bus_reply *users = bus_at(reply, 1);
    x->cursor = bus_int(bus_at(reply, 0));
    x->due = 1;
    for (size_t i = 0; i < bus_count(users); i++) {
        int rc =
            presence_drop(x->presence, bus_int(bus_at(users, i)), str_of(x->gateway), x->died_ms, page_part_done, x);
        if (rc)
            x->err = rc;
        else
            x->due++;
    }
    page_part_done(x, 0);
}

static void sweep_page(struct expiry *x)
{
    if (bus_commandf(x->bus, on_page, x, "SSCAN presence-of:{%s} %lld COUNT %lld", x->gateway, (long long)x->cursor,
                     (long long)PAGE))
        x->busy = false;
}

/* [gateway, when it died] or nothing. */
static void on_dying(void *arg, int err, const struct bus_reply *reply)
{
    struct expiry *x = arg;
    if (!good(x, err, reply))
        return;
    struct str gateway = bus_str(bus_at(reply, 0));
    if (gateway.n == 0 || gateway.n >= MAX_NAME || x->stopped) {
        x->busy = false;
        return;
    }
    snprintf(x->gateway, sizeof x->gateway, "%.*s", (int)gateway.n, gateway.p);
    x->died_ms = bus_int(bus_at(reply, 1));
    x->cursor = 0;
    x->err = 0;
    sweep_page(x);
}

static void on_looked(void *arg, int err, const struct bus_reply *reply)
{
    struct expiry *x = arg;
    if (!good(x, err, reply))
        return;
    if (bus_commandf(x->bus, on_dying, x, "ZRANGE dying:{presence} 0 0 WITHSCORES"))
        x->busy = false;
}

/* After a time without Redis every beat is old: nobody is judged before the living had time to beat again. */
static void look(void *arg)
{
    struct expiry *x = arg;
    struct str script = str_of(presence_dead_script);
    if (x->busy || x->ready_since == 0 || clock_mono_ms() - x->ready_since < x->dead_ms)
        return;
    x->busy =
        bus_commandf(x->bus, on_looked, x, "EVAL %b 3 gateways:{presence} watched:{presence} dying:{presence} %lld",
                     &script, (long long)(bus_time_ms(x->bus) - x->dead_ms)) == 0;
}

static void on_state(void *arg, bool ready, uint64_t epoch)
{
    struct expiry *x = arg;
    (void)epoch;
    /* An epoch alone is no time without Redis: while slots of a cluster move there is one after the other. */
    if (!ready)
        x->ready_since = 0;
    else if (x->ready_since == 0)
        x->ready_since = clock_mono_ms();
}

void expiry_create(struct expiry **expiry_r, struct loop *loop, struct bus *bus, struct presence *presence,
                   int64_t dead_ms, struct metrics *metrics)
{
    struct expiry *x = xcalloc(1, sizeof *x);
    x->bus = bus;
    x->presence = presence;
    x->dead_ms = dead_ms;
    x->ready_since = bus_ready(bus) ? clock_mono_ms() : 0;
    x->gateways_total =
        metrics_counter(metrics, "parley_presence_dead_gateways_total", NULL, "Dead gateways whose users were swept.");
    timer_make(&x->timer, loop, look, x);
    timer_start(x->timer, LOOK_MS, LOOK_MS);
    bus_on_state(bus, on_state, x);
    *expiry_r = x;
}

void expiry_stop(struct expiry *x)
{
    x->stopped = true;
    timer_destroy(&x->timer);
}

void expiry_destroy(struct expiry **expiry)
{
    free(*expiry);
    *expiry = NULL;
}
