/* Token buckets per user and per address, kept as the time at which a bucket will be full again. */
#include "rate_limit.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "list.h"
#include "map.h"

enum { ADDRESS_PREFIX = 'a', USER_PREFIX = 'u' };

struct rate_key {
    struct list recent;
    char key[RATE_KEY_MAX];
    int64_t full_us[RATE_BUCKETS]; /* when each bucket is full again; the past: it is */
};

struct rate_limit {
    struct strmap *keys;
    struct list recent; /* longest unused first */
    size_t max_keys;
    int64_t percent;
};

void rate_limit_create(struct rate_limit **limit_r, size_t max_keys, int64_t percent)
{
    struct rate_limit *l = xcalloc(1, sizeof(*l));
    strmap_create(&l->keys);
    list_init(&l->recent);
    l->max_keys = max_keys;
    l->percent = percent;
    *limit_r = l;
}

static void forget(struct rate_limit *l, struct rate_key *k)
{
    strmap_del(l->keys, str_of(k->key));
    list_remove(&k->recent);
    free(k);
}

void rate_limit_destroy(struct rate_limit **limit)
{
    struct rate_limit *l = *limit;
    if (!l)
        return;
    while (!list_empty(&l->recent))
        forget(l, LIST_ITEM(l->recent.next, struct rate_key, recent));
    strmap_destroy(&l->keys);
    free(l);
    *limit = NULL;
}

size_t rate_limit_keys(const struct rate_limit *limit)
{
    return strmap_count(limit->keys);
}

static bool is_full(const struct rate_key *k, int64_t now_us)
{
    for (size_t i = 0; i < RATE_BUCKETS; i++)
        if (k->full_us[i] > now_us)
            return false;
    return true;
}

void rate_limit_forget_full(struct rate_limit *limit)
{
    int64_t now_us = clock_mono_us();
    while (!list_empty(&limit->recent)) {
        struct rate_key *longest_unused = LIST_ITEM(limit->recent.next, struct rate_key, recent);
        if (!is_full(longest_unused, now_us))
            return;
        forget(limit, longest_unused);
    }
}

static struct rate_key *key_get(struct rate_limit *l, const char *key)
{
    struct rate_key *k = strmap_get(l->keys, str_of(key));
    if (k) {
        list_remove(&k->recent);
    } else {
        if (strmap_count(l->keys) >= l->max_keys)
            forget(l, LIST_ITEM(l->recent.next, struct rate_key, recent));
        k = xcalloc(1, sizeof(*k));
        list_init(&k->recent);
        snprintf(k->key, sizeof(k->key), "%s", key);
        strmap_put(l->keys, str_of(k->key), k);
    }
    list_push(&l->recent, &k->recent);
    return k;
}

/* When the bucket would be full again with one token less; 0 when it has none: *retry_ms_r is when it will. */
static int64_t full_after(struct rate_limit *limit, const struct rate_key *k, size_t bucket, enum rate rate,
                          int64_t *retry_ms_r)
{
    int64_t now = clock_mono_us();
    int64_t percent = limit->percent * (k->key[0] == ADDRESS_PREFIX ? RATE_ADDRESS_FACTOR : 1);
    int64_t token_us = 100000000 / (rate_contracts[rate].per_second * percent);
    if (token_us < 1)
        token_us = 1;
    int64_t full = k->full_us[bucket] > now ? k->full_us[bucket] : now;
    int64_t burst = rate_contracts[rate].burst * percent / 100;
    int64_t over = full + token_us - now - token_us * (burst < 1 ? 1 : burst);
    if (over <= 0)
        return full + token_us;
    *retry_ms_r = (over + 999) / 1000;
    return 0;
}

bool rate_limit_take(struct rate_limit *limit, const char *key, size_t bucket, enum rate rate, int64_t *retry_ms_r)
{
    struct rate_key *k = key_get(limit, key);
    int64_t full = full_after(limit, k, bucket, rate, retry_ms_r);
    if (full == 0)
        return false;
    k->full_us[bucket] = full;
    return true;
}

bool rate_limit_has(struct rate_limit *limit, const char *key, size_t bucket, enum rate rate, int64_t *retry_ms_r)
{
    const struct rate_key *k = strmap_get(limit->keys, str_of(key));
    return !k || full_after(limit, k, bucket, rate, retry_ms_r) != 0;
}

size_t rate_bucket_op(enum op op)
{
    return (size_t)op;
}

size_t rate_bucket_rest(enum rate rate)
{
    return OP_COUNT + (size_t)rate;
}

size_t rate_bucket_nobody(void)
{
    return OP_COUNT + RATE_COUNT;
}

void rate_key_user(int64_t user, char key[RATE_KEY_MAX])
{
    snprintf(key, RATE_KEY_MAX, "%c%" PRId64, USER_PREFIX, user);
}

void rate_key_address(struct str address, char key[RATE_KEY_MAX])
{
    char text[INET6_ADDRSTRLEN + 1];
    struct in6_addr v6;
    snprintf(text, sizeof(text), "%.*s", (int)(address.n < sizeof(text) ? address.n : sizeof(text) - 1), address.p);
    if (inet_pton(AF_INET6, text, &v6) == 1) {
        memset(v6.s6_addr + 8, 0, 8);
        inet_ntop(AF_INET6, &v6, text, sizeof(text));
    }
    snprintf(key, RATE_KEY_MAX, "%c%s", ADDRESS_PREFIX, text);
}
