/* sessions: the caller's login sessions, the latest used first. */
#include <stdlib.h>

#include "alloc.h"
#include "auth.h"
#include "calls.h"
#include "err.h"
#include "jsonw.h"

static void put_session(struct jsonw *w, const struct db_result *r, size_t row, struct str current)
{
    jsonw_obj(w, NULL);
    jsonw_str(w, "id", db_str(r, row, 0));
    jsonw_bool(w, "current", str_eq(db_str(r, row, 0), current));
    jsonw_int(w, "created_at", db_int(r, row, 1));
    jsonw_int(w, "last_used_at", db_int(r, row, 2));
    jsonw_str(w, "address", db_str(r, row, 3));
    jsonw_str(w, "user_agent", db_str(r, row, 4));
    jsonw_obj_end(w);
}

static void sessions_reply(void *arg, int err, const struct db_result *r)
{
    struct rpc_request *req = arg;
    struct buf text = {0};
    if (err) {
        rpc_fail(req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "sessions");
    for (size_t i = 0; i < db_rows(r); i++)
        put_session(&w, r, i, rpc_caller(req)->session);
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

void call_sessions(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "SELECT id, (extract(epoch FROM created_at) * 1000)::bigint, (extract(epoch FROM last_used_at) * 1000)::bigint, "
        "address, user_agent FROM auth.sessions WHERE user_id = $1::bigint AND revoked_at IS NULL AND expires_at > now() "
        "ORDER BY last_used_at DESC, id LIMIT 200";
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = auth_query(service, sql, &p, sessions_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}
