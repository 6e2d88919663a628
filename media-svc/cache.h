/* Bytes of files that were given out or uploaded of late, on this machine's own disk, so that what many look at is
 * fetched from the database or the object store once, or not at all. Files without names: they end with the process,
 * and nobody else opens them. It knows nothing of who may see what, which is asked before. Loop thread only. */
#ifndef PARLEY_MEDIA_CACHE_H
#define PARLEY_MEDIA_CACHE_H

#include "buf.h"
#include "file.h"
#include "loop.h"
#include "metrics.h"

enum { CACHE_READ_MAX = 256 << 10 };

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
/* The whole of an original, when all of it is there: a descriptor that is the caller's to close, else -1. */
int cache_file(struct cache *cache, const struct file_id *id, int64_t size);
/* What is there of a file is not to be kept any longer. */
void cache_forget(struct cache *cache, const struct file_id *id);

/* A run of bytes of an original that is uploaded, which goes on where what is kept of it ends. Nobody is given them
 * before it ended well. What was kept is let go when it ended otherwise, when it has more than was stored, and when
 * another run begins meanwhile: then who stored what is not sure. An upload takes room from others that nobody has
 * looked at, and of the rest as much as leaves it half of all. */
struct cache_run;
/* NULL: these are not kept. */
struct cache_run *cache_run(struct cache *cache, const struct file_id *id, int64_t at, int64_t size);
/* They were stored behind those before them. Takes the bytes when they are kept, and leaves them when not. */
void cache_run_put(struct cache_run *run, struct buf *bytes);
/* `sure`: all that was put is what is stored, and nothing undoes that. NULL is fine. */
void cache_run_end(struct cache_run *run, bool sure);

#endif
