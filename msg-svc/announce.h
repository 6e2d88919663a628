/* After COMMIT: say what happened, to rooms, to people, to who asked, and then to the stream. */
#ifndef PARLEY_MSG_ANNOUNCE_H
#define PARLEY_MSG_ANNOUNCE_H

#include "bus.h"
#include "plan.h"

/* Its transaction began and was committed at these moments, monotonic: authors are told how long it took. Returns how
 * many publications the bus did not take. */
size_t announce(struct bus *bus, const struct plan *p, int64_t began_us, int64_t committed_us);
/* Tell Redis that these entries are done with. What it does not take stays pending, is claimed and answered as a
 * duplicate. */
/* At most PLAN_MAX of them. */
void acknowledge(struct bus *bus, struct entry *const *entries, size_t count);

#endif
