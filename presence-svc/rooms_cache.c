/* Which rooms a user is in, remembered for a minute. */
#include "rooms_cache.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "list.h"
#include "map.h"

struct entry {
    struct list by_age;
    int64_t user, until_ms;
    size_t n;
    char rooms[];
};

struct rooms_cache {
    struct idmap *users;
    struct list by_age; /* oldest first: all are kept equally long */
    size_t max_users, max_bytes, bytes;
    int64_t keep_ms;
};

void rooms_cache_create(struct rooms_cache **cache_r, size_t max_users, size_t max_bytes, int64_t keep_ms)
{
    struct rooms_cache *cache = xcalloc(1, sizeof *cache);
    cache->max_users = max_users;
    cache->max_bytes = max_bytes;
    cache->keep_ms = keep_ms;
    idmap_create(&cache->users);
    list_init(&cache->by_age);
    *cache_r = cache;
}

static void forget(struct rooms_cache *cache, struct entry *e)
{
    idmap_del(cache->users, (uint64_t)e->user);
    list_remove(&e->by_age);
    cache->bytes -= e->n;
    free(e);
}

void rooms_cache_destroy(struct rooms_cache **cache_p)
{
    struct rooms_cache *cache = *cache_p;
    if (!cache)
        return;
    *cache_p = NULL;
    LIST_EACH (&cache->by_age, it)
        forget(cache, LIST_ITEM(it, struct entry, by_age));
    idmap_destroy(&cache->users);
    free(cache);
}

bool rooms_cache_get(const struct rooms_cache *cache, int64_t user, struct str *rooms_r)
{
    const struct entry *e = idmap_get(cache->users, (uint64_t)user);
    if (!e || clock_mono_ms() >= e->until_ms)
        return false;
    *rooms_r = (struct str){e->rooms, e->n};
    return true;
}

void rooms_cache_put(struct rooms_cache *cache, int64_t user, struct str rooms)
{
    struct entry *old = idmap_get(cache->users, (uint64_t)user);
    if (old)
        forget(cache, old);
    if (rooms.n > cache->max_bytes || cache->max_users == 0)
        return;
    LIST_EACH (&cache->by_age, it) {
        if (idmap_count(cache->users) < cache->max_users && cache->bytes + rooms.n <= cache->max_bytes)
            break;
        forget(cache, LIST_ITEM(it, struct entry, by_age));
    }
    struct entry *e = xcalloc(1, sizeof *e + rooms.n);
    e->user = user;
    e->until_ms = clock_mono_ms() + cache->keep_ms;
    e->n = rooms.n;
    if (rooms.n > 0)
        memcpy(e->rooms, rooms.p, rooms.n);
    list_init(&e->by_age);
    list_push(&cache->by_age, &e->by_age);
    idmap_put(cache->users, (uint64_t)user, e);
    cache->bytes += rooms.n;
}
