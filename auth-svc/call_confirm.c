/* confirm: whoever is logged in types the password once more, and this login remembers for a while that it was. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "limits.h"
#include "password.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    struct str password; /* in the request's arguments */
    struct buf key;      /* of the account, for its limit */
    char *hash;
};

static void end(struct ctx *c)
{
    buf_fini(&c->key);
    free(c->hash);
    free(c);
}

static void fail(struct ctx *c, int err)
{
    rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    end(c);
}

static void confirm_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    if (err || db_changed(r) == 0) {
        fail(c, err ? err : ERR_SESSION_REVOKED);
        return;
    }
    answer_nothing(c->req);
    end(c);
}

/* Of a login session alone: an access token has none. */
static void confirm_store(void *arg, int err)
{
    static const char sql[] =
        "UPDATE auth.sessions SET confirmed_at = now() WHERE id = $1::uuid AND user_id = $2::bigint "
        "AND revoked_at IS NULL AND expires_at > now()";
    struct ctx *c = arg;
    struct db_params p = {0};
    if (err) {
        fail(c, err);
        return;
    }
    db_p_str(&p, rpc_caller(c->req)->session);
    db_p_int(&p, rpc_caller(c->req)->user);
    err = auth_query(c->a, sql, &p, confirm_reply, c);
    if (err)
        fail(c, err);
}

static void confirm_refuse(void *arg, int err)
{
    fail(arg, err ? err : ERR_BAD_CREDENTIALS);
}

static void confirm_verified(void *arg, int err, bool same, const char *better)
{
    struct ctx *c = arg;
    struct limit limits[LIMITS_MAX];
    limits_of_password(limits, buf_view(&c->key), rpc_caller(c->req)->address);
    (void)better; /* the next login is early enough */
    if (err) {
        fail(c, err);
    } else if (!same) {
        if (limits_count(c->a, limits, LIMITS_OF_ACCOUNT, confirm_refuse, c))
            confirm_refuse(c, 0);
    } else if (limits_check(c->a, limits, LIMITS_OF_ACCOUNT, confirm_store, c)) {
        confirm_store(c, 0);
    }
}

static void confirm_compare(void *arg, int err)
{
    struct ctx *c = arg;
    if (!err)
        err = password_verify(c->a->passwords, c->password, c->hash, rpc_deadline(c->req), confirm_verified, c);
    if (err)
        fail(c, err);
}

static void confirm_found(void *arg, int err, const struct user *user)
{
    struct ctx *c = arg;
    if (err) {
        fail(c, err == ERR_USER_NOT_FOUND ? ERR_UNAUTHORIZED : err);
        return;
    }
    c->hash = xstrndup(user->password_hash);
    buf_str(&c->key, user->key);
    struct limit limits[LIMITS_MAX];
    limits_of_password(limits, buf_view(&c->key), rpc_caller(c->req)->address);
    if (limits_check(c->a, limits, LIMITS_OF_ACCOUNT, confirm_compare, c))
        confirm_compare(c, 0);
}

void call_confirm(void *service, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->a = service;
    c->req = req;
    int err = 0;
    if (!jval_get_str(rpc_args(req), "password", &c->password))
        err = ERR_BAD_REQUEST;
    else if (!session_id_ok(rpc_caller(req)->session))
        err = ERR_UNAUTHORIZED;
    if (!err)
        err = user_by_id(c->a, rpc_caller(req)->user, confirm_found, c);
    if (err)
        fail(c, err);
}
