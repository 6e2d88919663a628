/* status: what one says of the moment. no_status: taken back. */
#include "calls.h"
#include "clock.h"
#include "err.h"
#include "me.h"
#include "prose.h"

enum { MAX_STATUS = 100 };

/* Something must be said, and end later than now if it ends at all. */
static int status_parse(const struct jval *args, struct str *emoji_r, struct buf *text, int64_t *expires_r)
{
    struct str typed = {"", 0};
    *emoji_r = (struct str){"", 0};
    *expires_r = 0;
    jval_get_str(args, "emoji", emoji_r);
    jval_get_str(args, "text", &typed);
    if (!prose_is_emoji(*emoji_r))
        return ERR_EMOJI_INVALID;
    int err = prose_parse(typed, MAX_STATUS, false, text);
    if (err)
        return err;
    if (jval_get(args, "expires_at") && (!jval_get_int(args, "expires_at", expires_r) || *expires_r <= clock_wall_ms()))
        return ERR_BAD_REQUEST;
    return emoji_r->n > 0 || text->n > 0 ? 0 : ERR_BAD_REQUEST;
}

void call_status(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "UPDATE auth.users AS u SET status_emoji = $2, status_text = $3, "
        "status_expires_at = CASE WHEN $4::bigint IS NOT NULL "
        "THEN to_timestamp(least($4::bigint, 253402300799000) / 1000.0) END, "
        "profile_version = profile_version + 1 WHERE id = $1::bigint AND disabled_at IS NULL RETURNING " ME_COLUMNS;
    struct buf text = {0};
    struct str emoji;
    int64_t expires;
    struct db_params p = {0};
    int err = status_parse(rpc_args(req), &emoji, &text, &expires);
    if (err) {
        rpc_fail(req, err, NULL);
    } else {
        db_p_int(&p, rpc_caller(req)->user);
        db_p_str(&p, emoji);
        db_p_str(&p, buf_view(&text));
        if (expires > 0)
            db_p_int(&p, expires);
        else
            db_p_null(&p);
        me_run(service, req, sql, &p, true);
    }
    buf_fini(&text);
}

void call_no_status(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "UPDATE auth.users AS u SET status_emoji = '', status_text = '', status_expires_at = NULL, "
        "profile_version = profile_version + 1 WHERE id = $1::bigint AND disabled_at IS NULL RETURNING " ME_COLUMNS;
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    me_run(service, req, sql, &p, true);
}
