-- Gateways ask every few seconds which logins ended lately (the call auth.revoked): a walk over all sessions would grow
-- with the accounts, these grow with what ended.

CREATE INDEX sessions_revoked ON auth.sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX users_disabled ON auth.users (disabled_at) WHERE disabled_at IS NOT NULL;
