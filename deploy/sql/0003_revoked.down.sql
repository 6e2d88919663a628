-- Back to looking at every session.
DROP INDEX auth.users_disabled;
DROP INDEX auth.sessions_revoked;
