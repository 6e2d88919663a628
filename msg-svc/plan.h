/* What a batch of entries becomes: the state machine of a room's log, without I/O. The batch collects what it must know
 * (plan_start), the database says it (plan_room_is …), plan_run() decides: rows to write and an answer for every
 * entry, as if the entries came one after another. Everything lives until the next plan_start(). */
#ifndef PARLEY_MSG_PLAN_H
#define PARLEY_MSG_PLAN_H

#include "entry.h"
#include "event.h"
#include "permission.h"

enum {
    PLAN_MAX = 512,
    PLAN_EVENTS = 4 * PLAN_MAX, /* a settled report may be four: deleted, an owner out, an heir, banned */
};

/* A room the batch wants, its row locked. */
struct plan_room {
    int64_t id;
    bool found;
    enum room_kind kind;
    bool everyone; /* newcomers are to be members of it */
    bool archived;
    int64_t slow_mode_s;
    int64_t retention_days; /* 0: as the server has it */
    struct room_rules rules;
    int64_t last_seq, last_n, last_message, mver, members;
    int64_t file_bytes; /* of the files of its messages; asked where one more is to come */
    bool dirty;         /* its row is to be updated */
    bool changed;       /* so is what it is: kind, rules, slow mode, retention, archive */
};

/* The last change of somebody's membership before the batch, and what it was in his own log. */
struct plan_past {
    enum event_type type;
    int64_t seq; /* 0: unknown */
    int64_t n, sender, ts, useq;
};

/* Whether a person is in a room: before the batch (was), and at this point of it (is). */
struct plan_member {
    int64_t room, user;
    bool was, is;
    enum role role;
    int64_t muted_ms, sent_ms; /* may not write until; in slow mode: wrote last. 0: not */
    bool changed;              /* role, mute or last message differ from his row */
    bool blocked;              /* in a direct message: the other one does not want to hear of him */
    bool was_banned, banned;
    int64_t banned_by;
    bool former;           /* was in it at some time before, and is not now */
    bool left;             /* left at some point of the batch: the old row goes */
    bool lowered;          /* was made a guest, and then left: comes back as one by himself */
    int64_t seq, n;        /* where he came in: read up to here */
    struct plan_past past; /* asked for when an entry about him is redelivered */
};

/* A (sender, cmid) of the batch, and what it became. */
struct plan_sent {
    int64_t sender;
    struct str cmid;
    bool known, fresh;        /* fresh: by this batch */
    int64_t room, seq, n, ts; /* seq 0: refused for good */
    unsigned char digest[DIGEST_BYTES];
};

/* The last decided send of a device to a room. */
struct plan_order {
    int64_t room, sender;
    struct str device;
    int64_t cgen, cseq; /* cgen -1: it never sent there, or that is forgotten */
    bool dirty;
    bool waiting; /* a send of it is set aside: those behind it wait, too */
};

/* Of a message that is a poll: how it was made, and how it stands. */
struct plan_poll {
    int64_t room, seq;
    int64_t options;              /* how many answers; 0: no poll */
    int64_t closes_ms, closed_ms; /* 0: not */
    int64_t counts[POLL_OPTIONS_MAX], voters;
    bool multiple, anonymous;
    bool dirty;
};

/* The first link of a message, and how far it has come; as chat.links has it. */
enum plan_link_state { LINK_NONE, LINK_WAITING, LINK_SETTLED, LINK_REMOVED };
struct plan_link {
    int64_t room, seq, sender;
    struct str url; /* when this batch brings it */
    unsigned char digest[DIGEST_BYTES];
    enum plan_link_state state;
    bool dirty;
};

