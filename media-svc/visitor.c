/* Token buckets of people, kept as the time at which a bucket is full again, and what they have under way. */
#include "visitor.h"

#include <stdbool.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "map.h"

struct visitor {
    struct list link; /* of those with nothing under way, longest unheard of first */
    int64_t user;
    int64_t full_us; /* when the bucket is full again; the past: it is */
    int64_t open;
};

struct visitors {
    struct idmap *all;
    struct list idle;
    int64_t per_s, at_once;
    size_t max;
};

void visitors_create(struct visitors **visitors_r, int64_t per_s, int64_t at_once, size_t max)
{
    struct visitors *v = xcalloc(1, sizeof(*v));
    idmap_create(&v->all);
    list_init(&v->idle);
    v->per_s = per_s;
    v->at_once = at_once;
    v->max = max;
    *visitors_r = v;
}

static bool release(void *arg, uint64_t key, void *value)
{
    (void)arg;
    (void)key;
    free(value);
    return true;
}

void visitors_destroy(struct visitors **visitors)
{
    struct visitors *v = *visitors;
    if (!v)
        return;
    *visitors = NULL;
    idmap_each(v->all, release, NULL);
    idmap_destroy(&v->all);
    free(v);
}

/* The oldest of the idle makes room; with bodies under way there are never more than the process takes. */
static struct visitor *visitor_get(struct visitors *v, int64_t user)
{
    struct visitor *one = idmap_get(v->all, (uint64_t)user);
    if (!one) {
        if (idmap_count(v->all) >= v->max && !list_empty(&v->idle)) {
            struct visitor *old = LIST_ITEM(v->idle.next, struct visitor, link);
            list_remove(&old->link);
            idmap_del(v->all, (uint64_t)old->user);
            free(old);
        }
        one = xcalloc(1, sizeof(*one));
        one->user = user;
        list_init(&one->link);
        idmap_put(v->all, (uint64_t)user, one);
    }
    if (one->open == 0) {
        list_remove(&one->link);
        list_push(&v->idle, &one->link);
    }
    return one;
}

int visitor_asks(struct visitors *visitors, int64_t user, int64_t *retry_ms_r)
{
    if (visitors->per_s == 0)
        return 0;
    struct visitor *one = visitor_get(visitors, user);
    int64_t now = clock_mono_us(), each = 1000000 / visitors->per_s;
    int64_t full = (one->full_us > now ? one->full_us : now) + each;
    int64_t over = full - now - VISITOR_BURST_S * INT64_C(1000000);
    if (over > 0) {
        *retry_ms_r = (over + 999) / 1000;
        return ERR_RATE_LIMITED;
    }
    one->full_us = full;
    return 0;
}

int visitor_enters(struct visitors *visitors, int64_t user)
{
    struct visitor *one = visitor_get(visitors, user);
    if (one->open >= visitors->at_once)
        return ERR_BUSY;
    one->open++;
    list_remove(&one->link);
    return 0;
}

void visitor_leaves(struct visitors *visitors, int64_t user)
{
    struct visitor *one = idmap_get(visitors->all, (uint64_t)user);
    if (one && --one->open == 0)
        list_push(&visitors->idle, &one->link);
}
