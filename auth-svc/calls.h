/* What auth-svc answers (rpc:{auth}). One call, one file; arguments and answers are those of protocol/ops.json. */
#ifndef PARLEY_CALLS_H
#define PARLEY_CALLS_H

#include "rpc.h"

rpc_call_fn call_account_change, call_account_logout, call_accounts, call_block, call_blocks, call_bot_end,
    call_bot_make, call_bot_rename, call_bots, call_confirm, call_dnd, call_group, call_group_add, call_group_change,
    call_group_end, call_group_make, call_group_remove, call_groups, call_invite_end, call_invite_make, call_invites,
    call_jwks, call_login, call_logout, call_me, call_no_status, call_own_rows, call_password, call_profile,
    call_refresh, call_register, call_revoke, call_revoked, call_server, call_sessions, call_settings,
    call_settings_change, call_status, call_token, call_token_end, call_token_make, call_tokens, call_unblock,
    call_user, call_users;

enum { AUTH_CALLS = 45 };
extern const struct rpc_row auth_calls[AUTH_CALLS];

#endif
