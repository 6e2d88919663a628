/* token: whom a personal access token lets in, and to what. Asked by gateways, with the digest of the token. */
#include "auth.h"
#include "calls.h"
#include "err.h"
#include "jsonw.h"
#include "personal_token.h"

/* Columns: id, user, scopes as JSON, expires, revoked?, expired? */
static int state_of(const struct db_result *r)
{
    if (db_rows(r) == 0)
        return ERR_UNAUTHORIZED;
    if (db_bool(r, 0, 4))
        return ERR_SESSION_REVOKED;
    return db_bool(r, 0, 5) ? ERR_TOKEN_EXPIRED : 0;
}

static void token_reply(void *arg, int err, const struct db_result *r)
{
    struct buf text = {0};
    if (!err)
        err = state_of(r);
    if (err) {
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "id", db_str(r, 0, 0));
    jsonw_id(&w, "user", db_int(r, 0, 1));
    jsonw_raw(&w, "scopes", db_str(r, 0, 2));
    if (!db_is_null(r, 0, 3))
        jsonw_int(&w, "expires_at", db_int(r, 0, 3));
    jsonw_obj_end(&w);
    rpc_reply(arg, buf_view(&text));
    buf_fini(&text);
}

static bool is_digest(struct str hex)
{
    for (size_t i = 0; i < hex.n; i++)
        if (str_hex_digit(hex.p[i]) < 0)
            return false;
    return hex.n == (size_t)2 * PERSONAL_TOKEN_DIGEST;
}

void call_token(void *service, struct rpc_request *req)
{
    /* Gateways ask again every minute that a token is in use, so that is how well it is known when it was used. A bot
     * lives as long as its owner does. */
    static const char sql[] =
        "WITH t AS (SELECT t.id, t.user_id, t.scopes, t.expires_at, "
        "t.revoked_at IS NOT NULL OR u.disabled_at IS NOT NULL OR o.disabled_at IS NOT NULL AS revoked, "
        "t.expires_at <= now() AS expired "
        "FROM auth.access_tokens t JOIN auth.users u ON u.id = t.user_id LEFT JOIN auth.users o ON o.id = u.owner_id "
        "WHERE t.hash = decode($1, 'hex')), "
        "used AS (UPDATE auth.access_tokens a SET last_used_at = now() FROM t WHERE a.id = t.id AND NOT t.revoked "
        "AND t.expired IS NOT TRUE AND (a.last_used_at IS NULL OR a.last_used_at < now() - interval '30 seconds')) "
        "SELECT id, user_id, array_to_json(scopes), floor(extract(epoch FROM expires_at) * 1000)::bigint, revoked, "
        "coalesce(expired, false) FROM t";
    struct str digest;
    struct db_params p = {0};
    int err = ERR_BAD_REQUEST;
    if (jval_get_str(rpc_args(req), "digest", &digest) && is_digest(digest)) {
        db_p_str(&p, digest);
        err = auth_query(service, sql, &p, token_reply, req);
    }
    if (err)
        rpc_fail(req, err, NULL);
}
