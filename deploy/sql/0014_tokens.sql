-- Personal access tokens, and bots, which have nothing else to come in with (docs/bots.md).

ALTER TABLE auth.users
    ADD COLUMN owner_id bigint REFERENCES auth.users ON DELETE CASCADE; -- of a bot: whose it is; NULL: a person
CREATE INDEX users_owner ON auth.users (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE auth.access_tokens (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      bigint NOT NULL REFERENCES auth.users ON DELETE CASCADE, -- whom it lets in
    hash         bytea NOT NULL UNIQUE,  -- SHA-256 of the token; the token itself is nowhere
    name         text NOT NULL,
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,            -- to the minute; NULL: never
    expires_at   timestamptz,            -- NULL: never
    revoked_at   timestamptz
);
CREATE INDEX access_tokens_user ON auth.access_tokens (user_id) WHERE revoked_at IS NULL;
CREATE INDEX access_tokens_revoked ON auth.access_tokens (revoked_at) WHERE revoked_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.access_tokens TO parley_auth;

-- msg-svc puts nobody into the rooms everyone is in who is none of everyone.
CREATE VIEW auth.bots AS SELECT id FROM auth.users WHERE owner_id IS NOT NULL;
GRANT SELECT ON auth.bots TO parley_msg;
