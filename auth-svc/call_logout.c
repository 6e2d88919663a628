/* logout: end the session of the refresh token or of the access token; harmless without either. */
#include "answer.h"
#include "calls.h"
#include "ending.h"

void call_logout(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "UPDATE auth.sessions SET revoked_at = now() WHERE revoked_at IS NULL AND (id = $1::uuid OR "
        "id = (SELECT session_id FROM auth.refresh_tokens WHERE hash = $2::bytea)) RETURNING id";
    const struct caller *caller = rpc_caller(req);
    struct db_params p = {0};
    struct str token;
    char digest[SECRET_DIGEST];
    bool by_session = session_id_ok(caller->session), by_token = jval_get_str(rpc_args(req), "refresh_token", &token);
    if (!by_session && !by_token) {
        answer_nothing(req);
        return;
    }
    if (by_session)
        db_p_str(&p, caller->session);
    else
        db_p_null(&p);
    if (by_token) {
        secret_digest(token, digest);
        db_p_bytes(&p, (struct str){digest, sizeof(digest)});
    } else {
        db_p_null(&p);
    }
    ending_run(service, req, sql, &p, 0);
}
