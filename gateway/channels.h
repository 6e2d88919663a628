/* The event channels of Redis behind the room index: subscribed with a room's or user's first connection here, given up
 * with the last; and what comes in over them. */
#ifndef PARLEY_GATEWAY_CHANNELS_H
#define PARLEY_GATEWAY_CHANNELS_H

#include "gateway.h"
#include "room_index.h"

/* The hooks of the room index; their argument is the gateway. */
room_index_fn channels_first, channels_last;
/* Redis is back, and every subscription asked for is in force again: those that waited are confirmed. */
void channels_restored(struct gateway *gw);

/* events.c: one message of a room's or user's channel. Its argument is the gateway. */
void events_message(void *arg, struct str channel_name, struct str payload);
/* events.c: what services push to this gateway's inbox: acks and nacks for one connection. */
void events_push(void *arg, struct str inbox, struct str payload);

#endif
