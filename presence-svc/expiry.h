/* Takes offline whom a dead gateway leaves behind. Every replica does it, at the same time and without a lock: each
 * step is idempotent, and only the replica whose step changed somebody publishes him. */
#ifndef PARLEY_PRESENCE_EXPIRY_H
#define PARLEY_PRESENCE_EXPIRY_H

#include "bus.h"
#include "presence.h"

struct expiry;

/* `dead_ms`: how old a gateway's beat may be. */
void expiry_create(struct expiry **expiry_r, struct loop *loop, struct bus *bus, struct presence *presence,
                   int64_t dead_ms, struct metrics *metrics);
/* Nothing new is begun. Before the loop ends; memory stays for answers still due. */
void expiry_stop(struct expiry *expiry);
/* After the bus is gone. */
void expiry_destroy(struct expiry **expiry);

#endif
