/* Decides what each entry of a batch does to its room, in order. */
#include "plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "person_limit.h"
#include "plan_acts.h"

void plan_create(struct plan **plan_r, int64_t capacity, bool previews)
{
    *plan_r = xcalloc(1, sizeof **plan_r);
    (*plan_r)->capacity = capacity;
    (*plan_r)->previews = previews;
}

void plan_destroy(struct plan **plan)
{
    if (*plan == NULL)
        return;
    for (size_t i = 0; i < PLAN_MAX; i++) {
        buf_fini(&(*plan)->views[i].json);
        buf_fini(&(*plan)->profiles[i].name);
        buf_fini(&(*plan)->profiles[i].topic);
        buf_fini(&(*plan)->profiles[i].description);
        buf_fini(&(*plan)->profiles[i].picture);
        buf_fini(&(*plan)->forwards[i].body);
        buf_fini(&(*plan)->forwards[i].files);
        buf_fini(&(*plan)->files[i].json);
    }
    for (size_t i = 0; i < PLAN_EVENTS; i++)
        buf_fini(&(*plan)->datas[i]);
    for (size_t i = 0; i < sizeof(*plan)->groups / sizeof(*plan)->groups[0]; i++)
        buf_fini(&(*plan)->groups[i].handle);
    free(*plan);
    *plan = NULL;
}

/* ---- the log ---- */

struct event *plan_append(struct plan *p, struct plan_room *room, enum event_type type, int64_t sender, int64_t ts)
{
    assert(p->n_events < PLAN_EVENTS);
    room->dirty = true;
    room->last_seq++;
    if (type == EVENT_MESSAGE) {
        room->last_n++;
        room->last_message = room->last_seq;
    } else {
        room->mver++;
    }
    p->digests[p->n_events] = NULL;
    buf_reset(&p->datas[p->n_events]);
    struct event *e = &p->events[p->n_events++];
    *e = (struct event){.room = room->id,
                        .seq = room->last_seq,
                        .n = room->last_n,
                        .mver = room->mver,
                        .type = type,
                        .sender = sender,
                        .ts = ts};
    return e;
}

static size_t view_of(struct plan *p, int64_t room, int64_t user)
{
    for (size_t i = 0; i < p->n_views; i++)
        if (p->views[i].room == room && p->views[i].user == user)
            return i;
    assert(p->n_views < PLAN_MAX);
    struct plan_view *v = &p->views[p->n_views];
    v->room = room;
    v->user = user;
    buf_reset(&v->json);
    return p->n_views++;
}

static void tell(struct plan *p, const struct plan_step *s, enum user_event_type type, int64_t useq, bool repeat)
{
    assert(p->n_user_events < PLAN_MAX);
    p->user_events[p->n_user_events++] =
        (struct plan_user_event){.user = s->user->id,
                                 .useq = useq,
                                 .room = s->room->id,
                                 .type = type,
                                 .repeat = repeat,
                                 .view = type == USER_ROOM_ADDED ? view_of(p, s->room->id, s->user->id) : 0};
}

static void tell_user(struct plan *p, struct plan_step *s, enum user_event_type type)
{
    s->user->dirty = true;
    tell(p, s, type, ++s->user->last_useq, false);
}

/* Nothing is to be changed. A crash may have come between the commit of a redelivered entry and its publication: what
 * it did is said again. Not what this batch does: that is said anyway. */
static void tell_again(struct plan *p, struct plan_step *s, enum user_event_type type)
{
    const struct plan_member *m = plan_subject(s);
    if (!s->entry->redelivered || m->seq != 0 || m->left)
        return;
    bool in = m->past.type == EVENT_JOINED || m->past.type == EVENT_ADDED;
    bool known = m->past.seq > 0 && in == m->is;
    if (known) {
        s->again = true;
        s->past = &m->past;
    }
    if (s->user->exists)
        tell(p, s, type, known && m->past.useq > 0 ? m->past.useq : s->user->last_useq, true);
}

/* ---- the entries ---- */

int plan_refuse_outsider(struct plan_step *s)
{
    s->newcomer = s->room->everyone && !s->entry->welcomed;
    return s->room->kind == ROOM_PUBLIC ? ERR_NOT_MEMBER : ERR_ROOM_NOT_FOUND;
}

