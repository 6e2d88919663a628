/* register: make an account and log in. */
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
    struct username name;
    struct buf display_name;
    struct str password, invite; /* in the request's arguments */
    char *hash;
};

static void end(struct ctx *c)
{
    username_free(&c->name);
    buf_fini(&c->display_name);
    free(c->hash);
    free(c);
}

static void fail(struct ctx *c, int err)
{
    rpc_fail(c->req, err, NULL);
    end(c);
}

static void register_reply(void *arg, int err, const struct session *session)
{
    struct ctx *c = arg;
    if (err) {
        fail(c, err);
        return;
    }
    metric_add(c->a->m.registered, 1);
    answer_login(c->a, c->req, session);
    end(c);
}

static void register_login(void *arg, int err, const struct user *user)
{
    struct ctx *c = arg;
    if (!err)
        err = session_start(c->a, user->id, str_of(c->hash), rpc_caller(c->req), register_reply, c);
    if (err)
        fail(c, err);
}

static void register_store(void *arg, int err, const char *hash)
{
    struct ctx *c = arg;
    if (!err) {
        c->hash = xstrdup(hash);
        err = user_create(c->a, &c->name, buf_view(&c->display_name), hash, c->invite, register_login, c);
    }
    if (err)
        fail(c, err);
}

static void register_hash(void *arg, int err)
{
    struct ctx *c = arg;
    if (!err)
        err = password_hash(c->a->passwords, c->password, rpc_deadline(c->req), register_store, c);
    if (err)
        fail(c, err);
}

static int register_parse(struct ctx *c)
{
    const struct jval *args = rpc_args(c->req);
    struct str username, display_name;
    if (!jval_get_str(args, "username", &username) || !jval_get_str(args, "password", &c->password))
        return ERR_BAD_REQUEST;
    jval_get_str(args, "invite", &c->invite);
    int err = username_parse_new(username, &c->name);
    if (!err && jval_get(args, "display_name"))
        err = jval_get_str(args, "display_name", &display_name) ? display_name_parse(display_name, &c->display_name)
                                                                : ERR_BAD_REQUEST;
    else if (!err)
        buf_str(&c->display_name, buf_view(&c->name.shown));
    return err ? err : password_check(c->password, buf_view(&c->name.shown));
}

void call_register(void *service, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->a = service;
    c->req = req;
    int err = register_parse(c);
    if (err) {
        fail(c, err);
        return;
    }
    struct limit limit = {.kind = LIMIT_REGISTER, .address = rpc_caller(req)->address};
    if (limits_count(c->a, &limit, 1, register_hash, c))
        register_hash(c, 0);
}
