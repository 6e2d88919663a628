/* password: change the caller's password and end every other session. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "ending.h"
#include "err.h"
#include "limits.h"
#include "password.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    struct str current, fresh; /* in the request's arguments */
    struct buf key;            /* of the account, for its limit */
    char *hash;                /* stored until now */
    bool changed;
    bool alone; /* the second statement could not be sent: the first ends the request */
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

static void on_changed(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    c->changed = !err && db_changed(r) > 0;
    if (c->alone)
        fail(c, ERR_UNAVAILABLE);
}

static void password_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    if (err) {
        fail(c, err);
    } else if (!c->changed) {
        fail(c, ERR_BAD_CREDENTIALS); /* it was changed meanwhile */
    } else {
        ending_publish(c->a, r);
        answer_nothing(c->req);
        end(c);
    }
}

/* Two statements of one transaction: the second begins after the first has the user's row, so it sees the sessions of
 * logins that went before, and logins that come after find the password changed. */
static void password_store(void *arg, int err, const char *hash)
{
    static const char change[] =
        "UPDATE auth.users SET password_hash = $3 WHERE id = $1::bigint AND password_hash = $2 AND disabled_at IS NULL";
    static const char end_others[] =
        "UPDATE auth.sessions SET revoked_at = now() WHERE user_id = $1::bigint AND revoked_at IS NULL "
        "AND id IS DISTINCT FROM $2::uuid "
        "AND EXISTS (SELECT FROM auth.users WHERE id = $1::bigint AND password_hash = $3) RETURNING id";
    struct ctx *c = arg;
    const struct caller *caller = rpc_caller(c->req);
    struct db_params p = {0}, q = {0};
    if (err || c->a->closing) {
        fail(c, err ? err : ERR_UNAVAILABLE);
        return;
    }
    db_p_int(&p, caller->user);
    db_p_cstr(&p, c->hash);
    db_p_cstr(&p, hash);
    db_p_int(&q, caller->user);
    db_p_str(&q, caller->session);
    db_p_cstr(&q, hash);
    err = db_exec(c->a->tx, change, &p, on_changed, c);
    if (err) {
        buf_fini(&q.text);
        fail(c, err);
        return;
    }
    c->alone = db_exec(c->a->tx, end_others, &q, password_reply, c) != 0;
    db_sync(c->a->tx);
}

static void password_refuse(void *arg, int err)
{
    fail(arg, err ? err : ERR_BAD_CREDENTIALS);
}

static void password_allowed(void *arg, int err)
{
    struct ctx *c = arg;
    if (!err)
        err = password_hash(c->a->passwords, c->fresh, rpc_deadline(c->req), password_store, c);
    if (err)
        fail(c, err);
}

static void password_verified(void *arg, int err, bool same, const char *better)
{
    struct ctx *c = arg;
    struct limit limits[LIMITS_MAX];
    limits_of_password(limits, buf_view(&c->key), rpc_caller(c->req)->address);
    (void)better; /* it is replaced anyway */
    if (err) {
        fail(c, err);
    } else if (!same) {
        if (limits_count(c->a, limits, LIMITS_OF_ACCOUNT, password_refuse, c))
            password_refuse(c, 0);
    } else if (limits_check(c->a, limits, LIMITS_OF_ACCOUNT, password_allowed, c)) {
        password_allowed(c, 0);
    }
}

static void password_compare(void *arg, int err)
{
    struct ctx *c = arg;
    if (!err)
        err = password_verify(c->a->passwords, c->current, c->hash, rpc_deadline(c->req), password_verified, c);
    if (err)
        fail(c, err);
}

static void password_found(void *arg, int err, const struct user *user)
{
    struct ctx *c = arg;
    if (!err)
        err = password_check(c->fresh, user->username);
    if (err) {
        fail(c, err == ERR_USER_NOT_FOUND ? ERR_UNAUTHORIZED : err);
        return;
    }
    c->hash = xstrndup(user->password_hash);
    buf_str(&c->key, user->key);
    struct limit limits[LIMITS_MAX];
    limits_of_password(limits, buf_view(&c->key), rpc_caller(c->req)->address);
    if (limits_check(c->a, limits, LIMITS_OF_ACCOUNT, password_compare, c))
        password_compare(c, 0);
}

void call_password(void *service, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->a = service;
    c->req = req;
    int err = 0;
    if (!jval_get_str(rpc_args(req), "current", &c->current) || !jval_get_str(rpc_args(req), "new", &c->fresh))
        err = ERR_BAD_REQUEST;
    else if (!session_id_ok(rpc_caller(req)->session))
        err = ERR_UNAUTHORIZED;
    if (!err)
        err = user_by_id(c->a, rpc_caller(req)->user, password_found, c);
    if (err)
        fail(c, err);
}
