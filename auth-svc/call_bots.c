/* bots, bot_make, bot_rename, bot_end: programs that take part as users of their own. A bot has an owner and no
 * password: it comes in by access tokens only (call_tokens.c). */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "ending.h"
#include "err.h"
#include "limits.h"
#include "notice.h"
#include "username.h"

enum { MAX_BOTS = 20 };

/* ---- listing ---- */

static void bots_reply(void *arg, int err, const struct db_result *r)
{
    struct buf text = {0};
    if (err) {
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "bots");
    for (size_t i = 0; i < db_rows(r); i++) {
        struct user user;
        user_of_row(r, i, &user);
        answer_put_user(&w, NULL, &user);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    rpc_reply(arg, buf_view(&text));
    buf_fini(&text);
}

void call_bots(void *service, struct rpc_request *req)
{
    static const char sql[] = "SELECT " USER_COLUMNS " FROM auth.users u WHERE u.owner_id = $1::bigint "
                              "AND u.disabled_at IS NULL ORDER BY lower(u.display_name), u.id";
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = auth_query(service, sql, &p, bots_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}

/* ---- making and renaming: both answer with the bot ---- */

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    struct username name;
    struct buf display_name;
    int none; /* what no row means */
};

static void end(struct ctx *c)
{
    username_free(&c->name);
    buf_fini(&c->display_name);
    free(c);
}

static void fail(struct ctx *c, int err)
{
    rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    end(c);
}

static void bot_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    struct buf text = {0};
    struct user user;
    if (err == ERR_SQL && strcmp(db_sqlstate(r), "23505") == 0)
        err = ERR_USERNAME_TAKEN;
    else if (!err && db_rows(r) == 0)
        err = c->none;
    if (err) {
        fail(c, err);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    user_of_row(r, 0, &user);
    answer_put_user(&w, NULL, &user);
    /* Of a new one nobody knows yet. */
    if (user.version > 1)
        notice_changed(c->a, user.id);
    rpc_reply(c->req, buf_view(&text));
    buf_fini(&text);
    end(c);
}

static struct ctx *ctx_new(struct auth *a, struct rpc_request *req, int none)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->a = a;
    c->req = req;
    c->none = none;
    return c;
}

static void make_store(void *arg, int err)
{
    /* No text hashes to the empty one. */
    static const char sql[] =
        "INSERT INTO auth.users AS u (username, username_key, skeleton, display_name, password_hash, owner_id) "
        "SELECT $2, $3, $4, $5, '', o.id FROM auth.users o WHERE o.id = $1::bigint AND o.disabled_at IS NULL "
        "AND o.owner_id IS NULL AND (SELECT count(*) FROM auth.users b WHERE b.owner_id = o.id "
        "AND b.disabled_at IS NULL) < $6::bigint RETURNING " USER_COLUMNS;
    struct ctx *c = arg;
    struct db_params p = {0};
    if (!err) {
        db_p_int(&p, rpc_caller(c->req)->user);
        db_p_str(&p, buf_view(&c->name.shown));
        db_p_str(&p, buf_view(&c->name.key));
        db_p_str(&p, buf_view(&c->name.skeleton));
        db_p_str(&p, buf_view(&c->display_name));
        db_p_int(&p, MAX_BOTS);
        err = auth_query_in_turn(c->a, rpc_caller(c->req)->user, sql, &p, bot_reply, c);
    }
    if (err)
        fail(c, err);
}

static int make_parse(struct ctx *c)
{
    const struct jval *args = rpc_args(c->req);
    struct str username, display_name;
    if (!jval_get_str(args, "username", &username))
        return ERR_BAD_REQUEST;
    int err = username_parse_new(username, &c->name);
    if (!err && jval_get_str(args, "display_name", &display_name))
        return display_name_parse(display_name, &c->display_name);
    if (!err)
        buf_str(&c->display_name, buf_view(&c->name.shown));
    return err;
}

void call_bot_make(void *service, struct rpc_request *req)
{
    struct ctx *c = ctx_new(service, req, ERR_TOO_MANY_BOTS);
    int err = make_parse(c);
    if (err) {
        fail(c, err);
        return;
    }
    /* Bots that are deleted keep their names: they are counted as accounts are. */
    struct limit limit = {.kind = LIMIT_REGISTER, .address = rpc_caller(req)->address};
    if (limits_count(c->a, &limit, 1, make_store, c))
        make_store(c, 0);
}

void call_bot_rename(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "UPDATE auth.users AS u SET display_name = $3, profile_version = profile_version + 1 "
        "WHERE u.id = $1::bigint AND u.owner_id = $2::bigint AND u.disabled_at IS NULL RETURNING " USER_COLUMNS;
    struct ctx *c = ctx_new(service, req, ERR_NOT_FOUND);
    struct db_params p = {0};
    struct str typed;
    int64_t bot;
    int err = ERR_NOT_FOUND;
    if (jval_get_id(rpc_args(req), "bot", &bot))
        err = jval_get_str(rpc_args(req), "display_name", &typed) ? display_name_parse(typed, &c->display_name)
                                                                  : ERR_BAD_REQUEST;
    if (!err) {
        db_p_int(&p, bot);
        db_p_int(&p, rpc_caller(req)->user);
        db_p_str(&p, buf_view(&c->display_name));
        err = auth_query(c->a, sql, &p, bot_reply, c);
    }
    if (err)
        fail(c, err);
}

/* ---- deleting ---- */

void call_bot_end(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH b AS (UPDATE auth.users SET disabled_at = now() WHERE id = $1::bigint AND owner_id = $2::bigint "
        "AND disabled_at IS NULL RETURNING id), "
        "t AS (UPDATE auth.access_tokens t SET revoked_at = now() FROM b WHERE t.user_id = b.id "
        "AND t.revoked_at IS NULL RETURNING t.id) SELECT t.id FROM b LEFT JOIN t ON true";
    struct db_params p = {0};
    int64_t bot;
    if (!jval_get_id(rpc_args(req), "bot", &bot)) {
        rpc_fail(req, ERR_NOT_FOUND, NULL);
        return;
    }
    db_p_int(&p, bot);
    db_p_int(&p, rpc_caller(req)->user);
    ending_run(service, req, sql, &p, ERR_NOT_FOUND);
}