/* A message that the batch wants to change or to answer, its room locked, and what became of it so far. */
struct plan_target {
    int64_t room, seq;
    bool found;
    enum event_type type;
    int64_t sender, about;
    int64_t changed; /* seq of the last event about it; 0: nothing happened to it */
    int64_t edited_ms, deleted_ms, pinned_ms, last_reply_ms; /* 0: not */
    int64_t replies;
    int64_t kinds;                      /* different reactions, or more: those of this batch are counted each */
    unsigned char digest[DIGEST_BYTES]; /* of its newest text */
    struct str body;                    /* the newest text, when this batch has it: else p is NULL */
    struct plan_poll poll;
    struct plan_link link;
    struct str preview;  /* JSON of this batch; empty: none any more */
    int64_t preview_seq; /* of the event of this batch that says it; 0: it is as it was */
    bool previewed;      /* a preview is shown */
    bool dirty;
    bool sealed;    /* a poll or a sticker: its text is the server's */
    bool has_files; /* of its own: it may go without a text */
};

/* Somebody's vote, as bits of the answers: before the batch (was), and at this point of it (is). */
struct plan_vote {
    int64_t room, seq, user;
    int64_t was, is;
    int64_t since; /* seq of the event that says it; 0: nobody is told */
};

/* Somebody's reaction: before the batch (was), and at this point of it (is). */
struct plan_reaction {
    int64_t room, seq, user;
    struct str emoji;
    bool was, is;
    int64_t since; /* seq of the event that put it there */
};

/* A name behind an at sign, and whose it is. */
struct plan_name {
    struct str name;
    int64_t user; /* 0: nobody's */
};

/* A group of people that a send names. */
struct plan_group {
    int64_t id;
    int64_t called;    /* of those in the room, but for the sender: how many */
    struct buf handle; /* as it is now */
};

/* Somebody is named in a message of this batch. */
struct plan_mention {
    int64_t room, seq, user; /* user 0: everyone */
};

/* A group is named in a message of this batch: those of it who are in the room, but for the sender. */
struct plan_group_mention {
    int64_t room, seq, group;
};

/* The texts of a room that the batch may change. */
struct plan_profile {
    int64_t room;
    struct buf name, topic, description, picture; /* picture: a file's id, in digits; empty: none */
    bool dirty;
};

/* An invitation that somebody comes by. */
struct plan_invite {
    int64_t room;
    struct str hash;
    bool found, used;
    enum role role;
    int64_t expires_ms; /* 0: never */
    int64_t uses_left;  /* -1: no limit */
};

/* One of those who may become owner when owners leave, the first in line first. */
struct plan_heir {
    int64_t room, user;
    enum role role;
    bool inherits; /* his row is to be updated; of who is among the members of the batch, that one says it */
};

/* What a send is a copy of, as its sender may read it. */
struct plan_forward {
    bool found;
    int64_t room, seq, sender, ts;
    int64_t bytes;          /* of its files */
    struct buf body, files; /* files: JSON, as an event has them; empty: none */
};

/* The files of a send that are its sender's, whole, and not about to go. */
struct plan_files {
    int64_t found;   /* how many */
    int64_t bytes;   /* of all of them */
    struct buf json; /* as the event has them, in the order of the send */
};

/* A message of this batch that has files, its own or those of what it is a copy of. */
struct plan_carrier {
    int64_t room, seq;
};

/* A person whose own log may grow. */
struct plan_user {
    int64_t id;
    bool exists;
    int64_t last_useq;
    int64_t rooms; /* he is in, at this point of the batch */
    bool dirty;
};

struct plan_user_event {
    int64_t user, useq, room;
    enum user_event_type type;
    bool repeat; /* of a redelivered entry: told again, not written again */
    size_t view; /* of USER_ROOM_ADDED: its Room */
};

/* A Room, as one person sees it, to be read inside the transaction. */
struct plan_view {
    int64_t room, user;
    struct buf json;
};

