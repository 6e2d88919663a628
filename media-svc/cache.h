/* Bytes of files that were given out of late, on this machine's own disk, so that what many look at is fetched from the
 * database or the object store once. Files without names: they end with the process, and nobody else opens them. It
 * knows nothing of who may see what, which is asked before. Loop thread only. */
#ifndef PARLEY_MEDIA_CACHE_H
#define PARLEY_MEDIA_CACHE_H

#include "buf.h"
#include "file.h"
#include "loop.h"
#include "metrics.h"

enum { CACHE_READ_MAX = 512 << 10 };

struct cache;
/* In a directory, at most `max` bytes; 0: it keeps nothing. The loop outlives cache_stop(). */
void cache_create(struct cache **cache_r, struct loop *loop, const char *dir, int64_t max, struct metrics *metrics);
/* Nothing is kept any more. */
void cache_stop(struct cache *cache);
/* After the loop has run out. */
void cache_destroy(struct cache **cache);

/* Append what is there from `at` on, CACHE_READ_MAX at most. False: nothing is, or the disk would have to be waited
 * for (it is asked to hurry, and the next may be there). Never waits. */
bool cache_read(struct cache *cache, const struct file_id *id, enum file_variant variant, int64_t at, struct buf *out);
/* What was read elsewhere: kept when it goes on where what is kept ends. Of a file whose bytes do not change any more.
 */
void cache_put(struct cache *cache, const struct file_id *id, enum file_variant variant, int64_t at, struct str bytes);

#endif
