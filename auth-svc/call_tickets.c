/* invites, invite_make, invite_end: links to make an account by, for admins. What they let in: user_store.c. */
#include <stdlib.h>

#include "admin.h"
#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "secret.h"

enum { OPEN_MAX = 100 };
enum column { ID, BY, MADE, EXPIRES, USES };

#define OPEN "(i.expires_at IS NULL OR i.expires_at > now()) AND (i.uses_left IS NULL OR i.uses_left > 0)"
#define COLUMNS                                                         \
    "i.id, i.made_by, (extract(epoch FROM i.made_at) * 1000)::bigint, " \
    "(extract(epoch FROM i.expires_at) * 1000)::bigint, i.uses_left"

/* Columns from `col` on. */
static void put_invite(struct jsonw *w, const struct db_result *r, size_t row, int col, const char *token)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, col + ID));
    jsonw_id(w, "by", db_int(r, row, col + BY));
    jsonw_int(w, "created_at", db_int(r, row, col + MADE));
    if (!db_is_null(r, row, col + EXPIRES))
        jsonw_int(w, "expires_at", db_int(r, row, col + EXPIRES));
    if (!db_is_null(r, row, col + USES))
        jsonw_int(w, "uses_left", db_int(r, row, col + USES));
    if (token)
        jsonw_cstr(w, "token", token);
    jsonw_obj_end(w);
}

static void invites_reply(void *arg, int err, const struct db_result *r)
{
    struct buf text = {0};
    if (err) {
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "invites");
    for (size_t i = 0; i < db_rows(r); i++)
        put_invite(&w, r, i, 0, NULL);
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    rpc_reply(arg, buf_view(&text));
    buf_fini(&text);
}

static void invites_read(struct auth *a, struct rpc_request *req)
{
    int err = auth_query(a, "SELECT " COLUMNS " FROM auth.invites i WHERE " OPEN " ORDER BY i.id DESC", NULL,
                         invites_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}

void call_invites(void *service, struct rpc_request *req)
{
    admin_only(service, req, invites_read);
}

/* ---- a new one ---- */

struct ctx {
    struct rpc_request *req;
    char token[SECRET_TEXT];
};

static void on_made(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    struct buf text = {0};
    if (!err)
        err = err_from_code(db_str(r, 0, 0));
    if (err) {
        rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    } else {
        struct jsonw w = jsonw_on(&text);
        put_invite(&w, r, 0, 1, c->token);
        rpc_reply(c->req, buf_view(&text));
        buf_fini(&text);
    }
    free(c);
}

void call_invite_make(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH " ADMIN_ME ", made AS (INSERT INTO auth.invites AS i (hash, made_by, expires_at, uses_left) "
        "SELECT $2::bytea, me.id, CASE WHEN $3::bigint > 0 THEN now() + make_interval(secs => $3::bigint) END, "
        "CASE WHEN $4::bigint > 0 THEN $4::bigint END FROM me "
        "WHERE (SELECT count(*) FROM auth.invites i WHERE " OPEN ") < $5::bigint RETURNING i.*), "
        "said AS (INSERT INTO auth.audit (kind, actor, data) SELECT 'server_invite_made', made_by, jsonb_strip_nulls("
        "jsonb_build_object('invite', id::text, 'expires_at', (extract(epoch FROM expires_at) * 1000)::bigint, "
        "'uses', uses_left)) FROM made) "
        "SELECT CASE WHEN i.id IS NOT NULL THEN 'ok' WHEN EXISTS (SELECT FROM me) THEN 'too_many_invites' "
        "ELSE 'forbidden' END, " COLUMNS " FROM (SELECT) x LEFT JOIN made i ON true";
    struct ctx *c = xcalloc(1, sizeof(*c));
    struct db_params p = {0};
    int64_t seconds = 0, uses = 0;
    char digest[SECRET_DIGEST];
    c->req = req;
    secret_make(c->token);
    secret_digest(str_of(c->token), digest);
    jval_get_int(rpc_args(req), "expires_in_s", &seconds);
    jval_get_int(rpc_args(req), "uses", &uses);
    db_p_int(&p, rpc_caller(req)->user);
    db_p_bytes(&p, (struct str){digest, sizeof(digest)});
    db_p_int(&p, seconds);
    db_p_int(&p, uses);
    db_p_int(&p, OPEN_MAX);
    int err = auth_query_in_turn(service, 0, sql, &p, on_made, c);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}

/* ---- the end of one ---- */

static void invite_ended(struct auth *a, struct rpc_request *req, const struct db_result *r)
{
    (void)a;
    (void)r;
    answer_nothing(req);
}

void call_invite_end(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH " ADMIN_ME ", gone AS (DELETE FROM auth.invites WHERE id = $2::bigint AND EXISTS (SELECT FROM me) "
        "RETURNING id), said AS (INSERT INTO auth.audit (kind, actor, data) "
        "SELECT 'server_invite_ended', me.id, jsonb_build_object('invite', gone.id::text) FROM me, gone) "
        "SELECT CASE WHEN EXISTS (SELECT FROM me) THEN 'ok' ELSE 'forbidden' END";
    struct db_params p = {0};
    int64_t invite = 0;
    jval_get_id(rpc_args(req), "invite", &invite);
    db_p_int(&p, rpc_caller(req)->user);
    db_p_int(&p, invite);
    admin_change(service, req, 0, sql, &p, invite_ended);
}