/* One entry on its way: what it touches, and its answer. */
struct plan_step {
    struct entry *entry;
    struct plan_room *room;
    struct plan_member *who, *whom; /* who asks; who is added or removed */
    struct plan_sent *sent;
    struct plan_order *order;           /* NULL: a send without a place among others */
    struct plan_target *target, *quote; /* what it is about; what it quotes */
    struct plan_reaction *reaction;
    struct plan_vote *vote;
    struct plan_profile *profile; /* of settings */
    bool name_taken;              /* by another public room, should this one be public */
    bool admin;                   /* who asks looks after the server; asked of what an admin may do anywhere */
    bool no_public;               /* nor may he make rooms public, for admins only do */
    bool reported, report_open;   /* of a settlement: the message is; and it is not settled so far */
    bool settled;                 /* its reports are, by this step */
    bool unwanted;                /* of an add: who is to come in blocks who asks */
    bool pictured;                /* the emoji, sticker or picture of a room that it names is there for it */
    struct plan_invite *invite;   /* of a join that has one */
    struct plan_user *user;       /* whose own log the membership change goes to */
    struct plan_forward *forward; /* of a send that is a copy */
    struct plan_files *files;     /* of a send that has any */
    size_t groups, n_groups;      /* that a send names: places among the plan's */

    int err;
    int64_t cgen, expected; /* of ERR_OUT_OF_ORDER: the send that could be decided */
    bool dup;
    bool due;                     /* the scheduled message that this is still waits, as it was put into the stream */
    bool again;                   /* stored before, by a redelivered entry: publish its event once more */
    const struct plan_past *past; /* that event, when it is no message */
    bool newcomer; /* not a member of a room everyone is in, perhaps only not yet: not to be answered before that is
                      known */
    bool has_view; /* answered by views[view] */
    size_t view;
};

struct plan {
    struct plan_step steps[PLAN_MAX];
    struct plan_room rooms[PLAN_MAX];
    struct plan_member members[2 * PLAN_MAX];
    struct plan_sent sents[PLAN_MAX];
    struct plan_order orders[PLAN_MAX];
    struct plan_user users[PLAN_MAX];
    struct plan_target targets[2 * PLAN_MAX];
    struct plan_reaction reactions[PLAN_MAX];
    struct plan_vote votes[PLAN_MAX];
    struct plan_name names[PLAN_MAX * MENTIONS_MAX];
    struct plan_group groups[PLAN_MAX * MENTIONS_MAX];
    struct plan_profile profiles[PLAN_MAX];
    struct plan_invite invites[PLAN_MAX];
    struct plan_heir heirs[2 * PLAN_MAX];
    struct plan_forward forwards[PLAN_MAX];  /* of the steps of the same places */
    struct plan_files files[PLAN_MAX];       /* the same */
    size_t n_forwards, n_scheduled, n_files; /* how many sends are such */
    size_t n_steps, n_rooms, n_members, n_sents, n_orders, n_users, n_targets, n_reactions, n_votes, n_names, n_groups,
        n_profiles, n_invites, n_heirs;
    int64_t capacity;   /* members a room takes */
    int64_t room_bytes; /* that the files of a room may have; 0: any */
    bool previews;      /* links are looked at */

    struct event events[PLAN_EVENTS];
    unsigned char *digests[PLAN_EVENTS]; /* of events that are messages, else NULL */
    struct plan_user_event user_events[PLAN_MAX];
    struct plan_view views[PLAN_MAX];
    struct plan_mention mentions[PLAN_MAX * (MENTIONS_MAX + 1)];
    struct plan_group_mention group_mentions[PLAN_MAX * MENTIONS_MAX];
    struct plan_poll polls[PLAN_MAX]; /* that this batch opens */
    struct plan_carrier carriers[PLAN_MAX];
    struct plan_link links[PLAN_MAX]; /* of new messages */
    struct buf datas[PLAN_EVENTS];    /* data of events[i] */
    size_t n_events, n_user_events, n_views, n_mentions, n_group_mentions, n_polls, n_carriers, n_links;
    int64_t called; /* people, by the groups of group_mentions */
};

/* `previews`: links of new messages are to be looked at. */
void plan_create(struct plan **plan_r, int64_t capacity, bool previews);
/* From now on a room's files may have so many bytes; 0: any. */
void plan_limit_files(struct plan *p, int64_t room_bytes);
void plan_destroy(struct plan **plan);

/* Forget the last batch; collect the keys of this one, sorted and unique, into rooms, members, sents, orders and users.
 */
void plan_start(struct plan *p, struct entry *const *entries, size_t count);

