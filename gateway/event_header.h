/* The first line of what comes over the event channels (docs/bus.md): E, T, K, U, O and P payloads. Pure parsing; views
 * into the payload. Payloads come from our own services, and are checked all the same: a bad one is dropped and
 * counted. */
#ifndef PARLEY_GATEWAY_EVENT_HEADER_H
#define PARLEY_GATEWAY_EVENT_HEADER_H

#include "buf.h"

struct event_header {
    char kind;               /* 'E', 'T', 'K', 'U' or 'O' */
    int64_t room;            /* all but O */
    int64_t seq, n, mver;    /* E */
    int64_t sender, member;  /* E; member 0: no membership event */
    struct str cmid;         /* E; empty: none. Safe to put between quotes of JSON */
    int64_t user;            /* T, K */
    int64_t delivered, read; /* K */
    bool on;                 /* T */
    int64_t useq;            /* U */
    struct str type;         /* E, U: a word of a-z and _ */
    struct str json;         /* the frame to write to sockets: one line that begins with '{' */
};

/* False: not such a payload; *h_r is then undefined. */
bool event_header_parse(struct str payload, struct event_header *h_r);

/* Take the next payload (a line and a frame) off *lines, the answer to the call `range`. False: none left. */
bool event_pair_next(struct str *lines, struct str *payload_r);

/* Append the frame of an E payload as its author's own connections get it: with the cmid put in. False, nothing
 * appended: there is no cmid, or the frame does not begin as an event does. */
bool event_author_json(const struct event_header *h, struct buf *out);

struct presence_change {
    int64_t user;
    struct str rooms; /* take them by presence_room() */
    struct str json;  /* one user object */
};

/* Take the next line pair off *payload. False: none left, or the rest is malformed. */
bool presence_parse(struct str *payload, struct presence_change *change_r);
/* Take the next room off change->rooms; false: none left. */
bool presence_room(struct presence_change *change, int64_t *room_r);

/* The id in a channel name: "room:{7}" gives 7. False: not such a name. */
bool channel_name_id(struct str name, int64_t *id_r);

#endif
