/* jwks: the public keys that access tokens are signed with. */
#include "auth.h"
#include "calls.h"
#include "err.h"
#include "keys.h"

void call_jwks(void *service, struct rpc_request *req)
{
    struct auth *a = service;
    struct buf text = {0};
    if (keys_trouble(a->keys)) {
        rpc_fail(req, ERR_UNAVAILABLE, NULL);
        return;
    }
    keys_jwks(a->keys, &text);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}
