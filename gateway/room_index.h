/* Who listens to what on this gateway: channels (a room, a user) and subscribers (connections), both ways. One function
 * joins, one leaves. A channel exists from its first subscriber on; it is dropped, some turns later at the earliest, by
 * room_index_reap(): so it may be walked while its subscribers leave. Loop thread only. */
#ifndef PARLEY_GATEWAY_ROOM_INDEX_H
#define PARLEY_GATEWAY_ROOM_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "list.h"

struct bundle;

enum channel_kind { CHANNEL_ROOM, CHANNEL_USER, CHANNEL_KINDS };

/* How far the two users who are furthest have received a room's log; a mark that is behind both tells nobody anything.
 */
struct room_marks {
    int64_t user[2], seq[2]; /* the furthest first; user 0: none */
};
/* Take note of a mark. False: it goes no further than what was noted of anybody else. */
bool room_marks_take(struct room_marks *marks, int64_t user, int64_t seq);

struct channel {
    enum channel_kind kind;
    int64_t id;
    struct list seats; /* struct seat.of_channel */
    size_t count;
    bool confirmed;    /* Redis has confirmed the subscription: nothing published from now on is missed */
    struct list empty; /* in the list of channels without subscribers */

    /* Users. */
    uint64_t changes;  /* how often rooms were added or removed */
    int64_t last_useq; /* of the user's own log, the furthest heard of; 0: none yet */

    /* Rooms. Forgotten when the last seat leaves: nothing is forwarded then. */
    bool known;           /* last_seq counts */
    int64_t last_seq;     /* the log is forwarded up to here, without a hole */
    int64_t forwarded_ms; /* when the last event was, on clock_mono_ms() */
    int64_t mver;         /* membership version the seats are in step with; -1: not known */
    struct room_marks marks;
    struct bundle *waiting; /* frames for the next round of writes, see fan_out.h; NULL: none */
};

/* Embedded in a connection. */
struct subscriber {
    struct list seats; /* struct seat.of_subscriber */
    size_t count;
    size_t waiting; /* seats in channels that are not confirmed yet */
};

/* One subscriber in one channel. */
struct seat {
    struct list of_channel, of_subscriber;
    struct channel *channel;
    struct subscriber *subscriber;
    bool waiting;       /* for the channel's confirmation */
    bool behind;        /* events were left out because the connection is slow or fenced */
    uint32_t taken;     /* frames of channel->waiting that are not for it any more: it has them, or came behind them */
    int64_t told_seq;   /* the head that pong told last, or that stood when the seat was taken */
    int64_t typing_ms;  /* when "is typing" was last passed on; 0: not typing */
    struct frame *then; /* to be written when the channel is confirmed; may be NULL */
};

struct room_index;

/* `first`: a channel came to be, subscribe to it. `last`: it is about to be freed, unsubscribe. */
typedef void room_index_fn(void *arg, struct channel *channel);
void room_index_create(struct room_index **index_r, room_index_fn *first, room_index_fn *last, void *arg);
/* Calls `last` for every channel left. All subscribers must have been dropped. */
void room_index_destroy(struct room_index **index);

void subscriber_init(struct subscriber *s);

/* NULL: nobody here listens to it. */
struct channel *room_index_find(const struct room_index *index, enum channel_kind kind, int64_t id);
/* The subscriber's seat in the channel; NULL: it has none. */
struct seat *room_index_seat(const struct channel *channel, const struct subscriber *s);
/* Idempotent: the seat there is, or a new one, waiting when the channel is not confirmed yet. */
struct seat *room_index_join(struct room_index *index, enum channel_kind kind, int64_t id, struct subscriber *s);
/* Frees the seat; with the last one what waits at the channel goes, too. */
void room_index_leave(struct room_index *index, struct seat *seat);
/* Redis has confirmed the channel: calls fn for each seat that waited. fn may make the seat's subscriber leave. */
typedef void room_index_confirmed_fn(void *arg, struct seat *seat);
void room_index_confirm(struct channel *channel, room_index_confirmed_fn *fn, void *arg);
/* Leave everything. */
void room_index_drop(struct room_index *index, struct subscriber *s);
/* Free the channels that are empty now. Never while a channel is being walked. */
void room_index_reap(struct room_index *index);

size_t room_index_count(const struct room_index *index, enum channel_kind kind);
/* Channels of a kind, in no order; fn must not make or free any, and returns false to stop. */
typedef bool room_index_each_fn(void *arg, struct channel *channel);
void room_index_each(struct room_index *index, enum channel_kind kind, room_index_each_fn *fn, void *arg);

#endif
