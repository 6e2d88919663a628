/* Who is there, as Redis holds it. */
#include "presence.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "presence_script.h"

enum { MAX_CONNECTIONS = 50, MAX_GATEWAY = 40, MAX_ROUNDS = 5 };

struct presence {
    struct bus *bus;
    presence_change_fn *change;
    void *change_arg;
    struct metric *changes_total, *full_total;
};

/* One script under way. */
struct change {
    struct presence *presence;
    int64_t user;
    char gateway[MAX_GATEWAY];
    presence_done_fn *fn;
    void *arg;
    bool sets;       /* a connection that is not offline */
    bool there;      /* what the index was told last … */
    unsigned rounds; /* … so many times */
};

void presence_create(struct presence **presence_r, struct bus *bus, struct metrics *metrics)
{
    struct presence *p = xcalloc(1, sizeof *p);
    p->bus = bus;
    p->changes_total = metrics_counter(metrics, "parley_presence_changes_total", NULL, "Changes of a user's state.");
    p->full_total = metrics_counter(metrics, "parley_presence_full_total", NULL,
                                    "Connections not counted because their user has too many.");
    *presence_r = p;
}

void presence_on_change(struct presence *presence, presence_change_fn *fn, void *arg)
{
    presence->change = fn;
    presence->change_arg = arg;
}

void presence_destroy(struct presence **presence)
{
    free(*presence);
    *presence = NULL;
}

/* ---- the index of a gateway's users ---- */

static void index_add(struct presence *p, int64_t user, struct str gateway)
{
    bus_commandf(p->bus, NULL, NULL, "SADD presence-of:{%b} %lld", &gateway, (long long)user);
}

static void index_settle(struct change *c, bool there);

static void on_fields_seen(void *arg, int err, const struct bus_reply *reply)
{
    struct change *c = arg;
    bool there = !err && presence_user_of(reply, str_of(c->gateway)).on_gateway;
    if (!err && bus_type(reply) == BUS_ARRAY && there != c->there)
        index_settle(c, there);
    else
        free(c);
}

static void on_indexed(void *arg, int err, const struct bus_reply *reply)
{
    struct change *c = arg;
    (void)reply;
    if (err || bus_commandf(c->presence->bus, on_fields_seen, c, "HGETALL presence:{%lld}", (long long)c->user))
        free(c);
}

/* The user has a first connection at the gateway, or none any more. Hash and index lie in different slots, in a cluster
 * at different nodes, and cannot change as one; so whoever has written the index looks at the hash when that is done,
 * and writes once more when another replica has changed it meanwhile: what was written last is what the hash says. */
static void index_settle(struct change *c, bool there)
{
    c->there = there;
    if (++c->rounds > MAX_ROUNDS || bus_commandf(c->presence->bus, on_indexed, c,
                                                 there ? "SADD presence-of:{%s} %lld" : "SREM presence-of:{%s} %lld",
                                                 c->gateway, (long long)c->user))
        free(c);
}

/* ---- changing ---- */

static void on_changed(void *arg, int err, const struct bus_reply *reply)
{
    struct change *c = arg;
    struct presence *p = c->presence;
    presence_done_fn *fn = c->fn;
    void *fn_arg = c->arg;
    if (!err && bus_type(reply) != BUS_ARRAY) {
        struct str text = bus_str(reply);
        log_error(NULL, "presence not changed", "user=%lld reply=%.*s", (long long)c->user, (int)text.n, text.p);
        err = ERR_INTERNAL;
    }
    if (err) {
        free(c);
        fn(fn_arg, err);
        return;
    }
    int64_t user = c->user;
    bool changed = !str_eq(bus_str(bus_at(reply, 0)), bus_str(bus_at(reply, 1)));
    if (bus_int(bus_at(reply, 3)))
        metric_add(p->full_total, 1);
    int64_t here = bus_int(bus_at(reply, 2));
    if (here < 1 || (here == 1 && c->sets))
        index_settle(c, here == 1);
    else
        free(c);
    if (changed) {
        metric_add(p->changes_total, 1);
        if (p->change)
            p->change(p->change_arg, user);
    }
    fn(fn_arg, 0);
}

static struct change *change_new(struct presence *p, int64_t user, struct str gateway, presence_done_fn *fn, void *arg)
{
    struct change *c = xcalloc(1, sizeof *c);
    c->presence = p;
    c->user = user;
    snprintf(c->gateway, sizeof c->gateway, "%.*s", (int)gateway.n, gateway.p);
    c->fn = fn;
    c->arg = arg;
    return c;
}

int presence_set(struct presence *p, int64_t user, struct str gateway, struct str conn, enum presence_state state,
                 struct str id, presence_done_fn *fn, void *arg)
{
    struct str script = str_of(presence_change_script);
    int64_t ms, n;
    if (!presence_id_parse(id, &ms, &n) || gateway.n >= MAX_GATEWAY)
        return ERR_BAD_REQUEST;
    struct change *c = change_new(p, user, gateway, fn, arg);
    c->sets = state != PRESENCE_OFFLINE;
    if (c->sets) {
        /* Not behind the hash only, for a replica that dies in between; and again then, see index_settle(). */
        bus_commandf(p->bus, NULL, NULL, "ZADD watched:{presence} NX %lld %b", (long long)bus_time_ms(p->bus),
                     &gateway);
        index_add(p, user, gateway);
    }
    int err = bus_commandf(p->bus, on_changed, c, "EVAL %b 1 presence:{%lld} %lld set %b:%b %s %lld %lld %lld", &script,
                           (long long)user, (long long)clock_wall_ms(), &gateway, &conn, presence_state_name(state),
                           (long long)ms, (long long)n, (long long)MAX_CONNECTIONS);
    if (err)
        free(c);
    return err;
}

int presence_drop(struct presence *p, int64_t user, struct str gateway, int64_t before_ms, presence_done_fn *fn,
                  void *arg)
{
    struct str script = str_of(presence_change_script);
    if (gateway.n >= MAX_GATEWAY)
        return ERR_BAD_REQUEST;
    struct change *c = change_new(p, user, gateway, fn, arg);
    int err = bus_commandf(p->bus, on_changed, c, "EVAL %b 1 presence:{%lld} %lld drop %b %lld", &script,
                           (long long)user, (long long)clock_wall_ms(), &gateway, (long long)before_ms);
    if (err)
        free(c);
    return err;
}

/* ---- reading ---- */

struct reading {
    presence_read_fn *fn;
    void *arg;
};

static void on_read(void *arg, int err, const struct bus_reply *reply)
{
    struct reading r = *(struct reading *)arg;
    free(arg);
    if (!err && bus_type(reply) != BUS_ARRAY)
        err = ERR_INTERNAL;
    struct presence_user user = presence_user_of(err ? NULL : reply, STR(""));
    r.fn(r.arg, err, &user);
}

int presence_read(struct presence *p, int64_t user, presence_read_fn *fn, void *arg)
{
    struct reading *r = xcalloc(1, sizeof *r);
    *r = (struct reading){fn, arg};
    int err = bus_commandf(p->bus, on_read, r, "HGETALL presence:{%lld}", (long long)user);
    if (err)
        free(r);
    return err;
}
