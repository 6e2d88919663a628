/* presence.changed: auth-svc says that the caller's profile is another than it was. */
#include "calls.h"
#include "err.h"
#include "presence_svc.h"

void call_changed(void *service, struct rpc_request *req)
{
    struct presence_svc *svc = service;
    int64_t user = rpc_caller(req)->user;
    if (user <= 0) {
        rpc_fail(req, ERR_BAD_REQUEST, NULL);
        return;
    }
    publisher_changed(svc->publisher, user);
    rpc_reply(req, STR("{}"));
}
