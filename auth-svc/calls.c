/* The table of calls. */
#include "calls.h"

const struct rpc_row auth_calls[AUTH_CALLS] = {
    {"jwks", call_jwks},         {"login", call_login},       {"logout", call_logout},     {"me", call_me},
    {"password", call_password}, {"refresh", call_refresh},   {"register", call_register}, {"revoke", call_revoke},
    {"revoked", call_revoked},   {"sessions", call_sessions}, {"user", call_user},         {"users", call_users},
};
