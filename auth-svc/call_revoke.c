/* revoke: end one of the caller's own login sessions. */
#include "calls.h"
#include "ending.h"
#include "err.h"
#include "session_store.h"

void call_revoke(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "UPDATE auth.sessions SET revoked_at = now() WHERE id = $1::uuid AND user_id = $2::bigint "
        "AND revoked_at IS NULL AND expires_at > now() RETURNING id";
    struct str id;
    struct db_params p = {0};
    if (!jval_get_str(rpc_args(req), "session", &id) || !session_id_ok(id)) {
        rpc_fail(req, ERR_NOT_FOUND, NULL);
        return;
    }
    db_p_str(&p, id);
    db_p_int(&p, rpc_caller(req)->user);
    ending_run(service, req, sql, &p, ERR_NOT_FOUND);
}
