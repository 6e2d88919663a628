/* presence.set: a gateway says what one connection is. */
#include "calls.h"
#include "err.h"
#include "presence_svc.h"

enum { MAX_GATEWAY_DIGITS = 32, MAX_CONN_DIGITS = 16 };

bool call_set_hex(struct str text, size_t max)
{
    if (text.n == 0 || text.n > max)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!((text.p[i] >= '0' && text.p[i] <= '9') || (text.p[i] >= 'a' && text.p[i] <= 'f')))
            return false;
    return true;
}

static void on_set(void *arg, int err)
{
    struct rpc_request *req = arg;
    if (err)
        rpc_fail(req, err, NULL);
    else
        rpc_reply(req, STR("{}"));
}

void call_set(void *service, struct rpc_request *req)
{
    struct presence_svc *svc = service;
    const struct jval *args = rpc_args(req);
    struct str gateway, conn, name;
    enum presence_state state;
    int64_t user = rpc_caller(req)->user;
    if (user <= 0 || !jval_get_str(args, "gateway", &gateway) || !call_set_hex(gateway, MAX_GATEWAY_DIGITS) ||
        !jval_get_str(args, "conn", &conn) || !call_set_hex(conn, MAX_CONN_DIGITS) ||
        !jval_get_str(args, "state", &name) || !presence_state_parse(name, &state)) {
        rpc_fail(req, ERR_BAD_REQUEST, NULL);
        return;
    }
    int err = presence_set(svc->presence, user, gateway, conn, state, rpc_id(req), on_set, req);
    if (err)
        rpc_fail(req, err, NULL);
}
