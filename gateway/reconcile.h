/* After user events may have been lost: each user connected here is looked up again, a few at a time. Their connections
 * get the rooms they are in and lose those they are not in; heads that they are behind of are for repair. */
#ifndef PARLEY_GATEWAY_RECONCILE_H
#define PARLEY_GATEWAY_RECONCILE_H

#include "gateway.h"

struct reconcile;

void reconcile_create(struct reconcile **reconcile_r, struct gateway *gw);
void reconcile_destroy(struct reconcile **reconcile);
/* Everyone; who is waiting for it already is not asked twice. Events go on meanwhile: a removal that was lost is in the
 * room's log, and repair comes by it before anything later. */
void reconcile_all(struct reconcile *reconcile);
/* Those whose own channel, or that of a room they are in, may have lost something with a later epoch of the bus than
 * this: everyone, but while slots of a Redis Cluster move. */
void reconcile_lost(struct reconcile *reconcile, uint64_t epoch);
/* One user, of whose rooms nothing is sure: no event is written to them before the answer is there. */
void reconcile_user(struct reconcile *reconcile, int64_t user);

#endif
