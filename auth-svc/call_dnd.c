/* dnd: when one is not to be disturbed. What is not named is off. */
#include "calls.h"
#include "err.h"
#include "me.h"

enum { DAYS = 7, DAY_MINUTES = 1440 };

/* Seven minutes of a day; NULL when not named. */
static int put_week(struct db_params *p, const struct jval *week)
{
    if (!week) {
        db_p_null(p);
        return 0;
    }
    if (!jval_is_array(week) || jval_count(week) != DAYS)
        return ERR_BAD_REQUEST;
    db_p_array(p);
    for (size_t i = 0; i < DAYS; i++) {
        int64_t minute;
        if (!jval_int(jval_at(week, i), &minute) || minute < 0 || minute > DAY_MINUTES)
            return ERR_BAD_REQUEST;
        db_p_array_int(p, minute);
    }
    db_p_array_end(p);
    return 0;
}

static int put_until(struct db_params *p, const struct jval *args)
{
    int64_t until;
    if (!jval_get(args, "until"))
        db_p_null(p);
    else if (!jval_get_int(args, "until", &until) || until < 0)
        return ERR_BAD_REQUEST;
    else
        db_p_int(p, until);
    return 0;
}

void call_dnd(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "UPDATE auth.users AS u SET dnd_until = CASE WHEN $2::bigint IS NOT NULL "
        "THEN to_timestamp(least($2::bigint, 253402300799000) / 1000.0) END, "
        "quiet_from = $3::smallint[], quiet_to = $4::smallint[], profile_version = profile_version + 1 "
        "WHERE id = $1::bigint AND disabled_at IS NULL RETURNING " ME_COLUMNS;
    const struct jval *args = rpc_args(req);
    const struct jval *from = jval_get(args, "quiet_from"), *to = jval_get(args, "quiet_to");
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = !from == !to ? put_until(&p, args) : ERR_BAD_REQUEST;
    err = err ? err : put_week(&p, from);
    err = err ? err : put_week(&p, to);
    if (!err) {
        me_run(service, req, sql, &p, true);
        return;
    }
    buf_fini(&p.text);
    rpc_fail(req, err, NULL);
}