/* What the database knows; what is not said does not exist. Keys that were not asked for are ignored. */
void plan_room_is(struct plan *p, const struct plan_room *row);
void plan_member_is(struct plan *p, int64_t room, int64_t user, enum role role);
/* Of a member: until when he may not write, and when he wrote last in slow mode. */
void plan_member_limits(struct plan *p, int64_t room, int64_t user, int64_t muted_ms, int64_t sent_ms, bool blocked);
void plan_member_banned(struct plan *p, int64_t room, int64_t user);
void plan_profile_is(struct plan *p, int64_t room, struct str name, struct str topic, struct str description,
                     struct str picture);
/* The name that the i-th step wants, or its room has, is another public room's. */
void plan_name_taken(struct plan *p, size_t i);
/* Of the i-th step: whether who asks is admin; whether only admins make rooms public. */
void plan_power_is(struct plan *p, size_t i, bool admin, bool no_public);
/* The message that the i-th step settles is reported. */
void plan_report_is(struct plan *p, size_t i, bool open);
void plan_invite_is(struct plan *p, const struct plan_invite *row);
/* Of a room that an owner of it may leave: as many of those next in line as may leave with him, and one more. */
void plan_heir_is(struct plan *p, int64_t room, int64_t user, enum role role);
/* What the i-th step is a copy of. */
void plan_forward_is(struct plan *p, size_t i, const struct plan_forward *row, struct str body, struct str files);
/* Of the files of the i-th step so many may go with it: JSON of those. */
void plan_files_are(struct plan *p, size_t i, int64_t found, int64_t bytes, struct str json);
/* Of the room of the i-th step: what its files have. */
void plan_room_bytes_are(struct plan *p, size_t i, int64_t bytes);
/* Of the i-th step: the emoji or the sticker that it names exists, or its picture may be taken. */
void plan_pictured(struct plan *p, size_t i);
/* The scheduled message that the i-th step is still waits. */
void plan_due(struct plan *p, size_t i);
/* Who is to be added by the i-th step wants nothing of who asks. */
void plan_unwanted(struct plan *p, size_t i);
/* He is not in the room, and was; when he was there last he was muted until then. */
void plan_member_muted(struct plan *p, int64_t room, int64_t user, int64_t until_ms);
/* Of who comes back: he was a guest by somebody's will when he went. */
void plan_member_lowered(struct plan *p, int64_t room, int64_t user);
/* He is not in the room, and was. */
void plan_member_was(struct plan *p, int64_t room, int64_t user);
void plan_past_is(struct plan *p, int64_t room, int64_t user, const struct plan_past *past);
void plan_sent_is(struct plan *p, const struct plan_sent *row);
void plan_order_is(struct plan *p, const struct plan_order *row);
void plan_target_is(struct plan *p, const struct plan_target *row);
/* The reaction is on, put there by the event `since`. */
void plan_reaction_is(struct plan *p, int64_t room, int64_t seq, int64_t user, struct str emoji, int64_t since);
void plan_vote_is(struct plan *p, const struct plan_vote *row);
void plan_name_is(struct plan *p, struct str name, int64_t user);
/* The i-th step names the group, of which `called` others are in its room.
 * Said of a step's groups one behind the other. */
void plan_group_is(struct plan *p, size_t i, int64_t group, struct str handle, int64_t called);
void plan_user_is(struct plan *p, int64_t id, int64_t last_useq);
void plan_user_rooms_are(struct plan *p, int64_t id, int64_t rooms);

/* Decide. `ts` is the batch's time, wall ms. */
void plan_run(struct plan *p, int64_t ts);
/* The membership version that was in force from an event of the room on. */
int64_t plan_mver_at(const struct plan_room *room, int64_t seq, int64_t n);
/* Whom a change of membership is about. */
struct plan_member *plan_subject(const struct plan_step *s);
/* It is given up with this transaction. */
bool plan_buries(const struct plan_step *s);
/* There is something to write or to read before COMMIT. */
bool plan_writes(const struct plan *p);

#endif
