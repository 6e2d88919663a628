/* Making a room with its first members, its first events and everybody's notice of it, in one statement; then telling
 * them. Shared by create and dm. */
#ifndef PARLEY_MSG_NEW_ROOM_H
#define PARLEY_MSG_NEW_ROOM_H

#include "calls.h"

enum { NEW_ROOM_MEMBERS_MAX = 500 };

struct new_room {
    struct str kind, name, topic;
    char dm_key[48]; /* empty: none */
    size_t n_others;
    int64_t others[NEW_ROOM_MEMBERS_MAX]; /* beside the caller; sorted, each once */

    /* Once it is made: everybody's useq, the caller's too. */
    size_t n_told;
    struct {
        int64_t user, useq;
    } told[NEW_ROOM_MEMBERS_MAX + 1];
};

/* Sort `others`, drop doubles and the caller. */
void new_room_tidy(struct new_room *room, int64_t caller);
/* Make c->made. fn as db_query()'s; its rows are for new_room_tell(). No row: somebody in `others` does not exist, or
 * the dm_key is taken. */
void new_room_make(struct call *c, db_done_fn *fn);
/* Take the rows, tell everybody, reply with the Room; or that somebody is in too many rooms, or blocks the caller, and
 * none was made. */
void new_room_tell(struct call *c, const struct db_result *r);

#endif
