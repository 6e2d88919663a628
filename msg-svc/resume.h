/* The answer to a resume while it is put together: what the client holds, what there is, and the frames that bring it
 * from the one to the other. Owned by its call; no I/O. */
#ifndef PARLEY_MSG_RESUME_H
#define PARLEY_MSG_RESUME_H

#include "jval.h"
#include "log_rows.h"

enum {
    RESUME_ROOM_EVENTS = 200, /* a room that misses more is limited */
    RESUME_USER_EVENTS = 100,
    RESUME_PENDING = 200,
};

struct resume_room {
    int64_t id, head, n;
    int64_t from;  /* events (from, head] are missing */
    bool limited;  /* … and not in the answer */
    bool fetching; /* they are asked for */
};

/* A room that was added, as the person sees it. */
struct resume_view {
    int64_t room;
    struct buf json;
};

struct resume {
    char epoch[64];
    int64_t useq, user_head;
    int64_t user_from;
    bool user_limited;
    struct resume_room *rooms;
    size_t count;
    size_t beyond; /* cursors that are beyond what there is */
    struct resume_view views[RESUME_USER_EVENTS];
    size_t n_views;
    struct buf acks, batches, users; /* JSON: elements of an array; frames, one a line */
};

void resume_create(struct resume **r_r, size_t max_rooms);
void resume_destroy(struct resume **r);

/* The client's word for its own log, -1: none; and where that stands, and up to where rows of it were removed for age.
 * `same`: the client holds something, and of our epoch. */
void resume_user_is(struct resume *r, int64_t useq, int64_t head, int64_t pruned, bool same);
/* A room of the person; `cursor` is what the client holds of it, 0: nothing; beyond the head: as of another epoch. At
 * most max_rooms of them. */
void resume_room_is(struct resume *r, const struct resume_room *room, int64_t cursor, bool same);
/* Choose the rooms whose events are asked for: those that miss least come first, as long as the answer has room. */
void resume_choose(struct resume *r);

/* An answer about a pending cmid; seq 0: it is not stored. */
void resume_ack(struct resume *r, struct str cmid, int64_t room, int64_t seq, int64_t n, int64_t ts);
/* The events of one room that was asked for, of which some may not have come. Rooms in the order of r->rooms. */
void resume_events(struct resume *r, struct resume_room *room, const struct log_rows *rows, int64_t user);
/* For the frames that tell of rooms that were added: take a Room's JSON; give it, empty when there is none.
 * NULL: enough of them. */
struct buf *resume_view_add(struct resume *r, int64_t room);
struct str resume_view_of(const struct resume *r, int64_t room);
/* A frame of the person's own log. */
void resume_user_frame(struct resume *r, struct str frame);
/* The whole answer. What does not fit in it is limited. */
void resume_write(struct buf *out, struct resume *r);

#endif
