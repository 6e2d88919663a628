/* Counts tries in Redis and says when there were too many. */
#include "limits.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "secret.h"

/* An account's tries from everywhere: so many times those from one address. */
enum { EVERYWHERE = 10, LOGIN_WINDOW_S = 300, REGISTER_WINDOW_S = 3600 };

static const struct {
    const char *name;
    size_t max; /* where the field of auth_config is */
    int64_t times;
    int window_s;
    bool account, address; /* what of the limit counts */
} kinds[] = {
    [LIMIT_ACCOUNT] = {"login-account", offsetof(struct auth_config, login_tries_per_account), EVERYWHERE,
                       LOGIN_WINDOW_S, true, false},
    [LIMIT_ACCOUNT_ADDRESS] = {"login-account-address", offsetof(struct auth_config, login_tries_per_account), 1,
                               LOGIN_WINDOW_S, true, true},
    [LIMIT_ADDRESS] = {"login-address", offsetof(struct auth_config, login_tries_per_address), 1, LOGIN_WINDOW_S, false,
                       true},
    [LIMIT_REGISTER] = {"register", offsetof(struct auth_config, register_per_address), 1, REGISTER_WINDOW_S, false,
                        true},
};

/* One question about several counters. A slot's reply calls back with the slot, which knows the whole. */
struct ask;
struct slot {
    struct ask *ask;
    int64_t max;
};
struct ask {
    struct auth *a;
    limits_fn *fn;
    void *arg;
    size_t due;
    bool counting, exceeded;
    struct slot slots[LIMITS_MAX];
};

void limits_address(struct str address, struct buf *out)
{
    char text[64];
    struct in6_addr v6;
    snprintf(text, sizeof(text), "%.*s", (int)(address.n < sizeof(text) ? address.n : 0), address.p ? address.p : "");
    if (inet_pton(AF_INET6, text, &v6) != 1) {
        buf_str(out, address);
    } else if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof(text));
        buf_cstr(out, text);
    } else {
        memset(v6.s6_addr + 8, 0, 8);
        inet_ntop(AF_INET6, &v6, text, sizeof(text));
        buf_cstr(out, text);
    }
}

void limits_of_password(struct limit limits[LIMITS_MAX], struct str account, struct str address)
{
    limits[0] = (struct limit){LIMIT_ACCOUNT_ADDRESS, account, address};
    limits[1] = (struct limit){LIMIT_ACCOUNT, account, address};
    limits[2] = (struct limit){LIMIT_ADDRESS, account, address};
}

static void ask_done(struct ask *ask)
{
    if (--ask->due > 0)
        return;
    if (ask->fn)
        ask->fn(ask->arg, ask->exceeded ? ERR_RATE_LIMITED : 0);
    free(ask);
}

static void on_reply(void *arg, int err, const struct bus_reply *reply)
{
    struct slot *slot = arg;
    struct ask *ask = slot->ask;
    if (err || bus_type(reply) == BUS_ERROR)
        metric_add(ask->a->m.limits_skipped, 1);
    /* A count made is one too many beyond the limit; before a try, the limit itself leaves no room. */
    else if (bus_int(reply) >= slot->max + ask->counting)
        ask->exceeded = true;
    ask_done(ask);
}

/* Account names and addresses are digested: they are nobody's business in Redis, and of any length. */
static void key_of(const struct limit *limit, struct buf *out)
{
    struct buf text = {0};
    char name[33];
    if (kinds[limit->kind].address)
        limits_address(limit->address, &text);
    if (kinds[limit->kind].account && kinds[limit->kind].address)
        buf_char(&text, '\n'); /* No address has one. */
    if (kinds[limit->kind].account)
        buf_str(&text, limit->account);
    secret_name(buf_view(&text), name);
    buf_printf(out, "limit:{%s:%s}", kinds[limit->kind].name, name);
    buf_fini(&text);
}

static int send_one(struct auth *a, const struct limit *limit, bool counting, struct slot *slot)
{
    struct buf key = {0};
    key_of(limit, &key);
    struct str k = buf_view(&key);
    int err = bus_commandf(a->process.bus, on_reply, slot, counting ? "INCR %b" : "GET %b", &k);
    /* NX: the window starts with the first try. Sent with each, so that a counter never stays without an end. */
    if (!err && counting)
        bus_commandf(a->process.bus, NULL, NULL, "EXPIRE %b %lld NX", &k, (long long)kinds[limit->kind].window_s);
    buf_fini(&key);
    return err;
}

static int ask(struct auth *a, const struct limit *limits, size_t count, bool counting, limits_fn *fn, void *arg)
{
    struct ask *it = xcalloc(1, sizeof(*it));
    *it = (struct ask){.a = a, .fn = fn, .arg = arg, .counting = counting};
    for (size_t i = 0; i < count; i++) {
        const char *config = (const char *)&a->config;
        it->slots[i].ask = it;
        memcpy(&it->slots[i].max, config + kinds[limits[i].kind].max, sizeof(it->slots[i].max));
        it->slots[i].max *= kinds[limits[i].kind].times;
        if (send_one(a, &limits[i], counting, &it->slots[i]))
            metric_add(a->m.limits_skipped, 1);
        else
            it->due++;
    }
    if (it->due > 0)
        return 0;
    free(it);
    return ERR_UNAVAILABLE;
}

int limits_check(struct auth *a, const struct limit *limits, size_t count, limits_fn *fn, void *arg)
{
    return ask(a, limits, count, false, fn, arg);
}

int limits_count(struct auth *a, const struct limit *limits, size_t count, limits_fn *fn, void *arg)
{
    return ask(a, limits, count, true, fn, arg);
}
