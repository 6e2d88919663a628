/* What msg-svc says on Redis: events to rooms, user events to people, answers to who asked. All at most once: a
 * publish that Redis does not take is repaired by heads and retries. Each returns 0, or the error of bus_publish(). */
#ifndef PARLEY_MSG_PUBLISH_H
#define PARLEY_MSG_PUBLISH_H

#include "bus.h"
#include "event.h"

/* A message that is committed, as told to its author. */
struct stored {
    struct str cmid;
    int64_t room, seq, n, ts;
    bool dup; /* it was stored before */
    /* Of this try: from msg-svc's taking it to the beginning of its transaction, and to its commit. */
    int64_t queue_us, commit_us;
};

enum user_event_type {
    USER_ROOM_ADDED,
    USER_ROOM_REMOVED,
    USER_READ,
    USER_ROOM_CHANGED,
    USER_LATER,
    USER_THREAD_READ,
    USER_ACTIVITY_SEEN,
};
const char *user_event_name(enum user_event_type type);
/* False: no such type. */
bool user_event_parse(struct str name, enum user_event_type *type_r);

struct user_event {
    int64_t user, useq, room;
    enum user_event_type type;
    int64_t seq, n, gen;  /* of USER_READ; seq of USER_THREAD_READ, too */
    int64_t root;         /* of USER_THREAD_READ; 0: all threads of the room */
    int64_t seen;         /* of USER_ACTIVITY_SEEN, wall ms */
    bool following;       /* of USER_THREAD_READ with a root */
    struct str room_info; /* of USER_ROOM_ADDED and USER_ROOM_CHANGED: Room JSON, may be empty */
};

/* How far somebody has received and read a room. */
struct receipt {
    int64_t room, user, delivered, read;
};

/* Who is to be answered: fields f and r of an ingest entry (docs/bus.md). */
struct answer_to {
    struct str inbox, ref;
};

int publish_event(struct bus *bus, const struct event *e);
int publish_user_event(struct bus *bus, const struct user_event *e);
/* A frame for all of a person's own connections. */
int publish_own(struct bus *bus, int64_t user, struct str frame);
int publish_receipt(struct bus *bus, const struct receipt *r);

int answer_stored(struct bus *bus, const struct answer_to *to, const struct stored *s);
/* A nack to a socket, an error to a REST request. */
int answer_error(struct bus *bus, const struct answer_to *to, struct str cmid, int code);
/* The same for a send with a cseq: of generation `cgen`, so that a client that has begun another knows it for old. */
int answer_refused(struct bus *bus, const struct answer_to *to, struct str cmid, int code, int64_t cgen);
/* The same for a send out of its order: `expected` of generation `cgen` is the one that can be decided. */
int answer_out_of_order(struct bus *bus, const struct answer_to *to, struct str cmid, int64_t cgen, int64_t expected);
/* For REST requests; a socket gets nothing. */
int answer_json(struct bus *bus, const struct answer_to *to, struct str json);

/* The texts themselves. */
void stored_write(struct buf *out, const struct stored *s, bool as_frame);
void user_event_payload(struct buf *out, const struct user_event *e);
/* The frame alone. */
void user_event_write(struct buf *out, const struct user_event *e);
void receipt_payload(struct buf *out, const struct receipt *r);

#endif
