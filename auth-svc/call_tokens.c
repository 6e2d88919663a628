/* tokens, token_make, token_end: personal access tokens, the caller's own or those of a bot of the caller's (bot). */
#include <sodium.h>
#include <stdlib.h>

#include "alloc.h"
#include "calls.h"
#include "clock.h"
#include "ending.h"
#include "err.h"
#include "jsonw.h"
#include "personal_token.h"
#include "scope.h"
#include "secret.h"
#include "session_store.h"
#include "username.h"

enum { MAX_TOKENS = 50 };

/* $1 is whose they are, $2 who asks. */
#define WHOSE "u.id = $1::bigint AND (u.id = $2::bigint OR u.owner_id = $2::bigint) AND u.disabled_at IS NULL"

static void put_whose(struct db_params *p, struct rpc_request *req)
{
    int64_t whose = rpc_caller(req)->user;
    jval_get_id(rpc_args(req), "bot", &whose);
    db_p_int(p, whose);
    db_p_int(p, rpc_caller(req)->user);
}

/* ---- listing ---- */

/* Columns: id, name, scopes as JSON, created, last used, expires. */
static void put_token(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_str(w, "id", db_str(r, row, 0));
    jsonw_str(w, "name", db_str(r, row, 1));
    jsonw_raw(w, "scopes", db_str(r, row, 2));
    jsonw_int(w, "created_at", db_int(r, row, 3));
    if (!db_is_null(r, row, 4))
        jsonw_int(w, "last_used_at", db_int(r, row, 4));
    if (!db_is_null(r, row, 5))
        jsonw_int(w, "expires_at", db_int(r, row, 5));
    jsonw_obj_end(w);
}

/* No row: nobody's, or not the caller's. One without a token: there are none. */
static void tokens_reply(void *arg, int err, const struct db_result *r)
{
    struct buf text = {0};
    if (!err && db_rows(r) == 0)
        err = ERR_NOT_FOUND;
    if (err) {
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "tokens");
    for (size_t i = 0; i < db_rows(r); i++)
        if (!db_is_null(r, i, 0))
            put_token(&w, r, i);
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    rpc_reply(arg, buf_view(&text));
    buf_fini(&text);
}

void call_tokens(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "SELECT t.id, t.name, array_to_json(t.scopes), floor(extract(epoch FROM t.created_at) * 1000)::bigint, "
        "floor(extract(epoch FROM t.last_used_at) * 1000)::bigint, "
        "floor(extract(epoch FROM t.expires_at) * 1000)::bigint FROM auth.users u "
        "LEFT JOIN auth.access_tokens t ON t.user_id = u.id AND t.revoked_at IS NULL WHERE " WHOSE
        " ORDER BY t.created_at DESC, t.id LIMIT 200";
    struct db_params p = {0};
    put_whose(&p, req);
    int err = auth_query(service, sql, &p, tokens_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}

/* ---- making ---- */

struct ctx {
    struct rpc_request *req;
    struct buf name;
    int64_t expires_ms; /* 0: never */
    char token[PERSONAL_TOKEN_TEXT];
};

static void end(struct ctx *c)
{
    sodium_memzero(c->token, sizeof(c->token));
    buf_fini(&c->name);
    free(c);
}

static void fail(struct ctx *c, int err)
{
    rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    end(c);
}

/* Columns: is there whom it is for, id, scopes as JSON, created. */
static void make_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    struct buf text = {0};
    if (!err && !db_bool(r, 0, 0))
        err = ERR_NOT_FOUND;
    else if (!err && db_is_null(r, 0, 1))
        err = ERR_TOO_MANY_TOKENS;
    if (err) {
        fail(c, err);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "id", db_str(r, 0, 1));
    jsonw_str(&w, "name", buf_view(&c->name));
    jsonw_raw(&w, "scopes", db_str(r, 0, 2));
    jsonw_int(&w, "created_at", db_int(r, 0, 3));
    if (c->expires_ms > 0)
        jsonw_int(&w, "expires_at", c->expires_ms);
    jsonw_cstr(&w, "token", c->token);
    jsonw_obj_end(&w);
    rpc_reply(c->req, buf_view(&text));
    sodium_memzero(text.p, text.n);
    buf_fini(&text);
    end(c);
}

