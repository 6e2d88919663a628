/* The table of calls. */
#include "calls.h"

const struct rpc_row auth_calls[AUTH_CALLS] = {
    {"block", call_block},     {"blocks", call_blocks},       {"dnd", call_dnd},
    {"jwks", call_jwks},       {"login", call_login},         {"logout", call_logout},
    {"me", call_me},           {"no_status", call_no_status}, {"password", call_password},
    {"profile", call_profile}, {"refresh", call_refresh},     {"register", call_register},
    {"revoke", call_revoke},   {"revoked", call_revoked},     {"sessions", call_sessions},
    {"status", call_status},   {"unblock", call_unblock},     {"user", call_user},
    {"users", call_users},
};
