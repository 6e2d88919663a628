/* own_rows: what auth-svc has of the caller, a page of one table; asked by media-svc, which makes the archive. Only for
 * a login whose password was typed a moment ago. */
#include "auth.h"
#include "calls.h"
#include "err.h"
#include "own_rows.h"
#include "session_store.h"

static void on_rows(void *arg, int err, const struct db_result *r)
{
    struct rpc_request *req = arg;
    struct buf text = {0};
    /* Of a table of ours there is a row at least, which says that there is no more. */
    if (!err && db_rows(r) == 0)
        err = ERR_NOT_CONFIRMED;
    if (err) {
        rpc_fail(req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    own_rows_put(r, &text);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

void call_own_rows(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "SELECT o.line, o.key FROM auth.sessions s, auth.own_rows(s.user_id, $3, $4::text[], $5::int) o "
        "WHERE s.id = $1::uuid AND s.user_id = $2::bigint AND s.revoked_at IS NULL AND s.expires_at > now() "
        "AND s.confirmed_at > now() - make_interval(secs => $6::int)";
    const struct caller *caller = rpc_caller(req);
    struct str table, after;
    if (!session_id_ok(caller->session) || !jval_get_str(rpc_args(req), "table", &table)) {
        rpc_fail(req, ERR_BAD_REQUEST, NULL);
        return;
    }
    struct db_params p = {0};
    db_p_str(&p, caller->session);
    db_p_int(&p, caller->user);
    db_p_str(&p, table);
    if (jval_get_str(rpc_args(req), "after", &after))
        db_p_str(&p, after);
    else
        db_p_null(&p);
    db_p_int(&p, OWN_ROWS_MOST);
    db_p_int(&p, OWN_ROWS_CONFIRMED_S);
    int err = auth_query(service, sql, &p, on_rows, req);
    if (err)
        rpc_fail(req, err, NULL);
}
