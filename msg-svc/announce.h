/* After COMMIT: say what happened, to rooms, to people, to who asked, and then to the stream. */
#ifndef PARLEY_MSG_ANNOUNCE_H
#define PARLEY_MSG_ANNOUNCE_H

#include "bus.h"
#include "plan.h"

/* Returns how many publications the bus did not take. */
size_t announce(struct bus *bus, const struct plan *p);
/* Tell Redis that these entries are done with. What it does not take stays pending, is claimed and answered as a
 * duplicate. */
/* At most PLAN_MAX of them. */
void acknowledge(struct bus *bus, struct entry *const *entries, size_t count);

#endif
