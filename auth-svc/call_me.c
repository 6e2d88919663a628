/* me: who the caller is, and their settings. */
#include "calls.h"
#include "me.h"

void call_me(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "SELECT " ME_COLUMNS " FROM auth.users u WHERE u.id = $1::bigint AND u.disabled_at IS NULL";
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    me_run(service, req, sql, &p, false);
}
