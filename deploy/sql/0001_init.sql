-- The first schema: accounts and login sessions (auth), rooms and their logs (chat). One role a service, with its own
-- grants only. Applied by scripts/migrate as the owner, in one transaction, with the row of schema_migrations.

CREATE ROLE parley_auth NOLOGIN;
CREATE ROLE parley_msg NOLOGIN;
CREATE SCHEMA auth;
CREATE SCHEMA chat;
GRANT USAGE ON SCHEMA auth TO parley_auth, parley_msg;
GRANT USAGE ON SCHEMA chat TO parley_msg;

-- ---- auth ----

CREATE TABLE auth.users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username      text NOT NULL,           -- as shown, NFKC
    username_key  text NOT NULL UNIQUE,    -- case-folded: what a login looks up
    skeleton      text NOT NULL UNIQUE,    -- UTS #39 skeleton: no two names that look alike
    display_name  text NOT NULL,
    password_hash text NOT NULL,           -- argon2id, or bcrypt $2b$ of an imported account until its next login
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz
);
CREATE INDEX users_display_name ON auth.users (lower(display_name) text_pattern_ops);
CREATE INDEX users_username_key ON auth.users (username_key text_pattern_ops);

CREATE TABLE auth.sessions (               -- one login: a family of refresh tokens
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      bigint NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    address      text NOT NULL,
    user_agent   text NOT NULL,
    revoked_at   timestamptz
);
CREATE INDEX sessions_user ON auth.sessions (user_id) WHERE revoked_at IS NULL;

CREATE TABLE auth.refresh_tokens (
    hash       bytea PRIMARY KEY,          -- SHA-256 of the token; the token itself is nowhere
    session_id uuid NOT NULL REFERENCES auth.sessions ON DELETE CASCADE,
    issued_at  timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz                 -- set: presenting it again revokes the session
);
CREATE INDEX refresh_tokens_session ON auth.refresh_tokens (session_id);

CREATE TABLE auth.signing_keys (
    kid         text PRIMARY KEY,
    public_pem  text NOT NULL,
    private_box bytea NOT NULL,            -- the private PEM, sealed with PARLEY_KEY_SECRET
    created_at  timestamptz NOT NULL DEFAULT now(),
    active_at   timestamptz NOT NULL,      -- signs from here on; published before
    retired_at  timestamptz                -- not published from here on
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA auth TO parley_auth;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA auth TO parley_auth;

-- What others may know of a person: the one thing of auth that msg-svc reads.
CREATE VIEW auth.people AS
    SELECT id, username, display_name, created_at FROM auth.users WHERE disabled_at IS NULL;
GRANT SELECT ON auth.people TO parley_msg;

-- ---- chat ----

CREATE TABLE chat.epoch (                  -- durable epoch: changed by restore or promotion
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO chat.epoch DEFAULT VALUES;

CREATE TABLE chat.rooms (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('public', 'private', 'group', 'dm')),
    name         text NOT NULL DEFAULT '',
    name_key     text,                     -- case-folded; unique among public rooms
    topic        text NOT NULL DEFAULT '',
    dm_key       text UNIQUE,              -- "lower:higher" user id of a direct message
    everyone     boolean NOT NULL DEFAULT false, -- newcomers are members from their first connection
    created_by   bigint,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seq     bigint NOT NULL DEFAULT 0,
    last_n       bigint NOT NULL DEFAULT 0, -- messages up to last_seq: unread is last_n - members.read_n
    last_message bigint NOT NULL DEFAULT 0, -- seq of the last message, for previews; 0: none yet
    mver         bigint NOT NULL DEFAULT 0, -- grows with every membership or role change
    member_count integer NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX rooms_public_name ON chat.rooms (name_key) WHERE kind = 'public';

CREATE TABLE chat.members (
    room_id   bigint NOT NULL REFERENCES chat.rooms,
    user_id   bigint NOT NULL,
    role      text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'member')),
    joined_at timestamptz NOT NULL DEFAULT now(),
    read_seq  bigint NOT NULL DEFAULT 0,
    read_n    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, user_id)
);
CREATE INDEX members_user ON chat.members (user_id, room_id);

CREATE TABLE chat.events (                 -- the numbered log: seq is 1..last_seq without a hole, commit order = seq order
    room_id bigint NOT NULL REFERENCES chat.rooms,
    seq     bigint NOT NULL,
    n       bigint NOT NULL,
    type    text NOT NULL,
    sender  bigint NOT NULL,
    cmid    uuid,
    ts      timestamptz NOT NULL,
    body    text NOT NULL DEFAULT '',
    data    jsonb,
    PRIMARY KEY (room_id, seq)
);

CREATE TABLE chat.sent (                   -- which message a (sender, cmid) became: at most one, for ever
    sender  bigint NOT NULL,
    cmid    uuid NOT NULL,
    room_id bigint NOT NULL,
    seq     bigint NOT NULL,
    digest  bytea NOT NULL,                -- first 16 bytes of the SHA-256 of the body: the same cmid with another body is refused
    PRIMARY KEY (sender, cmid)
);

CREATE TABLE chat.users (                  -- a row from the first connection or the first event of one's own on
    user_id   bigint PRIMARY KEY,
    last_useq bigint NOT NULL DEFAULT 0,
    welcomed  boolean NOT NULL DEFAULT false -- has been made a member of the rooms everyone is in
);

CREATE TABLE chat.user_events (            -- a user's own log: rooms added and removed, read positions
    user_id bigint NOT NULL REFERENCES chat.users,
    useq    bigint NOT NULL,
    type    text NOT NULL,
    room_id bigint NOT NULL,
    data    jsonb,
    ts      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, useq)
);
CREATE INDEX user_events_ts ON chat.user_events (ts);
-- The one position of each room that a newer one replaces.
CREATE INDEX user_events_read ON chat.user_events (user_id, room_id) WHERE type = 'read';

CREATE TABLE chat.dead_letters (           -- ingest entries that could not be stored after 5 tries
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL,
    entry  text NOT NULL,
    fields jsonb NOT NULL,
    error  text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dead_letters_at ON chat.dead_letters (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA chat TO parley_msg;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA chat TO parley_msg;

INSERT INTO chat.rooms (kind, name, name_key, topic, everyone)
    VALUES ('public', 'general', 'general', 'Everyone is here.', true);
