/* One entry of a room's log and its JSON: the same members in the live frame and in a history answer, from one place.
 */
#ifndef PARLEY_MSG_EVENT_H
#define PARLEY_MSG_EVENT_H

#include "jsonw.h"

enum event_type {
    EVENT_MESSAGE,
    EVENT_CREATED,
    EVENT_JOINED,
    EVENT_LEFT,
    EVENT_ADDED,
    EVENT_REMOVED,
    EVENT_REPLY,
    EVENT_EDITED,
    EVENT_DELETED,
    EVENT_REACTED,
    EVENT_PINNED,
    EVENT_SETTINGS,
    EVENT_ROLE,
    EVENT_BANNED,
    EVENT_MUTED,
    EVENT_ARCHIVED,
    EVENT_VOTED,
    EVENT_POLL_CLOSED,
    EVENT_PREVIEWED,
};

struct event {
    int64_t room, seq, n;
    int64_t mver; /* how many events of the room up to it are no messages: who is in changes only by such */
    enum event_type type;
    int64_t sender;
    int64_t member;  /* whom a membership event is about; 0: no membership event */
    int64_t about;   /* the message it is about; 0: none */
    int64_t ts;      /* wall ms */
    struct str cmid; /* empty: none */
    struct str body;
    struct str data;  /* JSON, of events that are not about membership; empty: none */
    struct str state; /* JSON, of answers: what became of a message since; empty: nothing */
};

const char *event_type_name(enum event_type type);
/* False: no such type. */
bool event_type_parse(struct str name, enum event_type *type_r);

/* It says of whom that he came or went: the other types may name a person, too, and have more to say. */
bool event_moves_member(enum event_type type);

/* Write the event as an Event object under `key`. The cmid is only for its author. */
void event_write(struct jsonw *w, const char *key, const struct event *e, bool with_cmid);
/* Append what is published to the room's channel: the line for gateways, then the frame for sockets. */
void event_payload(struct buf *out, const struct event *e);
/* Append the id of a message: "<room>.<seq>". */
void event_id(struct buf *out, int64_t room, int64_t seq);

#endif
