/* Decides what becomes of a reported message: for those who look after its room, and for admins, who need not be in it.
 */
#include "err.h"
#include "plan_acts.h"

/* Whether who asks may deal with the report at all. Nobody judges his own message but an admin. */
static int check_judge(struct plan_step *s)
{
    if (!s->room->found)
        return ERR_ROOM_NOT_FOUND;
    if (s->admin)
        return 0;
    if (!s->who->is)
        return plan_refuse_outsider(s);
    return plan_may(s, PERMISSION_REPORTS) && s->entry->target != s->entry->user ? 0 : ERR_FORBIDDEN;
}

/* Whether he may do that: a moderator what he may do without a report; an admin all of it. */
static int check_power(const struct plan_step *s)
{
    enum settlement how = s->entry->settlement;
    bool out = how == SETTLEMENT_REMOVE || how == SETTLEMENT_BAN;
    if (out && s->room->kind == ROOM_DM)
        return ERR_FORBIDDEN;
    if (how == SETTLEMENT_BAN && !s->user->exists)
        return ERR_USER_NOT_FOUND;
    /* auth-svc disables accounts; here it is only written down, and not unless it was done. */
    if (how == SETTLEMENT_DISABLE)
        return s->admin && !s->user->exists ? 0 : ERR_FORBIDDEN;
    if (s->admin || how == SETTLEMENT_DISMISS)
        return 0;
    if (!plan_may(s, PERMISSION_DELETE_ANY))
        return ERR_FORBIDDEN;
    if (!out)
        return 0;
    if (!plan_may(s, how == SETTLEMENT_BAN ? PERMISSION_BAN : PERMISSION_KICK))
        return ERR_FORBIDDEN;
    return s->whom->is && !outranks(s->who->role, s->whom->role) ? ERR_FORBIDDEN : 0;
}

int plan_run_settle(struct plan *p, struct plan_step *s, int64_t ts)
{
    int err = check_judge(s);
    if (err != 0)
        return err;
    if (!s->reported || !s->target->found || s->target->sender != s->entry->target)
        return ERR_REPORT_NOT_FOUND;
    if (!s->report_open)
        return 0;
    err = check_power(s);
    if (err != 0)
        return err;
    if (s->entry->settlement != SETTLEMENT_DISMISS)
        plan_erase(p, s, ts);
    if (s->entry->settlement == SETTLEMENT_BAN)
        plan_shut_out(p, s, ts);
    else if (s->entry->settlement == SETTLEMENT_REMOVE && s->whom->is)
        plan_take_out(p, s, s->whom, EVENT_REMOVED, ts);
    s->settled = true;
    return 0;
}
