/* confirm: whoever is logged in types the password once more, and this login remembers for a while that it was. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "password_ask.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
};

static void fail(struct ctx *c, int err)
{
    rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    free(c);
}

static void confirm_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    if (err || db_changed(r) == 0) {
        fail(c, err ? err : ERR_SESSION_REVOKED);
        return;
    }
    answer_nothing(c->req);
    free(c);
}

/* Of a login session alone: an access token has none. */
static void confirm_store(void *arg, int err, const struct password_asked *asked)
{
    static const char sql[] =
        "UPDATE auth.sessions SET confirmed_at = now() WHERE id = $1::uuid AND user_id = $2::bigint "
        "AND revoked_at IS NULL AND expires_at > now()";
    struct ctx *c = arg;
    struct db_params p = {0};
    (void)asked;
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

void call_confirm(void *service, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    struct str password;
    int err = ERR_BAD_REQUEST;
    *c = (struct ctx){service, req};
    if (jval_get_str(rpc_args(req), "password", &password))
        err = password_ask(c->a, rpc_caller(req), rpc_deadline(req), password, confirm_store, c);
    if (err)
        fail(c, err);
}
