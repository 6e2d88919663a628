/* Waits a moment for what was seen elsewhere, then has it repaired. */
#include "suspects.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "channels.h"
#include "log.h"
#include "reconcile.h"
#include "repair.h"
#include "session.h"

enum {
    MAX_SUSPECTS = 10000,
    GRACE_MS = 500, /* for an event that is committed and not yet here */
};

struct suspect {
    enum channel_kind kind;
    int64_t id, head, mver;
};

struct suspects {
    struct gateway *gw;
    struct timer *grace;
    struct suspect *list;
    size_t count;
};

void suspects_add(struct suspects *s, const struct channel *c, int64_t head, int64_t mver)
{
    if (s->count >= MAX_SUSPECTS)
        return;
    if (s->count == 0)
        timer_start(s->grace, GRACE_MS, 0);
    s->list[s->count++] = (struct suspect){c->kind, c->id, head, mver};
}

void suspects_forget(struct suspects *s)
{
    s->count = 0;
}

/* Who is on the way in learns it there. */
static bool is_welcomed(const struct channel *user)
{
    LIST_EACH (&user->seats, it)
        if (session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber)->state == SESSION_READY)
            return true;
    return false;
}

static void user_lacks(struct gateway *gw, struct channel *user, int64_t head)
{
    log_info(NULL, "an event of a user was lost, looking up", "user=%" PRId64 " at=%" PRId64 " head=%" PRId64, user->id,
             user->last_useq, head);
    events_own_log_stands(user, head);
    reconcile_user(gw->reconcile, user->id);
}

static void grace_over(void *arg)
{
    struct suspects *s = arg;
    struct gateway *gw = s->gw;
    size_t n = s->count;
    s->count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct suspect *it = &s->list[i];
        struct channel *c = room_index_find(gw->index, it->kind, it->id);
        if (c && it->kind == CHANNEL_ROOM && c->known && c->last_seq < it->head)
            repair_room(gw->repair, c, it->head, it->mver);
        else if (c && it->kind == CHANNEL_USER && c->last_useq < it->head && is_welcomed(c))
            user_lacks(gw, c, it->head);
    }
}

void suspects_create(struct suspects **suspects_r, struct gateway *gw)
{
    struct suspects *s = xcalloc(1, sizeof(*s));
    s->gw = gw;
    s->list = xcalloc(MAX_SUSPECTS, sizeof(*s->list));
    timer_make(&s->grace, gw->process.loop, grace_over, s);
    *suspects_r = s;
}

void suspects_destroy(struct suspects **suspects)
{
    struct suspects *s = *suspects;
    if (!s)
        return;
    timer_destroy(&s->grace);
    free(s->list);
    free(s);
    *suspects = NULL;
}