bool plan_may(const struct plan_step *s, enum permission what)
{
    return may(s->room->kind, &s->room->rules, s->who->role, what);
}

/* ---- order: the table of docs/delivery.md ---- */

/* Whether the send is the next of its device. A newer generation begins a new count, whatever becomes of the send that
 * showed it: nothing of an older one is decided after that. A device that is not known becomes so by its first only:
 * there is nothing to keep of it before. */
static bool is_next(struct plan_order *o, const struct entry *e)
{
    if (e->cgen > o->cgen && (o->cgen >= 0 || e->cseq == 1)) {
        o->dirty = true;
        o->cgen = e->cgen;
        o->cseq = 0;
    }
    return e->cgen == o->cgen && e->cseq == o->cseq + 1;
}

static void count_decided(struct plan_order *o)
{
    o->cseq++;
    o->dirty = true;
}

/* He has never been in this private room: to him it is as one that is not there, also where order is concerned. */
static bool is_stranger(const struct plan_step *s)
{
    const struct plan_member *who = s->who;
    return s->room->found && s->room->kind != ROOM_PUBLIC && !who->is && !who->left && !who->former;
}

/* A send out of its turn is refused for good. What came before it is over, too: no copy of any of them is the next
 * when somebody brings its author in. */
static void count_skipped(struct plan_order *o, const struct entry *e)
{
    if (o->cgen < 0)
        o->cgen = e->cgen;
    if (o->cgen != e->cgen || o->cseq >= e->cseq)
        return;
    o->cseq = e->cseq;
    o->dirty = true;
}

static int refuse_order(struct plan_step *s)
{
    s->cgen = s->order->cgen >= 0 ? s->order->cgen : s->entry->cgen;
    s->expected = s->order->cseq + 1;
    return ERR_OUT_OF_ORDER;
}

/* ---- sends ---- */

/* What this cmid became, from here on. */
static void settle(struct plan_step *s, int64_t seq, int64_t n, int64_t ts)
{
    struct plan_sent *sent = s->sent;
    sent->known = sent->fresh = true;
    sent->room = s->entry->room;
    sent->seq = seq;
    sent->n = n;
    sent->ts = ts;
    memcpy(sent->digest, s->entry->digest, DIGEST_BYTES);
}

static int store(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct entry *e = s->entry;
    struct plan_sent *sent = s->sent;
    if (sent->known)
        return ERR_IDEMPOTENCY_CONFLICT;
    if (!s->room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is)
        return plan_refuse_outsider(s);

    int err = plan_check_voice(s, ts);
    if (err == 0)
        err = plan_check_places(s);
    if (err == 0)
        err = plan_check_extra(s, ts);
    if (err == 0)
        err = plan_check_files(p, s);
    if (err != 0)
        return err;
    struct event *event = plan_append(p, s->room, e->about != 0 ? EVENT_REPLY : EVENT_MESSAGE, e->user, ts);
    event->cmid = e->cmid;
    event->body = e->body;
    plan_count_files(s);
    plan_place(p, s, event);
    if (s->room->slow_mode_s > 0) {
        s->who->sent_ms = ts;
        s->who->changed = true;
    }
    settle(s, event->seq, event->n, ts);
    p->digests[p->n_events - 1] = sent->digest;
    return 0;
}

/* A refusal for good holds for every copy, from whatever device: the author may be back in the room before the next one
 * comes, and that one would stand behind what was written later. Whoever never was in the room has nothing kept here: a
 * stranger could make the table grow. */
static void remember_refusal(struct plan_step *s)
{
    const struct plan_member *who = s->who;
    if (s->sent != NULL && !s->sent->known && (who->is || who->left || who->former))
        settle(s, 0, 0, 0);
}

/* The same message was decided before. */
static bool is_decided(const struct plan_step *s)
{
    const struct plan_sent *sent = s->sent;
    return sent != NULL && sent->known && sent->room == s->entry->room &&
           memcmp(sent->digest, s->entry->digest, DIGEST_BYTES) == 0;
}

