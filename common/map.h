/* Hash maps from a byte string or from a 64-bit number to a pointer. Keys are copied, values are not
 * owned. Order of iteration is unspecified. The only module that names uthash. */
#ifndef PARLEY_MAP_H
#define PARLEY_MAP_H

#include "str.h"

/* Keys: byte strings. */
struct strmap;
void strmap_create(struct strmap **map_r);
/* Frees the map and its keys, not the values. */
void strmap_destroy(struct strmap **map);
void *strmap_get(const struct strmap *map, struct str key);
/* Sets or replaces; returns the value replaced, or NULL. `value` is not NULL. */
void *strmap_put(struct strmap *map, struct str key, void *value);
/* Removes; returns the value removed, or NULL. */
void *strmap_del(struct strmap *map, struct str key);
size_t strmap_count(const struct strmap *map);
/* Calls fn for each entry; fn may delete that entry and no other. fn returns false to stop. */
typedef bool strmap_each_fn(void *arg, struct str key, void *value);
void strmap_each(struct strmap *map, strmap_each_fn *fn, void *arg);

/* Keys: 64-bit numbers. */
struct idmap;
void idmap_create(struct idmap **map_r);
void idmap_destroy(struct idmap **map);
void *idmap_get(const struct idmap *map, uint64_t key);
void *idmap_put(struct idmap *map, uint64_t key, void *value);
void *idmap_del(struct idmap *map, uint64_t key);
size_t idmap_count(const struct idmap *map);
typedef bool idmap_each_fn(void *arg, uint64_t key, void *value);
void idmap_each(struct idmap *map, idmap_each_fn *fn, void *arg);

#endif
