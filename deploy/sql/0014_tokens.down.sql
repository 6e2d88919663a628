-- Back to before access tokens: they are forgotten, and bots, which cannot come in any more, are disabled accounts.
DROP VIEW auth.bots;
DROP TABLE auth.access_tokens;
UPDATE auth.users SET disabled_at = coalesce(disabled_at, now()) WHERE owner_id IS NOT NULL;
ALTER TABLE auth.users DROP COLUMN owner_id;