/* All there is of it is its text. Of others gateways learn by their look at what moved. */
static bool is_plain(const struct entry *e)
{
    return e->about == 0 && e->quote == 0 && e->from_seq == 0 && e->extra == NULL && e->files_n == 0 &&
           e->mentions.count == 0 && !e->mentions.all && !e->mentions.here;
}

/* A cmid decides before order and membership do: a retry of what was decided is answered the same for ever. In a room
 * that is not there nothing can be stored, so nothing is counted. */
static int run_send(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_order *order = s->room->found ? s->order : NULL;
    bool next = order != NULL && is_next(order, s->entry);
    if (is_decided(s)) {
        if (next)
            count_decided(order);
        if (s->sent->seq == 0)
            return ERR_REFUSED;
        s->dup = true;
        s->again = s->entry->redelivered && !s->sent->fresh && is_plain(s->entry);
        return 0;
    }
    /* Cancelled or changed since it was put into the stream, or sent by another copy. */
    if (s->entry->scheduled != 0 && !s->due)
        return ERR_NOT_FOUND;
    if (order != NULL && order->waiting) {
        s->newcomer = true;
        return ERR_NOT_MEMBER;
    }
    if (order != NULL && !next) {
        if (!is_stranger(s))
            return refuse_order(s);
        count_skipped(order, s->entry);
        order = NULL;
    }
    int err = s->entry->err != 0 ? s->entry->err : s->entry->doomed ? ERR_INTERNAL : store(p, s, ts);
    if (order == NULL)
        return err;
    if (s->newcomer) {
        order->waiting = true;
        return err;
    }
    count_decided(order);
    if (err != 0)
        remember_refusal(s);
    return err;
}

/* ---- membership ---- */

static void bring_in(struct plan *p, struct plan_step *s, struct plan_member *m, enum event_type type, int64_t ts)
{
    struct event *event = plan_append(p, s->room, type, s->entry->user, ts);
    event->member = m->user;
    s->room->members++;
    s->user->rooms++;
    m->is = true;
    /* Who goes and comes again by himself is a guest if he was made one, and muted as before. */
    enum role role = m->lowered && s->entry->kind == ENTRY_JOIN ? ROLE_GUEST : ROLE_MEMBER;
    m->role = s->invite != NULL ? s->invite->role : role;
    m->muted_ms = m->muted_ms > ts ? m->muted_ms : 0;
    m->seq = event->seq;
    m->n = event->n;
    tell_user(p, s, USER_ROOM_ADDED);
}

void plan_take_out(struct plan *p, struct plan_step *s, struct plan_member *m, enum event_type type, int64_t ts)
{
    struct event *event = plan_append(p, s->room, type, s->entry->user, ts);
    event->member = m->user;
    s->room->members--;
    s->user->rooms--;
    bool owned = m->role == ROLE_OWNER;
    m->is = false;
    m->lowered = m->role == ROLE_GUEST;
    m->role = ROLE_GUEST;
    m->left = true;
    m->seq = 0;
    if (s->user->exists)
        tell_user(p, s, USER_ROOM_REMOVED);
    if (owned)
        plan_inherit(p, s, ts);
}

/* Whether the room takes one more, and the person one more room. */
static int check_space(const struct plan *p, const struct plan_step *s)
{
    if (s->room->members >= p->capacity)
        return ERR_ROOM_FULL;
    return s->user->rooms >= ROOMS_PER_PERSON ? ERR_TOO_MANY_ROOMS : 0;
}

/* Who comes by an invitation learns nothing but that it does not hold. */
static int check_door(const struct plan_step *s, int64_t ts)
{
    const struct plan_room *room = s->room;
    const struct plan_invite *invite = s->invite;
    if (s->entry->invited && (!room->found || invite == NULL || !invite->found || room->kind == ROOM_DM ||
                              invite->uses_left == 0 || (invite->expires_ms != 0 && invite->expires_ms <= ts)))
        return room->found && s->who->is ? 0 : ERR_INVITE_NOT_FOUND;
    if (!room->found || (room->kind != ROOM_PUBLIC && !s->who->is && !s->entry->invited))
        return ERR_ROOM_NOT_FOUND;
    if (s->who->is)
        return 0;
    if (s->who->banned)
        return ERR_BANNED;
    return room->archived ? ERR_ARCHIVED : 0;
}

