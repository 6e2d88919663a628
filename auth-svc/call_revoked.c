/* revoked: login sessions, and access tokens, that ended since a moment, for gateways, which a lost notice would leave
 * unaware. */
#include "auth.h"
#include "calls.h"
#include "err.h"
#include "jsonw.h"

/* KEEP_S: beyond, no access token is left of what ended. Its second minute is for clocks that differ. */
enum { KEEP_S = ACCESS_S + 120, PAGE = 5000 };

/* Of the page's end: a moment later than that of its last row, all rows of which are in the page. */
static void put_page(struct jsonw *w, const struct db_result *r)
{
    size_t rows = db_rows(r);
    bool complete = rows < PAGE;
    jsonw_obj(w, NULL);
    jsonw_int(w, "now", complete ? db_int(r, 0, 2) : db_int(r, rows - 1, 1) + 1);
    jsonw_arr(w, "sessions");
    for (size_t i = 0; i < rows; i++)
        if (!db_is_null(r, i, 0))
            jsonw_str(w, NULL, db_str(r, i, 0));
    jsonw_arr_end(w);
    jsonw_bool(w, "complete", complete);
    jsonw_obj_end(w);
}

static void revoked_reply(void *arg, int err, const struct db_result *r)
{
    struct rpc_request *req = arg;
    struct buf text = {0};
    if (err) {
        rpc_fail(req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    put_page(&w, r);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

void call_revoked(void *service, struct rpc_request *req)
{
    /* A row at least, for the database's clock. A session or a token ends when it is revoked or when its account,
     * or the owner of its bot, is disabled, whichever was first; WITH TIES, so that a page ends between two moments and
     * the next can begin at one. */
    static const char sql[] =
        "WITH since AS (SELECT greatest(to_timestamp($1::bigint / 1000.0), now() - make_interval(secs => $2::int)) AS t), "
        "ended AS (SELECT s.id, s.revoked_at AS t FROM since, auth.sessions s WHERE s.revoked_at >= since.t "
        "UNION ALL SELECT s.id, u.disabled_at FROM since, auth.users u JOIN auth.sessions s ON s.user_id = u.id "
        "WHERE u.disabled_at >= since.t AND s.revoked_at IS NULL AND s.expires_at > u.disabled_at "
        "UNION ALL SELECT t.id, t.revoked_at FROM since, auth.access_tokens t WHERE t.revoked_at >= since.t "
        "UNION ALL SELECT t.id, u.disabled_at FROM since, auth.users u "
        "JOIN auth.users b ON b.id = u.id OR b.owner_id = u.id JOIN auth.access_tokens t ON t.user_id = b.id "
        "WHERE u.disabled_at >= since.t AND t.revoked_at IS NULL), "
        "page AS (SELECT id, floor(extract(epoch FROM t) * 1000)::bigint AS ms FROM ended "
        "ORDER BY ms FETCH FIRST 5000 ROWS WITH TIES) "
        "SELECT page.id, page.ms, floor(extract(epoch FROM now()) * 1000)::bigint "
        "FROM (SELECT) one LEFT JOIN page ON true ORDER BY page.ms";
    struct db_params p = {0};
    int64_t since = 0;
    jval_get_int(rpc_args(req), "since", &since);
    db_p_int(&p, since > 0 ? since : 0);
    db_p_int(&p, KEEP_S);
    int err = auth_query(service, sql, &p, revoked_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}
