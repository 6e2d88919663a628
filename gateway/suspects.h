/* Logs of rooms and of users that were seen further than what arrived here. It may be on its way still: what lacks
 * after a moment of grace was lost, and is repaired (a room) or looked up (a user). Owned by repair; loop thread only.
 */
#ifndef PARLEY_GATEWAY_SUSPECTS_H
#define PARLEY_GATEWAY_SUSPECTS_H

#include "gateway.h"
#include "room_index.h"

struct suspects;

void suspects_create(struct suspects **suspects_r, struct gateway *gw);
void suspects_destroy(struct suspects **suspects);

/* The channel's log was seen at this head; of a room with this membership version. Beyond 10,000 it is left out: the
 * next look tells of it again. */
void suspects_add(struct suspects *suspects, const struct channel *channel, int64_t head, int64_t mver);
/* What was seen is of another epoch. */
void suspects_forget(struct suspects *suspects);

#endif
