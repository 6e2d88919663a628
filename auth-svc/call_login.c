/* login: a password for a session. The same work and the same answer for a wrong password and for nobody's name. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "limits.h"
#include "password.h"
#include "username.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    struct buf key;      /* what the name folds to: an account's key, or what was typed when it is no name */
    struct str password; /* in the request's arguments */
    int64_t user;        /* 0: nobody */
    char *hash;          /* stored; NULL: nobody's */
    char *better;        /* replaces it; NULL: no need */
};

static void end(struct ctx *c)
{
    buf_fini(&c->key);
    free(c->hash);
    free(c->better);
    free(c);
}

static void fail(struct ctx *c, int err)
{
    rpc_fail(c->req, err, NULL);
    end(c);
}

static size_t limits_of(const struct ctx *c, struct limit limits[LIMITS_MAX])
{
    limits_of_password(limits, buf_view(&c->key), rpc_caller(c->req)->address);
    return LIMITS_MAX;
}

static void login_reply(void *arg, int err, const struct session *session)
{
    struct ctx *c = arg;
    if (err) {
        fail(c, err);
        return;
    }
    metric_add(c->a->m.logins_ok, 1);
    answer_login(c->a, c->req, session);
    end(c);
}

static void login_start(struct ctx *c)
{
    const char *hash = c->better ? c->better : c->hash;
    int err = session_start(c->a, c->user, str_of(hash), rpc_caller(c->req), login_reply, c);
    if (err)
        fail(c, err);
}

static void login_rehashed(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    if (err || db_changed(r) == 0) {
        /* Not replaced: another login did, or the password was changed. The old hash decides. */
        free(c->better);
        c->better = NULL;
    } else {
        metric_add(c->a->m.rehashed, 1);
    }
    login_start(c);
}

/* The limits once more: of many guesses sent at once, those that ended after the limit was reached do not count, even
 * the right one. */
static void login_allowed(void *arg, int err)
{
    struct ctx *c = arg;
    if (err) {
        fail(c, err);
        return;
    }
    if (c->better && !user_rehash(c->a, c->user, str_of(c->hash), c->better, login_rehashed, c))
        return;
    free(c->better);
    c->better = NULL;
    login_start(c);
}

static void login_refuse(void *arg, int err)
{
    fail(arg, err ? err : ERR_BAD_CREDENTIALS);
}

static void login_verified(void *arg, int err, bool same, const char *better)
{
    struct ctx *c = arg;
    struct limit limits[LIMITS_MAX];
    size_t count = limits_of(c, limits);
    if (err) {
        fail(c, err);
    } else if (!same || !c->user) {
        metric_add(c->a->m.logins_failed, 1);
        if (limits_count(c->a, limits, count, login_refuse, c))
            login_refuse(c, 0);
    } else {
        c->better = better ? xstrdup(better) : NULL;
        if (limits_check(c->a, limits, count, login_allowed, c))
            login_allowed(c, 0);
    }
}

static void login_verify(void *arg, int err, const struct user *user)
{
    struct ctx *c = arg;
    if (user) {
        c->user = user->id;
        c->hash = xstrndup(user->password_hash);
    }
    if (!err || err == ERR_USER_NOT_FOUND)
        err = password_verify(c->a->passwords, c->password, c->hash, rpc_deadline(c->req), login_verified, c);
    if (err)
        fail(c, err);
}

static void login_find(void *arg, int err)
{
    struct ctx *c = arg;
    if (!err)
        err = user_by_key(c->a, buf_view(&c->key), login_verify, c);
    if (err)
        fail(c, err);
}

void call_login(void *service, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    struct str typed;
    struct username name;
    struct limit limits[LIMITS_MAX];
    c->a = service;
    c->req = req;
    if (!jval_get_str(rpc_args(req), "username", &typed) || !jval_get_str(rpc_args(req), "password", &c->password)) {
        fail(c, ERR_BAD_REQUEST);
        return;
    }
    /* What cannot be a name is looked up all the same: the time an answer takes tells nothing. */
    buf_str(&c->key, !username_parse(typed, &name) ? buf_view(&name.key) : typed);
    username_free(&name);
    if (limits_check(c->a, limits, limits_of(c, limits), login_find, c))
        login_find(c, 0);
}