static int run_join(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_room *room = s->room;
    int err = check_door(s, ts);
    if (err != 0)
        return err;
    if (!s->user->exists)
        return ERR_FORBIDDEN;
    if (!s->who->is) {
        err = check_space(p, s);
        if (err != 0)
            return err;
        bring_in(p, s, s->who, EVENT_JOINED, ts);
        if (s->invite != NULL) {
            s->invite->used = true;
            s->invite->uses_left -= s->invite->uses_left > 0;
        }
    } else {
        tell_again(p, s, USER_ROOM_ADDED);
    }
    s->view = view_of(p, room->id, s->entry->user);
    s->has_view = true;
    return 0;
}

static int run_leave(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_room *room = s->room;
    if (!room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is) {
        if (room->kind != ROOM_PUBLIC && !s->entry->redelivered)
            return ERR_ROOM_NOT_FOUND;
        tell_again(p, s, USER_ROOM_REMOVED);
        return 0; /* Leaving twice is leaving once. */
    }
    if (room->kind == ROOM_DM)
        return ERR_FORBIDDEN;
    plan_take_out(p, s, s->who, EVENT_LEFT, ts);
    return 0;
}

static int run_add(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_room *room = s->room;
    if (!room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is)
        return plan_refuse_outsider(s);
    if (!plan_may(s, PERMISSION_ADD_MEMBER))
        return ERR_FORBIDDEN;
    if (!s->user->exists)
        return ERR_USER_NOT_FOUND;
    if (s->whom->is) {
        tell_again(p, s, USER_ROOM_ADDED);
        return 0;
    }
    if (room->archived)
        return ERR_ARCHIVED;
    if (s->whom->banned)
        return ERR_BANNED;
    if (s->unwanted)
        return ERR_BLOCKED;
    int err = check_space(p, s);
    if (err != 0)
        return err;
    bring_in(p, s, s->whom, EVENT_ADDED, ts);
    return 0;
}

/* Removing oneself is leaving. */
static int run_remove(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct plan_room *room = s->room;
    if (s->entry->target == s->entry->user)
        return run_leave(p, s, ts);
    if (!room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is)
        return plan_refuse_outsider(s);
    if (!plan_may(s, PERMISSION_KICK) || (s->whom->is && !outranks(s->who->role, s->whom->role)))
        return ERR_FORBIDDEN;
    if (s->whom->is)
        plan_take_out(p, s, s->whom, EVENT_REMOVED, ts);
    else
        tell_again(p, s, USER_ROOM_REMOVED);
    return 0;
}

static int run_change(struct plan *p, struct plan_step *s, int64_t ts)
{
    if (s->entry->doomed)
        return ERR_INTERNAL;
    switch (s->entry->kind) {
    case ENTRY_JOIN:
        return run_join(p, s, ts);
    case ENTRY_LEAVE:
        return run_leave(p, s, ts);
    case ENTRY_ADD:
        return run_add(p, s, ts);
    case ENTRY_REMOVE:
        return run_remove(p, s, ts);
    case ENTRY_EDIT:
    case ENTRY_DELETE:
    case ENTRY_REACT:
    case ENTRY_PIN:
    case ENTRY_VOTE:
    case ENTRY_CLOSE_POLL:
    case ENTRY_UNPREVIEW:
        return plan_run_act(p, s, ts);
    case ENTRY_SETTINGS:
    case ENTRY_PERMISSION:
    case ENTRY_ROLE:
    case ENTRY_BAN:
    case ENTRY_UNBAN:
    case ENTRY_MUTE:
    case ENTRY_ARCHIVE:
        return plan_run_room_act(p, s, ts);
    case ENTRY_SETTLE:
        return plan_run_settle(p, s, ts);
    case ENTRY_PREVIEW:
        return plan_run_preview(p, s, ts);
    case ENTRY_SEND:
        break;
    }
    return ERR_BAD_REQUEST;
}

void plan_run(struct plan *p, int64_t ts)
{
    for (size_t i = 0; i < p->n_steps; i++) {
        struct plan_step *s = &p->steps[i];
        if (s->err != 0 && s->order == NULL)
            continue;
        s->err = s->entry->kind == ENTRY_SEND ? run_send(p, s, ts) : run_change(p, s, ts);
    }
}
