/* Decides what each entry of a batch does to its room, in order. */
#include "plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"

void plan_create(struct plan **plan_r, int64_t capacity)
{
    *plan_r = xcalloc(1, sizeof **plan_r);
    (*plan_r)->capacity = capacity;
}

void plan_destroy(struct plan **plan)
{
    if (*plan == NULL)
        return;
    for (size_t i = 0; i < PLAN_MAX; i++)
        buf_fini(&(*plan)->views[i].json);
    free(*plan);
    *plan = NULL;
}

/* ---- the log ---- */

/* The next event of the room. */
static struct event *append(struct plan *p, struct plan_room *room, enum event_type type, int64_t sender, int64_t ts)
{
    assert(p->n_events < PLAN_MAX);
    room->dirty = true;
    room->last_seq++;
    if (type == EVENT_MESSAGE) {
        room->last_n++;
        room->last_message = room->last_seq;
    } else {
        room->mver++;
    }
    p->digests[p->n_events] = NULL;
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

/* `repeat`: a crash may have come between the commit of this change and its publication. */
static void tell_user(struct plan *p, struct plan_step *s, enum user_event_type type, bool repeat)
{
    struct plan_user *user = s->user;
    assert(p->n_user_events < PLAN_MAX);
    if (!repeat) {
        user->last_useq++;
        user->dirty = true;
    }
    p->user_events[p->n_user_events++] =
        (struct plan_user_event){.user = user->id,
                                 .useq = user->last_useq,
                                 .room = s->room->id,
                                 .type = type,
                                 .repeat = repeat,
                                 .view = type == USER_ROOM_ADDED ? view_of(p, s->room->id, user->id) : 0};
}

/* ---- the entries ---- */

/* What somebody who is not in the room may know of it. */
static int refuse_outsider(struct plan_step *s)
{
    s->newcomer = s->room->everyone && !s->entry->welcomed;
    return s->room->kind == ROOM_PUBLIC ? ERR_NOT_MEMBER : ERR_ROOM_NOT_FOUND;
}

/* A cmid decides before membership does: a retry of what was stored is answered the same for ever. */
static int run_send(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct entry *e = s->entry;
    struct plan_sent *sent = s->sent;
    if (sent->known) {
        if (sent->room != e->room || memcmp(sent->digest, e->digest, DIGEST_BYTES) != 0)
            return ERR_IDEMPOTENCY_CONFLICT;
        s->dup = true;
        s->again = e->redelivered && !sent->fresh;
        return 0;
    }
    if (!s->room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is)
        return refuse_outsider(s);

    struct event *event = append(p, s->room, EVENT_MESSAGE, e->user, ts);
    event->cmid = e->cmid;
    event->body = e->body;
    sent->known = sent->fresh = true;
    sent->room = event->room;
    sent->seq = event->seq;
    sent->n = event->n;
    sent->ts = ts;
    memcpy(sent->digest, e->digest, DIGEST_BYTES);
    p->digests[p->n_events - 1] = sent->digest;
    return 0;
}

static void bring_in(struct plan *p, struct plan_step *s, struct plan_member *m, enum event_type type, int64_t ts)
{
    struct event *event = append(p, s->room, type, s->entry->user, ts);
    event->member = m->user;
    s->room->members++;
    m->is = true;
    m->owner = false;
    m->seq = event->seq;
    m->n = event->n;
    tell_user(p, s, USER_ROOM_ADDED, false);
}

static int run_join(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_room *room = s->room;
    if (!room->found || (room->kind != ROOM_PUBLIC && !s->who->is))
        return ERR_ROOM_NOT_FOUND;
    if (!s->user->exists)
        return ERR_FORBIDDEN;
    if (!s->who->is) {
        if (room->members >= p->capacity)
            return ERR_ROOM_FULL;
        bring_in(p, s, s->who, EVENT_JOINED, ts);
    } else if (s->entry->redelivered) {
        tell_user(p, s, USER_ROOM_ADDED, true);
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
        if (s->entry->redelivered && s->user->exists)
            tell_user(p, s, USER_ROOM_REMOVED, true);
        return 0; /* Leaving twice is leaving once. */
    }
    if (room->kind == ROOM_DM)
        return ERR_FORBIDDEN;

    struct event *event = append(p, room, EVENT_LEFT, s->entry->user, ts);
    event->member = s->entry->user;
    room->members--;
    if (s->who->owner)
        room->owner_left = true;
    s->who->is = s->who->owner = false;
    s->who->left = true;
    if (s->user->exists)
        tell_user(p, s, USER_ROOM_REMOVED, false);
    return 0;
}

static int run_add(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_room *room = s->room;
    if (!room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is)
        return refuse_outsider(s);
    if (room->kind == ROOM_DM)
        return ERR_FORBIDDEN;
    if (!s->user->exists)
        return ERR_USER_NOT_FOUND;
    if (s->whom->is) {
        if (s->entry->redelivered)
            tell_user(p, s, USER_ROOM_ADDED, true);
        return 0;
    }
    if (room->members >= p->capacity)
        return ERR_ROOM_FULL;
    bring_in(p, s, s->whom, EVENT_ADDED, ts);
    return 0;
}

void plan_run(struct plan *p, int64_t ts)
{
    for (size_t i = 0; i < p->n_steps; i++) {
        struct plan_step *s = &p->steps[i];
        if (s->err != 0)
            continue;
        switch (s->entry->kind) {
        case ENTRY_SEND:
            s->err = run_send(p, s, ts);
            break;
        case ENTRY_JOIN:
            s->err = run_join(p, s, ts);
            break;
        case ENTRY_LEAVE:
            s->err = run_leave(p, s, ts);
            break;
        case ENTRY_ADD:
            s->err = run_add(p, s, ts);
            break;
        }
    }
}

bool plan_writes(const struct plan *p)
{
    return p->n_events > 0 || p->n_user_events > 0 || p->n_views > 0;
}
