/* Two hash maps over uthash, hashed with a key of this process so that peers cannot choose collisions. */
#include "map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "alloc.h"

static unsigned keyed_hash(const void *key, size_t n);

#define HASH_FUNCTION(keyptr, keylen, hashv) ((hashv) = keyed_hash((keyptr), (keylen)))
#define uthash_malloc(size) xcalloc(1, (size))
#define uthash_free(p, size) free(p)
#define uthash_fatal(text) abort()
#include <uthash.h>

/* ---- SipHash-1-3 ---- */

static uint64_t rotate(uint64_t v, unsigned by)
{
    return v << by | v >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static const uint64_t *hash_key(void)
{
    static uint64_t key[2];

    while (key[0] == 0) {
        if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
            key[0] = 0;
    }
    return key;
}

static unsigned keyed_hash(const void *bytes, size_t n)
{
    const uint64_t *key = hash_key();
    const unsigned char *p = bytes;
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
                     key[1] ^ 0x7465646279746573};
    uint64_t last = (uint64_t)n << 56;

    for (; n >= 8; p += 8, n -= 8) {
        uint64_t word;

        memcpy(&word, p, sizeof(word));
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    for (size_t i = 0; i < n; i++)
        last |= (uint64_t)p[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return (unsigned)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}

/* ---- byte strings ---- */

struct str_entry {
    UT_hash_handle hh;
    void *value;
    size_t n;
    char key[];
};

struct strmap {
    struct str_entry *head;
};

void strmap_create(struct strmap **map_r)
{
    *map_r = xcalloc(1, sizeof(**map_r));
}

void strmap_destroy(struct strmap **map)
{
    struct str_entry *e, *next;

    if (*map == NULL)
        return;
    e = (*map)->head;
    /* Frees the table; the entries stay chained. */
    HASH_CLEAR(hh, (*map)->head);
    for (; e != NULL; e = next) {
        next = e->hh.next;
        free(e);
    }
    free(*map);
    *map = NULL;
}

static struct str_entry *str_find(const struct strmap *map, struct str key)
{
    struct str_entry *e;

    HASH_FIND(hh, map->head, key.n > 0 ? key.p : "", key.n, e);
    return e;
}

void *strmap_get(const struct strmap *map, struct str key)
{
    struct str_entry *e = str_find(map, key);

    return e != NULL ? e->value : NULL;
}

void *strmap_put(struct strmap *map, struct str key, void *value)
{
    struct str_entry *e = str_find(map, key);

    if (e != NULL) {
        void *old = e->value;

        e->value = value;
        return old;
    }
    e = xcalloc(1, sizeof(*e) + key.n);
    e->value = value;
    e->n = key.n;
    if (key.n > 0)
        memcpy(e->key, key.p, key.n);
    HASH_ADD_KEYPTR(hh, map->head, e->key, e->n, e);
    return NULL;
}

void *strmap_del(struct strmap *map, struct str key)
{
    struct str_entry *e = str_find(map, key);
    void *value;

    if (e == NULL)
        return NULL;
    value = e->value;
    HASH_DELETE(hh, map->head, e);
    free(e);
    return value;
}

size_t strmap_count(const struct strmap *map)
{
    return HASH_COUNT(map->head);
}

void strmap_each(struct strmap *map, strmap_each_fn *fn, void *arg)
{
    struct str_entry *e, *next;

    HASH_ITER(hh, map->head, e, next)
    {
        if (!fn(arg, (struct str){e->key, e->n}, e->value))
            return;
    }
}

/* ---- numbers ---- */

struct id_entry {
    UT_hash_handle hh;
    uint64_t key;
    void *value;
};

struct idmap {
    struct id_entry *head;
};

void idmap_create(struct idmap **map_r)
{
    *map_r = xcalloc(1, sizeof(**map_r));
}

void idmap_destroy(struct idmap **map)
{
    struct id_entry *e, *next;

    if (*map == NULL)
        return;
    e = (*map)->head;
    /* Frees the table; the entries stay chained. */
    HASH_CLEAR(hh, (*map)->head);
    for (; e != NULL; e = next) {
        next = e->hh.next;
        free(e);
    }
    free(*map);
    *map = NULL;
}

static struct id_entry *id_find(const struct idmap *map, uint64_t key)
{
    struct id_entry *e;

    HASH_FIND(hh, map->head, &key, sizeof(key), e);
    return e;
}

void *idmap_get(const struct idmap *map, uint64_t key)
{
    struct id_entry *e = id_find(map, key);

    return e != NULL ? e->value : NULL;
}

void *idmap_put(struct idmap *map, uint64_t key, void *value)
{
    struct id_entry *e = id_find(map, key);

    if (e != NULL) {
        void *old = e->value;

        e->value = value;
        return old;
    }
    e = xcalloc(1, sizeof(*e));
    e->key = key;
    e->value = value;
    HASH_ADD(hh, map->head, key, sizeof(key), e);
    return NULL;
}

void *idmap_del(struct idmap *map, uint64_t key)
{
    struct id_entry *e = id_find(map, key);
    void *value;

    if (e == NULL)
        return NULL;
    value = e->value;
    HASH_DELETE(hh, map->head, e);
    free(e);
    return value;
}

size_t idmap_count(const struct idmap *map)
{
    return HASH_COUNT(map->head);
}

void idmap_each(struct idmap *map, idmap_each_fn *fn, void *arg)
{
    struct id_entry *e, *next;

    HASH_ITER(hh, map->head, e, next)
    {
        if (!fn(arg, e->key, e->value))
            return;
    }
}
