/* Brings what comes for a room to its connections. It waits at the room until the next round of writes (ws_send_soon),
 * so that in a burst a connection is touched once for many events; alone it waits for nothing. On each connection it
 * stays in its place: whatever else is written there takes what waits before. Loop thread only. */
#ifndef PARLEY_GATEWAY_FAN_OUT_H
#define PARLEY_GATEWAY_FAN_OUT_H

#include "event_header.h"
#include "gateway.h"
#include "room_index.h"

struct session;

/* An event, to all who sit there now. */
void fan_out_event(struct gateway *gw, struct channel *channel, const struct event_header *h);
/* What may be lost, to all but whom it tells of. */
void fan_out_ephemeral(struct gateway *gw, struct channel *channel, const struct event_header *h);

/* Queue what waits at the channel. Connections that are too slow are closed: never while seats are walked. The channel
 * may be without seats then. */
void fan_out_now(struct channel *channel);
/* What waits anywhere. */
void fan_out_all(struct gateway *gw);
/* Queue what waits for one seat, or for one connection, which may be closed by that. */
void fan_out_take_seat(struct seat *seat);
void fan_out_take(struct session *s);
/* What waits now is not for this connection: it is in the room from here on. */
void fan_out_skip(struct session *s);

#endif
