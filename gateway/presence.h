/* Presence of this gateway's connections: told to presence-svc one call a connection at a time, the newest state wins;
 * and the changes of others, written once a turn to who shares a room with them. Blocks nobody's messages: what cannot
 * be told now is told later. */
#ifndef PARLEY_GATEWAY_PRESENCE_H
#define PARLEY_GATEWAY_PRESENCE_H

#include "gateway.h"

struct presence;

void presence_create(struct presence **presence_r, struct gateway *gw);
void presence_destroy(struct presence **presence);

/* The state of a connection changed: it became ready, away, in use again, or went. */
void presence_touch(struct presence *presence, uint64_t conn, int64_t user);
/* Tell the state of every connection again: presence-svc may have lost it. */
void presence_touch_all(struct presence *presence);
/* Connections whose state is still to be told. */
size_t presence_pending(const struct presence *presence);
/* Write what was collected in this turn. */
void presence_flush(struct presence *presence);

#endif
