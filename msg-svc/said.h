/* Entries that are committed and said, until that is acknowledged to Redis: in the next turn of the loop, when what was
 * said is on its way. Owned by ingest; loop thread only. */
#ifndef PARLEY_MSG_SAID_H
#define PARLEY_MSG_SAID_H

#include "bus.h"
#include "entry.h"
#include "loop.h"

struct said;
/* The entry is acknowledged, and the receiver's again. */
typedef void said_fn(void *arg, struct entry *e);
/* All of a turn are. */
typedef void said_done_fn(void *arg);

void said_create(struct said **s_r, struct loop *loop, struct bus *bus, said_fn *fn, said_done_fn *done, void *arg);
/* Gives back what was not acknowledged, by fn. */
void said_destroy(struct said **s);
void said_push(struct said *s, struct entry *e);
bool said_has(const struct said *s, unsigned shard, struct str id);

#endif
