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

/* With a later epoch of the bus than this one, something on the channel may have been lost. */
bool channel_lost_since(const struct gateway *gw, const struct channel *channel, uint64_t epoch);

/* The room stands at this head, with this membership version: what comes from now on is told. */
void channel_stands(struct channel *channel, int64_t head, int64_t mver);

/* events.c: one message of a room's or user's channel. Its argument is the gateway. */
void events_message(void *arg, struct str channel_name, struct str payload);
/* events.c: what services push to this gateway's inbox: acks and nacks for one connection. */
void events_push(void *arg, struct str inbox, struct str payload);
/* events.c: the next event of a known room, whose seq is last_seq + 1: membership and fan-out, in that order for who
 * joins, in the other for who goes. */
struct event_header;
void events_apply(struct gateway *gw, struct channel *channel, const struct event_header *h);
/* events.c: the room stands at `head` although not everything up to there was forwarded: clients are told, and fetch.
 * When membership changed on the way nobody is told before it is known again who is in. */
void events_jump(struct gateway *gw, struct channel *channel, int64_t head, int64_t mver);
/* events.c: the user's own log goes up to `useq`, and that was not heard on its channel: his connections are told, and
 * ask for what they miss. */
void events_own_log_stands(struct channel *user, int64_t useq);

#endif
