/* presence.online: how many people are there. Of each gateway Redis knows who is at it; one may be at several. */
#include <stdlib.h>

#include "alloc.h"
#include "buf.h"
#include "calls.h"
#include "err.h"
#include "presence_svc.h"

/* Beyond so many gateways people are counted no more; nor beyond so many places that they are at. */
enum { MAX_GATEWAYS = 64, MAX_PLACES = 1000000 };

struct count {
    struct rpc_request *req;
    struct bus *bus;
    int64_t *users;
    size_t n, room;
    size_t due; /* answers to come */
    int err;
};

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void finish(struct count *c)
{
    if (c->err) {
        rpc_fail(c->req, c->err, NULL);
    } else {
        size_t online = 0;
        struct buf text = {0};
        if (c->n > 0)
            qsort(c->users, c->n, sizeof *c->users, by_value);
        for (size_t i = 0; i < c->n; i++)
            online += i == 0 || c->users[i] != c->users[i - 1];
        buf_printf(&text, "{\"online\":%zu}", online);
        rpc_reply(c->req, buf_view(&text));
        buf_fini(&text);
    }
    free(c->users);
    free(c);
}

static void add(struct count *c, int64_t user)
{
    if (user <= 0 || c->n >= MAX_PLACES)
        return;
    if (c->n == c->room) {
        c->room = c->room > 0 ? c->room * 2 : 256;
        c->users = xrealloc(c->users, c->room * sizeof *c->users);
    }
    c->users[c->n++] = user;
}

static void on_users(void *arg, int err, const struct bus_reply *reply)
{
    struct count *c = arg;
    if (err)
        c->err = err;
    for (size_t i = 0; !err && i < bus_count(reply); i++)
        add(c, bus_int(bus_at(reply, i)));
    if (--c->due == 0)
        finish(c);
}

static void on_gateways(void *arg, int err, const struct bus_reply *reply)
{
    struct count *c = arg;
    c->err = err;
    for (size_t i = 0; !err && i < bus_count(reply); i++) {
        struct str gateway = bus_str(bus_at(reply, i));
        int refused = bus_commandf(c->bus, on_users, c, "SMEMBERS presence-of:{%b}", &gateway);
        if (refused)
            c->err = refused;
        else
            c->due++;
    }
    if (c->due == 0)
        finish(c);
}

void call_online(void *service, struct rpc_request *req)
{
    struct presence_svc *svc = service;
    struct count *c = xcalloc(1, sizeof *c);
    c->req = req;
    c->bus = svc->process.bus;
    int err = bus_commandf(c->bus, on_gateways, c, "ZRANGE watched:{presence} 0 %lld", (long long)MAX_GATEWAYS - 1);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}
