/* Remembers ended login sessions until their last access token has expired. */
#include "revoked.h"

#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "list.h"
#include "map.h"

struct ended {
    struct list age;
    int64_t until_ms;
    char *session;
};

struct revoked {
    struct strmap *by_session;
    struct list age; /* oldest first */
};

void revoked_create(struct revoked **revoked_r)
{
    struct revoked *r = xcalloc(1, sizeof(*r));
    strmap_create(&r->by_session);
    list_init(&r->age);
    *revoked_r = r;
}

static void forget(struct revoked *r, struct ended *e)
{
    strmap_del(r->by_session, str_of(e->session));
    list_remove(&e->age);
    free(e->session);
    free(e);
}

void revoked_destroy(struct revoked **revoked)
{
    struct revoked *r = *revoked;
    if (!r)
        return;
    while (!list_empty(&r->age))
        forget(r, LIST_ITEM(r->age.next, struct ended, age));
    strmap_destroy(&r->by_session);
    free(r);
    *revoked = NULL;
}

static void forget_old(struct revoked *r)
{
    while (!list_empty(&r->age)) {
        struct ended *oldest = LIST_ITEM(r->age.next, struct ended, age);
        if (oldest->until_ms > clock_mono_ms())
            break;
        forget(r, oldest);
    }
}

bool revoked_add(struct revoked *revoked, struct str session)
{
    forget_old(revoked);
    struct ended *e = strmap_get(revoked->by_session, session);
    bool known = e != NULL;
    if (known) {
        list_remove(&e->age);
    } else {
        if (strmap_count(revoked->by_session) >= REVOKED_MAX)
            forget(revoked, LIST_ITEM(revoked->age.next, struct ended, age));
        e = xcalloc(1, sizeof(*e));
        list_init(&e->age);
        e->session = xstrndup(session);
        strmap_put(revoked->by_session, session, e);
    }
    e->until_ms = clock_mono_ms() + REVOKED_KEEP_MS;
    list_push(&revoked->age, &e->age);
    return !known;
}

bool revoked_has(struct revoked *revoked, struct str session)
{
    forget_old(revoked);
    return strmap_get(revoked->by_session, session) != NULL;
}

size_t revoked_count(const struct revoked *revoked)
{
    return strmap_count(revoked->by_session);
}
