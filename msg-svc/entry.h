/* One entry of an ingest stream, read and checked: what somebody wants to change in a room. Owned by ingest from the
 * read until it is acknowledged to Redis, or dropped when the shard is lost. */
#ifndef PARLEY_MSG_ENTRY_H
#define PARLEY_MSG_ENTRY_H

#include "digest.h"
#include "entry_extra.h"
#include "file_id.h"
#include "jval.h"
#include "list.h"
#include "mention.h"
#include "permission.h"
#include "publish.h"

enum { SHARDS = 16, BODY_MAX = 16384, CMID_TEXT = 36, DEVICE_MAX = 256, EMOJI_MAX = 64 };

enum entry_kind {
    ENTRY_SEND,
    ENTRY_JOIN,
    ENTRY_LEAVE,
    ENTRY_ADD,
    ENTRY_REMOVE,
    ENTRY_EDIT,
    ENTRY_DELETE,
    ENTRY_REACT,
    ENTRY_PIN,
    ENTRY_VOTE,
    ENTRY_CLOSE_POLL,
    ENTRY_SETTINGS,
    ENTRY_PERMISSION,
    ENTRY_ROLE,
    ENTRY_BAN,
    ENTRY_UNBAN,
    ENTRY_MUTE,
    ENTRY_ARCHIVE,
    ENTRY_SETTLE,
    ENTRY_PREVIEW,   /* of msg-svc itself: what is known of a link */
    ENTRY_UNPREVIEW, /* somebody wants it gone */
};

/* What becomes of a reported message. All but the first delete it. */
enum settlement {
    SETTLEMENT_DISMISS,
    SETTLEMENT_DELETE,
    SETTLEMENT_REMOVE,  /* and its sender goes out of the room */
    SETTLEMENT_BAN,     /* … and does not come in again */
    SETTLEMENT_DISABLE, /* and his account was disabled */
};

/* What ENTRY_SETTINGS asks for; what is not named stays. */
struct room_settings {
    bool has_name, has_topic, has_description, has_kind, has_announcement, has_slow_mode, has_retention, has_picture;
    struct str name, topic, description, picture; /* picture: a file's id; empty: none */
    enum room_kind kind;
    bool announcement;
    int64_t slow_mode_s;
    int64_t retention_days; /* 0: none of the room's own */
};

struct entry {
    struct list link; /* of ingest's queue or of the batch under way */
    struct str id;    /* in the stream */
    int64_t since_us; /* when it came into hand, monotonic */
    unsigned shard;
    unsigned tries; /* that were counted, the coming one too; 0: none had to be */
    int err;        /* not 0: the entry is no valid wish and is only answered so */
    enum entry_kind kind;
    enum role role;             /* of ENTRY_ROLE; of ENTRY_PERMISSION the lowest that may */
    enum permission what;       /* of ENTRY_PERMISSION; by_default: it is to be as the table has it */
    enum settlement settlement; /* of ENTRY_SETTLE */
    bool by_default;
    bool on;          /* of ENTRY_REACT, ENTRY_PIN and ENTRY_ARCHIVE */
    bool invited;     /* of ENTRY_JOIN: by an invitation, with a token of the hash `invite` */
    bool redelivered; /* claimed: may have been stored and not told before */
    bool welcomed;    /* its user is known to be no newcomer */
    bool alone;       /* failed in company; goes through a transaction of its own */
    bool counted;     /* its coming try is counted */
    bool doomed;      /* tried too often: the coming transaction only says that it is given up */

    int64_t user, room;
    int64_t target;  /* who is added, removed, banned …: to whom it is done */
    struct str cmid; /* of ENTRY_SEND: a UUID in lower-case text form */
    struct str body; /* of ENTRY_SEND and ENTRY_EDIT */
    /* The message it is about: of ENTRY_SEND the root of its thread, of acts on messages what is to be changed; 0:
     * none. And of ENTRY_SEND the message that is quoted. */
    int64_t about, quote;
    /* Of ENTRY_SEND: the message it is a copy of; and as which scheduled message, in which version, it comes. 0: none.
     */
    int64_t from_room, from_seq;
    int64_t scheduled, version;
    struct str emoji;          /* of ENTRY_REACT */
    struct str url;            /* the first link of the text; of ENTRY_PREVIEW the one looked at; empty: none */
    int64_t until_ms;          /* of ENTRY_MUTE; 0: no longer */
    int64_t choices;           /* of ENTRY_VOTE: bits; 0: no vote */
    struct entry_extra *extra; /* of ENTRY_SEND: what it is besides a text; NULL: nothing */
    struct str files;          /* of ENTRY_SEND: ids of the files that it has, as file_id.h reads them */
    size_t files_n;
    struct room_settings settings;
    unsigned char invite[DIGEST_WHOLE];
    struct mentions mentions; /* in the body */
    struct jval *args;        /* holds the texts of what is neither send nor a change of membership */
    unsigned char digest[DIGEST_BYTES];
    /* Of ENTRY_SEND: its place among the device's sends to the room; cseq 0: it has none. Set even when err is, as long
     * as it is known whose place it is: a refused send takes its place too. */
    struct str device;
    int64_t cseq, cgen;
    struct answer_to to;
    struct str trace;
    int64_t taken_ms; /* when the gateway put it into the stream, by its clock; 0: it does not say */
};

/* The fields as docs/bus.md names them, and the entry's id; absent ones are empty. */
struct entry_fields {
    struct str id, k, f, r, u, d, m, n, q, g, b, h, y, v, s, j, l, t, w;
};

/* Copy and check. Never NULL: what is wrong is in err. Free with entry_free(). */
struct entry *entry_decode(const struct entry_fields *from, unsigned shard, bool redelivered);
void entry_free(struct entry *e);

/* The hash of the invitation. */
struct str entry_invite(const struct entry *e);
const char *settlement_name(enum settlement settlement);
/* Of what is done to rooms and members, and of a join: the part of the check that is in entry_room.c. */
int entry_check_room_act(struct entry *e);
int entry_check_join(struct entry *e);

/* Whether the entry with this id is in a list of entries. */
bool entry_in(const struct list *list, unsigned shard, struct str id);

/* Put them, in their order, before what is first in the list. */
void entries_put_first(struct list *list, struct entry *const *entries, size_t count);
/* When the oldest in a list of entries came into hand; INT64_MAX: the list is empty. */
int64_t entries_since_ms(const struct list *list);

/* A text that people may send: 0 or an error. */
int entry_check_text(struct str text);
/* Nothing to see: empty, or only white space and invisible characters. */
bool entry_is_blank(struct str s);
/* 36 characters of a UUID, lower case. */
bool entry_is_uuid(struct str s);
/* Append the entry as a JSON object, for dead_letters. */
void entry_json(struct buf *out, const struct entry *e);

#endif