/* At least one, each of the table, each once. */
static bool put_scopes(struct db_params *p, const struct jval *scopes)
{
    uint32_t all = 0;
    struct str name;
    if (jval_count(scopes) == 0)
        return false;
    db_p_array(p);
    for (size_t i = 0; i < jval_count(scopes); i++) {
        uint32_t one = jval_str(jval_at(scopes, i), &name) ? scope_named(name) : 0;
        if (one == 0 || (all & one) != 0)
            return false;
        all |= one;
        db_p_array_str(p, name);
    }
    db_p_array_end(p);
    return true;
}

/* What is asked for, as parameters from $4 on. */
static int make_parse(struct ctx *c, struct db_params *p)
{
    const struct jval *args = rpc_args(c->req);
    struct str typed;
    char digest[SECRET_DIGEST];
    if (!jval_get_str(args, "name", &typed))
        return ERR_BAD_REQUEST;
    int err = display_name_parse(typed, &c->name);
    if (err)
        return err;
    secret_make_personal(c->token);
    secret_digest(str_of(c->token), digest);
    db_p_bytes(p, (struct str){digest, sizeof(digest)});
    db_p_str(p, buf_view(&c->name));
    if (!put_scopes(p, jval_get(args, "scopes")))
        return ERR_BAD_REQUEST;
    if (jval_get_int(args, "expires_at", &c->expires_ms) && c->expires_ms <= clock_wall_ms())
        return ERR_BAD_REQUEST;
    if (c->expires_ms > 0)
        db_p_int(p, c->expires_ms);
    else
        db_p_null(p);
    db_p_int(p, MAX_TOKENS);
    return 0;
}

void call_token_make(void *service, struct rpc_request *req)
{
    /* By a login that goes on: the gateway refuses tokens here, and so does this. */
    static const char sql[] =
        "WITH u AS (SELECT u.id FROM auth.users u WHERE " WHOSE " AND EXISTS (SELECT FROM auth.sessions s "
        "WHERE s.id = $3::uuid AND s.user_id = $2::bigint AND s.revoked_at IS NULL)), "
        "made AS (INSERT INTO auth.access_tokens (user_id, hash, name, scopes, expires_at) "
        "SELECT u.id, $4::bytea, $5, $6::text[], "
        /* least() leaves out what is NULL: never would be a day. */
        "CASE WHEN $7::bigint IS NOT NULL THEN to_timestamp(least($7::bigint, 253402300799000) / 1000.0) END FROM u "
        "WHERE (SELECT count(*) FROM auth.access_tokens t WHERE t.user_id = u.id AND t.revoked_at IS NULL) < $8::bigint "
        "RETURNING id, scopes, created_at) "
        "SELECT EXISTS (SELECT FROM u), made.id, array_to_json(made.scopes), "
        "floor(extract(epoch FROM made.created_at) * 1000)::bigint FROM (SELECT) one LEFT JOIN made ON true";
    struct db_params p = {0};
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->req = req;
    if (!session_id_ok(rpc_caller(req)->session)) {
        fail(c, ERR_UNAUTHORIZED);
        return;
    }
    put_whose(&p, req);
    db_p_str(&p, rpc_caller(req)->session);
    int err = make_parse(c, &p);
    if (err)
        buf_fini(&p.text);
    else
        err = auth_query_in_turn(service, rpc_caller(req)->user, sql, &p, make_reply, c);
    if (err)
        fail(c, err);
}

/* ---- revoking ---- */

void call_token_end(void *service, struct rpc_request *req)
{
    static const char sql[] = "UPDATE auth.access_tokens t SET revoked_at = now() FROM auth.users u WHERE " WHOSE
                              " AND t.user_id = u.id AND t.id = $3::uuid AND t.revoked_at IS NULL RETURNING t.id";
    struct str id;
    struct db_params p = {0};
    if (!jval_get_str(rpc_args(req), "token", &id) || !session_id_ok(id)) {
        rpc_fail(req, ERR_NOT_FOUND, NULL);
        return;
    }
    put_whose(&p, req);
    db_p_str(&p, id);
    ending_run(service, req, sql, &p, ERR_NOT_FOUND);
}
