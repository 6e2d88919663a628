/* What becomes of some events of a room between their arrival here and their last socket: for the fan-out's histogram
 * and for `parley trace`. Lives as long as their frames do; loop thread only. */
#ifndef PARLEY_GATEWAY_DELIVERY_H
#define PARLEY_GATEWAY_DELIVERY_H

#include "event_header.h"
#include "frame.h"

struct gateway;

struct delivery {
    struct frame_watch watch; /* frees it */
    struct gateway *gw;
    int64_t room, seq, last;          /* events seq … last */
    int64_t count, ts_ms, last_ts_ms; /* how many; of the first and of the last */
    int64_t received_us;
};

/* One more event, whose frame is `plain`, and for its author `own` (NULL: none). *delivery_r NULL: it is the first, and
 * a delivery is made; it must be NULL again when none of its frames is held any more. */
void delivery_add(struct delivery **delivery_r, struct gateway *gw, const struct event_header *h, struct frame *plain,
                  struct frame *own);

#endif
