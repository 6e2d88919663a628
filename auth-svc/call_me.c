/* me: who the caller is. */
#include "answer.h"
#include "calls.h"
#include "err.h"

static void me_reply(void *arg, int err, const struct user *user)
{
    if (err)
        rpc_fail(arg, err == ERR_USER_NOT_FOUND ? ERR_UNAUTHORIZED : err, NULL);
    else
        answer_user(arg, user);
}

void call_me(void *service, struct rpc_request *req)
{
    int err = user_by_id(service, rpc_caller(req)->user, me_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}
