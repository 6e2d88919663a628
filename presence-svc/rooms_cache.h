/* Which rooms a user is in, as a text of the caller's, remembered for a minute. Bounded in users and bytes; the oldest
 * go first. Pure but for the clock. */
#ifndef PARLEY_PRESENCE_ROOMS_CACHE_H
#define PARLEY_PRESENCE_ROOMS_CACHE_H

#include "str.h"

struct rooms_cache;

void rooms_cache_create(struct rooms_cache **cache_r, size_t max_users, size_t max_bytes, int64_t keep_ms);
void rooms_cache_destroy(struct rooms_cache **cache);
/* False: not known, or too old. The view is valid until the next put. */
bool rooms_cache_get(const struct rooms_cache *cache, int64_t user, struct str *rooms_r);
/* Remember a copy. What alone is larger than all room is not remembered. */
void rooms_cache_put(struct rooms_cache *cache, int64_t user, struct str rooms);

#endif
