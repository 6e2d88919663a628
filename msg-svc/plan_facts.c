/* Takes what the database says of what a batch must know. */
#include "err.h"
#include "plan_acts.h"
#include "plan_keys.h"

void plan_room_is(struct plan *p, const struct plan_room *row)
{
    struct plan_room *room = plan_find_room(p, row->id);
    if (room == NULL)
        return;
    *room = *row;
    room->found = true;
    room->dirty = room->changed = false;
}

void plan_member_is(struct plan *p, int64_t room, int64_t user, enum role role)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m == NULL)
        return;
    m->was = m->is = true;
    m->role = role;
}

void plan_member_limits(struct plan *p, int64_t room, int64_t user, int64_t muted_ms, int64_t sent_ms, bool blocked)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m == NULL)
        return;
    m->muted_ms = muted_ms;
    m->sent_ms = sent_ms;
    m->blocked = blocked;
}

void plan_member_banned(struct plan *p, int64_t room, int64_t user)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m != NULL)
        m->was_banned = m->banned = true;
}

void plan_profile_is(struct plan *p, int64_t room, struct str name, struct str topic, struct str description,
                     struct str picture)
{
    struct plan_profile *profile = plan_find_profile(p, room);
    if (profile == NULL)
        return;
    buf_str(&profile->name, name);
    buf_str(&profile->topic, topic);
    buf_str(&profile->description, description);
    buf_str(&profile->picture, picture);
}

void plan_name_taken(struct plan *p, size_t i)
{
    if (i < p->n_steps)
        p->steps[i].name_taken = true;
}

void plan_power_is(struct plan *p, size_t i, bool admin, bool no_public)
{
    if (i >= p->n_steps)
        return;
    p->steps[i].admin = admin;
    p->steps[i].no_public = no_public && !admin;
}

void plan_report_is(struct plan *p, size_t i, bool open)
{
    if (i >= p->n_steps)
        return;
    p->steps[i].reported = true;
    p->steps[i].report_open = open;
}

void plan_invite_is(struct plan *p, const struct plan_invite *row)
{
    struct plan_invite *invite = plan_find_invite(p, row->room, row->hash);
    if (invite == NULL)
        return;
    struct str hash = invite->hash; /* The row's text goes with its result. */
    *invite = *row;
    invite->hash = hash;
    invite->found = true;
    invite->used = false;
}

void plan_unwanted(struct plan *p, size_t i)
{
    if (i < p->n_steps)
        p->steps[i].unwanted = true;
}

void plan_pictured(struct plan *p, size_t i)
{
    if (i < p->n_steps)
        p->steps[i].pictured = true;
}

void plan_member_muted(struct plan *p, int64_t room, int64_t user, int64_t until_ms)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m != NULL && !m->was)
        m->muted_ms = until_ms;
}

void plan_member_lowered(struct plan *p, int64_t room, int64_t user)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m != NULL && !m->was)
        m->lowered = true;
}

void plan_member_was(struct plan *p, int64_t room, int64_t user)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m != NULL)
        m->former = true;
}

void plan_past_is(struct plan *p, int64_t room, int64_t user, const struct plan_past *past)
{
    struct plan_member *m = plan_find_member(p, room, user);
    if (m != NULL)
        m->past = *past;
}

void plan_sent_is(struct plan *p, const struct plan_sent *row)
{
    struct plan_sent *sent = plan_find_sent(p, row->sender, row->cmid);
    if (sent == NULL)
        return;
    struct str cmid = sent->cmid; /* The row's text goes with its result. */
    *sent = *row;
    sent->cmid = cmid;
    sent->known = true;
    sent->fresh = false;
}

void plan_order_is(struct plan *p, const struct plan_order *row)
{
    struct plan_order *order = plan_find_order(p, row->room, row->sender, row->device);
    if (order == NULL)
        return;
    order->cgen = row->cgen;
    order->cseq = row->cseq;
}

void plan_target_is(struct plan *p, const struct plan_target *row)
{
    struct plan_target *target = plan_find_target(p, row->room, row->seq);
    if (target == NULL)
        return;
    *target = *row;
    target->found = true;
    target->dirty = false;
    target->body = (struct str){0};
    target->preview = (struct str){0};
    target->preview_seq = 0;
    target->link.dirty = false;
}

void plan_reaction_is(struct plan *p, int64_t room, int64_t seq, int64_t user, struct str emoji, int64_t since)
{
    struct plan_reaction *reaction = plan_find_reaction(p, room, seq, user, emoji);
    if (reaction == NULL)
        return;
    reaction->was = reaction->is = true;
    reaction->since = since;
}

void plan_vote_is(struct plan *p, const struct plan_vote *row)
{
    struct plan_vote *vote = plan_find_vote(p, row->room, row->seq, row->user);
    if (vote != NULL)
        *vote = *row;
}

void plan_name_is(struct plan *p, struct str name, int64_t user)
{
    struct plan_name *known = plan_find_name(p, name);
    if (known != NULL)
        known->user = user;
}

void plan_group_is(struct plan *p, size_t i, int64_t group, struct str handle, int64_t called)
{
    if (i >= p->n_steps || p->n_groups >= sizeof p->groups / sizeof p->groups[0])
        return;
    struct plan_step *s = &p->steps[i];
    if (s->n_groups == 0)
        s->groups = p->n_groups;
    if (s->groups + s->n_groups != p->n_groups)
        return;
    s->n_groups++;
    struct plan_group *g = &p->groups[p->n_groups++];
    g->id = group;
    g->called = called;
    buf_reset(&g->handle);
    buf_str(&g->handle, handle);
}

int64_t plan_user_named(struct plan *p, struct str name)
{
    const struct plan_name *known = plan_find_name(p, name);
    return known != NULL ? known->user : 0;
}

void plan_user_is(struct plan *p, int64_t id, int64_t last_useq)
{
    struct plan_user *user = plan_find_user(p, id);
    if (user == NULL)
        return;
    user->exists = true;
    user->last_useq = last_useq;
}

void plan_user_rooms_are(struct plan *p, int64_t id, int64_t rooms)
{
    struct plan_user *user = plan_find_user(p, id);
    if (user != NULL)
        user->rooms = rooms;
}

/* ---- questions ---- */

struct plan_member *plan_subject(const struct plan_step *s)
{
    return s->whom != NULL ? s->whom : s->who;
}

bool plan_buries(const struct plan_step *s)
{
    return s->entry->doomed && s->err == ERR_INTERNAL;
}

/* Every event is either a message, which n counts, or something else, which mver counts. */
int64_t plan_mver_at(const struct plan_room *room, int64_t seq, int64_t n)
{
    return room->mver - ((room->last_seq - room->last_n) - (seq - n));
}

bool plan_writes(const struct plan *p)
{
    for (size_t i = 0; i < p->n_orders; i++)
        if (p->orders[i].dirty)
            return true;
    for (size_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].settled)
            return true;
    for (size_t i = 0; i < p->n_targets; i++)
        if (p->targets[i].link.dirty)
            return true;
    return p->n_events > 0 || p->n_user_events > 0 || p->n_views > 0;
}
