/* What one can be, and what the connections of a user make of him together. Pure. */
#ifndef PARLEY_PRESENCE_STATE_H
#define PARLEY_PRESENCE_STATE_H

#include "bus.h"

enum presence_state { PRESENCE_OFFLINE, PRESENCE_AWAY, PRESENCE_ONLINE };

const char *presence_state_name(enum presence_state state);
/* False: no such state; *state_r untouched. */
bool presence_state_parse(struct str name, enum presence_state *state_r);

/* A user as the hash presence:{U} has him. */
struct presence_user {
    enum presence_state state; /* online if one connection is, else away if one is */
    int64_t seen;              /* wall ms of the last time all went; 0: never */
    bool on_gateway;           /* one of the living connections is at the gateway asked about */
};

/* From the fields of the hash, name and value in turn. A value of a connection is "<state> <stream id>"; what is
 * neither that nor `seen` counts nothing. `gateway` may be empty. */
struct presence_user presence_user_of(const struct bus_reply *fields, struct str gateway);

/* The two numbers of a stream id, "<ms>-<n>". False: not one. */
bool presence_id_parse(struct str id, int64_t *ms_r, int64_t *n_r);

#endif
