/* Heals rooms whose events were lost on the way: asks msg-svc for what is missing and feeds it through the path of live
 * events, in order. Notices losses that leave no gap by asking, every 5 s, which rooms moved. docs/delivery.md has the
 * why. Loop thread only. */
#ifndef PARLEY_GATEWAY_REPAIR_H
#define PARLEY_GATEWAY_REPAIR_H

#include "gateway.h"
#include "room_index.h"

struct repair;

void repair_create(struct repair **repair_r, struct gateway *gw);
void repair_destroy(struct repair **repair);

/* Get the events of a known channel up to `head` at least, which has membership version `mver`. Until that is done, or
 * given up, live events of the room are to be handed in here too and not applied: they come again with the rest. */
void repair_room(struct repair *repair, struct channel *channel, int64_t head, int64_t mver);
bool repair_under_way(const struct repair *repair, const struct channel *channel);
/* The room was seen at this head, which may be on its way still: repair it when it has not arrived soon. */
void repair_suspect(struct repair *repair, const struct channel *channel, int64_t head, int64_t mver);
/* Redis may have lost messages: ask which rooms moved now. */
void repair_look(struct repair *repair);
/* Learn where a channel stands that was subscribed without knowing it, asking as `user`, who is in the room. */
void repair_learn(struct repair *repair, const struct channel *channel, int64_t user);
/* An answer of msg-svc named this epoch. Another one than before: the database was restored, heads may have gone back.
 * What is known of rooms is forgotten, and connections that go by another epoch are closed, or look again if they have
 * not come that far. False: the answer was made before that and is late; it counts for nothing. */
bool repair_epoch(struct repair *repair, struct str epoch);

#endif
