/* Whether the caller may do something in c->room, for calls that change no log. */
#ifndef PARLEY_MSG_ROOM_RIGHT_H
#define PARLEY_MSG_ROOM_RIGHT_H

#include "calls.h"
#include "permission.h"

/* Go on with `then` when he may; else the call has failed: as for who is not in the room, or with forbidden. */
void room_right(struct call *c, enum permission what, call_step_fn *then);

#endif
