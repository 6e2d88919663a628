/* Asks auth-svc which login sessions ended, at the start and every 15 s: what Redis published to nobody, or before this
 * process was there, is learnt so. Loop thread only. */
#ifndef PARLEY_REVOKED_FEED_H
#define PARLEY_REVOKED_FEED_H

#include "loop.h"
#include "rpc.h"

struct revoked_feed;

/* Calls `ended` for each session of an answer, known ones too, and `told` once, when the first list is complete. */
typedef void revoked_ended_fn(void *arg, struct str session);
typedef void revoked_told_fn(void *arg);
void revoked_feed_create(struct revoked_feed **feed_r, struct loop *loop, struct rpc *rpc, revoked_ended_fn *ended,
                         revoked_told_fn *told, void *arg);
void revoked_feed_destroy(struct revoked_feed **feed);
/* A notice may have been lost: ask now. */
void revoked_feed_hurry(struct revoked_feed *feed);

#endif
