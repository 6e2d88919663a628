/* What the files of the plan share: plan.c decides sends and membership, plan_message.c what is done to messages,
 * plan_poll.c votes, plan_link.c previews of links, plan_carry.c what messages bring with them from elsewhere,
 * plan_room.c what is done to rooms and their members, plan_heir.c who inherits a room, plan_keys.c and plan_facts.c
 * hold what the batch knows. For nobody else. */
#ifndef PARLEY_MSG_PLAN_ACTS_H
#define PARLEY_MSG_PLAN_ACTS_H

#include "plan.h"

/* The next event of the room. */
struct event *plan_append(struct plan *p, struct plan_room *room, enum event_type type, int64_t sender, int64_t ts);
/* What somebody who is not in the room may know of it: the error to refuse him with. */
int plan_refuse_outsider(struct plan_step *s);
/* Whether who asks may. */
bool plan_may(const struct plan_step *s, enum permission what);
/* Somebody goes out of the room. */
void plan_take_out(struct plan *p, struct plan_step *s, struct plan_member *m, enum event_type type, int64_t ts);
/* An owner went out: when no other is there, who is next in line becomes owner, and an event says so. */
void plan_inherit(struct plan *p, const struct plan_step *s, int64_t ts);
/* Whose name this is; 0: nobody's. */
int64_t plan_user_named(struct plan *p, struct str name);

/* Whether there is what a send answers and quotes: 0 or an error. */
int plan_check_places(const struct plan_step *s);
/* Whether a poll that is sent can be voted in, and a sticker exists: 0 or an error. */
int plan_check_extra(const struct plan_step *s, int64_t ts);
/* Whether the files that come with a send may: 0 or an error. */
int plan_check_files(const struct plan *p, const struct plan_step *s);
/* They are attached: the next of this batch finds them there. */
void plan_count_files(struct plan_step *s);
/* What this send alone knows of: its copy, its files, its time. */
void plan_carry(struct plan *p, size_t i);
/* Write the members `forward` and `files` into the open object, where there are such. */
void plan_write_carried(struct plan *p, struct jsonw *w, const struct plan_step *s, const struct event *event);
/* What a stored send brings with it: who is named in it, and the thread that grew. */
void plan_place(struct plan *p, struct plan_step *s, struct event *event);
/* Whether a member may say something, in the thread it is for or in the room: 0 or an error. */
int plan_check_voice(const struct plan_step *s, int64_t ts);
/* Settings, permissions, roles, bans, mutes, the archive. */
int plan_run_room_act(struct plan *p, struct plan_step *s, int64_t ts);
/* Out of the room, if he is in, and not in again. */
void plan_shut_out(struct plan *p, struct plan_step *s, int64_t ts);
/* The message goes, whoever may. */
void plan_erase(struct plan *p, struct plan_step *s, int64_t ts);
/* What becomes of a reported message. */
int plan_run_settle(struct plan *p, struct plan_step *s, int64_t ts);
/* Edit, delete, react, pin, vote, close a poll, take a preview away. */
int plan_run_act(struct plan *p, struct plan_step *s, int64_t ts);
/* The next event, about the message that the step is about. */
struct event *plan_append_about(struct plan *p, struct plan_step *s, enum event_type type, int64_t sender, int64_t ts);

/* The stored message is a poll: it begins without votes. */
void plan_open_poll(struct plan *p, const struct entry *e, const struct event *event);
int plan_run_vote(struct plan *p, struct plan_step *s, int64_t ts);
int plan_run_close_poll(struct plan *p, struct plan_step *s, int64_t ts);

/* The stored message has a link: it is to be looked at. */
void plan_note_link(struct plan *p, const struct entry *e, const struct event *event);
/* The message has another text: its preview stays with its link. */
void plan_edit_link(struct plan *p, struct plan_step *s, int64_t ts);
/* What is known of a link comes to its message, or that there is nothing. */
int plan_run_preview(struct plan *p, struct plan_step *s, int64_t ts);
int plan_run_unpreview(struct plan *p, struct plan_step *s, int64_t ts);

#endif
