/* Decides who becomes owner of a room that its last owner leaves. */
#include "plan_acts.h"

static struct plan_member *member_of(struct plan *p, int64_t room, int64_t user)
{
    for (size_t i = 0; i < p->n_members; i++)
        if (p->members[i].room == room && p->members[i].user == user)
            return &p->members[i];
    return NULL;
}

/* Still in the place that the database told. What the batch made of his role comes before what the database said. */
static bool is_in(struct plan *p, const struct plan_heir *heir, enum role *role)
{
    const struct plan_member *m = member_of(p, heir->room, heir->user);
    *role = m != NULL ? m->role : heir->role;
    return m == NULL || (m->is && !m->left);
}

static bool has_owner(struct plan *p, int64_t room)
{
    enum role role;
    for (size_t i = 0; i < p->n_members; i++)
        if (p->members[i].room == room && p->members[i].is && p->members[i].role == ROLE_OWNER)
            return true;
    for (size_t i = 0; i < p->n_heirs; i++)
        if (p->heirs[i].room == room && is_in(p, &p->heirs[i], &role) && role == ROLE_OWNER)
            return true;
    return false;
}

/* Of the highest role, and of those who has been there the longest: the heirs are in their order, who came in this
 * batch came later. 0: nobody is left. */
static int64_t next_of(struct plan *p, int64_t room)
{
    int64_t user = 0, since = 0;
    enum role role, highest = ROLE_GUEST;
    for (size_t i = 0; i < p->n_heirs; i++)
        if (p->heirs[i].room == room && is_in(p, &p->heirs[i], &role) && (user == 0 || role > highest)) {
            user = p->heirs[i].user;
            highest = role;
        }
    for (size_t i = 0; i < p->n_members; i++) {
        const struct plan_member *m = &p->members[i];
        if (m->room != room || !m->is || m->user == user)
            continue;
        if (user == 0 || m->role > highest || (m->role == highest && m->seq < since)) {
            user = m->user;
            highest = m->role;
            since = m->seq;
        }
    }
    return user;
}

static void make_owner(struct plan *p, int64_t room, int64_t user)
{
    struct plan_member *m = member_of(p, room, user);
    if (m != NULL) {
        m->role = ROLE_OWNER;
        m->changed = true;
        return;
    }
    for (size_t i = 0; i < p->n_heirs; i++)
        if (p->heirs[i].room == room && p->heirs[i].user == user) {
            p->heirs[i].role = ROLE_OWNER;
            p->heirs[i].inherits = true;
        }
}

void plan_heir_is(struct plan *p, int64_t room, int64_t user, enum role role)
{
    if (p->n_heirs < sizeof p->heirs / sizeof p->heirs[0])
        p->heirs[p->n_heirs++] = (struct plan_heir){.room = room, .user = user, .role = role};
}

void plan_inherit(struct plan *p, const struct plan_step *s, int64_t ts)
{
    int64_t user = has_owner(p, s->room->id) ? 0 : next_of(p, s->room->id);
    if (user == 0)
        return;
    make_owner(p, s->room->id, user);
    struct event *event = plan_append(p, s->room, EVENT_ROLE, s->entry->user, ts);
    struct buf *data = &p->datas[event - p->events];
    struct jsonw w = jsonw_on(data);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "user", user);
    jsonw_cstr(&w, "role", role_name(ROLE_OWNER));
    jsonw_obj_end(&w);
    event->data = buf_view(data);
}
