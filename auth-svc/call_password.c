/* password: change the caller's password and end every other session. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "ending.h"
#include "err.h"
#include "password.h"
#include "password_ask.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    struct str fresh; /* in the request's arguments */
    char *hash;       /* stored until now */
    bool changed;
    bool alone; /* the second statement could not be sent: the first ends the request */
};

static void end(struct ctx *c)
{
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

static void password_known(void *arg, int err, const struct password_asked *asked)
{
    struct ctx *c = arg;
    if (!err)
        err = password_check(c->fresh, asked->username);
    if (!err) {
        c->hash = xstrdup(asked->hash);
        err = password_hash(c->a->passwords, c->fresh, rpc_deadline(c->req), password_store, c);
    }
    if (err)
        fail(c, err);
}

void call_password(void *service, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    struct str current;
    int err = ERR_BAD_REQUEST;
    c->a = service;
    c->req = req;
    if (jval_get_str(rpc_args(req), "current", &current) && jval_get_str(rpc_args(req), "new", &c->fresh))
        err = password_ask(c->a, rpc_caller(req), rpc_deadline(req), current, password_known, c);
    if (err)
        fail(c, err);
}
