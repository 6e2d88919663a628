/* user: one person by id. */
#include "answer.h"
#include "calls.h"
#include "err.h"

static void user_reply(void *arg, int err, const struct user *user)
{
    if (err)
        rpc_fail(arg, err, NULL);
    else
        answer_user(arg, user);
}

void call_user(void *service, struct rpc_request *req)
{
    int64_t id;
    int err = jval_get_id(rpc_args(req), "user", &id) ? user_by_id(service, id, user_reply, req) : ERR_USER_NOT_FOUND;
    if (err)
        rpc_fail(req, err, NULL);
}
