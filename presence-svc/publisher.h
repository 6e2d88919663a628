/* Tells the gateways who changed, and in which rooms they may show it. A change is published half a second after it
 * happened, with the state Redis has then: of several changes only the last is seen, and a replica that is told
 * of an older one still publishes the newest. First to be dropped under load. Loop thread only. */
#ifndef PARLEY_PRESENCE_PUBLISHER_H
#define PARLEY_PRESENCE_PUBLISHER_H

#include "presence.h"
#include "rpc.h"

struct publisher;

void publisher_create(struct publisher **publisher_r, struct loop *loop, struct bus *bus, struct rpc *rpc,
                      struct presence *presence, struct metrics *metrics);
/* This user's state is another than it was. */
void publisher_touch(struct publisher *publisher, int64_t user);
/* This user's profile is: what was remembered of it counts no more. */
void publisher_changed(struct publisher *publisher, int64_t user);
/* Changes that are not published yet. */
size_t publisher_pending(const struct publisher *publisher);
/* Nothing new is begun. Before the loop ends; memory stays for answers still due. */
void publisher_stop(struct publisher *publisher);
/* After bus and rpc are gone. */
void publisher_destroy(struct publisher **publisher);

/* What msg-svc says of a user, beside the rooms. */
struct publisher_known {
    struct str rooms;   /* "1,2,3" */
    int64_t profile;    /* version; 0: not said */
    bool may_tell_seen; /* when the user was last there */
};

/* Append a user's pair of lines, as docs/bus.md has them. Pure. */
void publisher_line(struct buf *out, int64_t user, const struct presence_user *state,
                    const struct publisher_known *known);
/* "5 1,2,3" of {"rooms":["1","2","3"],"profile":5,"hides":false}, and whether it hides; what is not said is hidden.
 * False: not such an answer. Pure. */
bool publisher_rooms(struct str answer, struct buf *out, bool *hides_r);

#endif
