/* How full Redis is, asked now and then, as metrics: presence-svc keeps most of what is in there. Owned by main; loop
 * thread only. */
#ifndef PARLEY_PRESENCE_REDIS_MEMORY_H
#define PARLEY_PRESENCE_REDIS_MEMORY_H

#include "bus.h"

struct redis_memory;
void redis_memory_create(struct redis_memory **memory_r, struct loop *loop, struct bus *bus, struct metrics *metrics);
/* Nothing is asked any more. Before the loop ends; memory stays for an answer still due. */
void redis_memory_stop(struct redis_memory *memory);
/* After the bus is gone. */
void redis_memory_destroy(struct redis_memory **memory);

#endif
