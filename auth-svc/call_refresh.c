/* refresh: a new access token and a new refresh token for a refresh token. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "keys.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
};

static void refresh_reply(void *arg, int err, const struct session *session)
{
    struct ctx *c = arg;
    if (err)
        rpc_fail(c->req, err, NULL);
    else
        answer_login(c->a, c->req, session);
    free(c);
}

void call_refresh(void *service, struct rpc_request *req)
{
    struct auth *a = service;
    struct str token;
    if (!jval_get_str(rpc_args(req), "refresh_token", &token)) {
        rpc_fail(req, ERR_SESSION_REVOKED, NULL);
        return;
    }
    /* A token is used up by being exchanged: not while its successor's owner could not be given an access token. */
    const char *pem, *kid;
    if (!keys_signing(a->keys, &pem, &kid)) {
        rpc_fail(req, ERR_UNAVAILABLE, NULL);
        return;
    }
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->a = a;
    c->req = req;
    int err = session_refresh(a, token, rpc_caller(req), refresh_reply, c);
    if (err)
        refresh_reply(c, err, NULL);
}
