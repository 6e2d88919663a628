/* Publishes ended sessions. What Redis did not take is kept and published again; gateways ignore what they know. */
#include "revocation.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "list.h"
#include "log.h"

/* A gateway believes an access token for its 15 minutes at most, so what waits longer than a Redis outage of that
 * length is without effect: the bound drops the oldest. */
enum { RETRY_MS = 500, MAX_WAITING = 10000 };

struct revocation {
    struct list link;
    struct revocations *owner; /* NULL: it is gone */
    char session[40];
};

struct revocations {
    struct bus *bus;
    struct timer *timer;
    struct list waiting, sent;
    size_t count;
};

static void drop(struct revocation *it)
{
    list_remove(&it->link);
    free(it);
}

static void wait_again(struct revocations *r, struct revocation *it)
{
    list_remove(&it->link);
    list_push(&r->waiting, &it->link);
    if (++r->count > MAX_WAITING) {
        drop(LIST_ITEM(r->waiting.next, struct revocation, link));
        r->count--;
    }
    timer_start(r->timer, RETRY_MS, 0);
}

static void on_published(void *arg, int err, const struct bus_reply *reply)
{
    struct revocation *it = arg;
    if (it->owner && (err || bus_type(reply) == BUS_ERROR))
        wait_again(it->owner, it);
    else
        drop(it);
}

static void publish(struct revocations *r, struct revocation *it)
{
    struct str argv[] = {STR("PUBLISH"), STR("revoke:{all}"), str_of(it->session)};
    list_remove(&it->link);
    list_push(&r->sent, &it->link);
    if (bus_command(r->bus, on_published, it, 3, argv))
        wait_again(r, it);
}

static void on_timer(void *arg)
{
    struct revocations *r = arg;
    struct list again;
    list_init(&again);
    LIST_EACH (&r->waiting, it) {
        list_remove(it);
        list_push(&again, it);
    }
    r->count = 0;
    LIST_EACH (&again, it)
        publish(r, LIST_ITEM(it, struct revocation, link));
}

void revocations_create(struct revocations **r_r, struct loop *loop, struct bus *bus)
{
    struct revocations *r = xcalloc(1, sizeof(*r));
    r->bus = bus;
    list_init(&r->waiting);
    list_init(&r->sent);
    timer_make(&r->timer, loop, on_timer, r);
    *r_r = r;
}

void revocations_destroy(struct revocations **r_p)
{
    struct revocations *r = *r_p;
    if (!r)
        return;
    *r_p = NULL;
    timer_destroy(&r->timer);
    LIST_EACH (&r->waiting, it)
        drop(LIST_ITEM(it, struct revocation, link));
    /* Their replies are still due from the bus, which outlives this. */
    LIST_EACH (&r->sent, it) {
        list_remove(it);
        LIST_ITEM(it, struct revocation, link)->owner = NULL;
    }
    free(r);
}

void revocation_publish(struct revocations *r, struct str session)
{
    struct revocation *it = xcalloc(1, sizeof(*it));
    it->owner = r;
    list_init(&it->link);
    memcpy(it->session, session.p, session.n < sizeof(it->session) ? session.n : sizeof(it->session) - 1);
    log_info(NULL, "session ended", "session=%s", it->session);
    publish(r, it);
}

bool revocations_idle(const struct revocations *r)
{
    return list_empty(&r->waiting) && list_empty(&r->sent);
}
