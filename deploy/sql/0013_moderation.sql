-- Who looks after the server: admins, its settings, invitations to register, reports of messages, and what is kept of all
-- that (audit). docs/administration.md.

ALTER TABLE auth.users ADD COLUMN admin boolean NOT NULL DEFAULT false;
CREATE INDEX users_admin ON auth.users (id) WHERE admin;

CREATE TABLE auth.settings (               -- of the server; one row, which is locked by who changes who is admin
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    name          text NOT NULL DEFAULT 'Parley' CHECK (char_length(name) BETWEEN 1 AND 80),
    registration  text NOT NULL DEFAULT 'open' CHECK (registration IN ('open', 'invite', 'closed')),
    public_rooms  text NOT NULL DEFAULT 'everybody' CHECK (public_rooms IN ('everybody', 'admins')),  -- who makes them
    private_rooms text NOT NULL DEFAULT 'everybody' CHECK (private_rooms IN ('everybody', 'admins')),
    founded       boolean NOT NULL DEFAULT false -- somebody has registered; the first one is admin
);
-- On a server that has people already whoever was there first is its admin.
INSERT INTO auth.settings (founded) SELECT EXISTS (SELECT FROM auth.users);
UPDATE auth.users SET admin = true
    WHERE id = (SELECT id FROM auth.users WHERE disabled_at IS NULL ORDER BY id LIMIT 1);

CREATE TABLE auth.invites (                -- links to make an account by
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash       bytea NOT NULL UNIQUE,      -- SHA-256 of the token; the token itself is nowhere
    made_by    bigint NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,                -- NULL: never
    uses_left  integer                     -- NULL: no limit
);

CREATE TABLE auth.audit (                  -- what was done to accounts and to the server; nothing changes or deletes a row
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    kind    text NOT NULL,
    actor   bigint NOT NULL,
    subject bigint,                        -- to whom
    data    jsonb
);
CREATE INDEX audit_at ON auth.audit (at, id);

GRANT SELECT, UPDATE ON auth.settings TO parley_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.invites TO parley_auth;
GRANT SELECT, INSERT ON auth.audit TO parley_auth;
GRANT SELECT ON auth.audit TO parley_msg;

-- What msg-svc may know: who is admin, who may make rooms, and what everybody is called, of disabled accounts too.
CREATE VIEW auth.admins AS SELECT id FROM auth.users WHERE admin AND disabled_at IS NULL;
CREATE VIEW auth.room_making AS SELECT public_rooms, private_rooms FROM auth.settings;
CREATE VIEW auth.everybody AS SELECT id, username, display_name, created_at, disabled_at FROM auth.users;
GRANT SELECT ON auth.admins, auth.room_making, auth.everybody TO parley_msg;

CREATE TABLE chat.reports (                -- a message that somebody wants to be looked at
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id    bigint NOT NULL REFERENCES chat.rooms,
    seq        bigint NOT NULL,
    sender     bigint NOT NULL,            -- whose message it is
    body       text NOT NULL,              -- its text when it was reported
    reporter   bigint NOT NULL,
    reason     text NOT NULL,
    words      text NOT NULL DEFAULT '',   -- what the reporter says
    at         timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    settled_by bigint,
    settlement text,
    UNIQUE (room_id, seq, reporter)
);
CREATE INDEX reports_open ON chat.reports (id) WHERE settled_at IS NULL;
CREATE INDEX reports_reporter ON chat.reports (reporter) WHERE settled_at IS NULL;
CREATE INDEX reports_settled ON chat.reports (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE chat.audit (                  -- as auth.audit: what is no event of a room's log
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    kind    text NOT NULL,
    actor   bigint NOT NULL,
    subject bigint,
    room_id bigint,
    data    jsonb
);
CREATE INDEX audit_at ON chat.audit (at, id);

-- The events of the logs that the audit shows. Messages, replies, edits and reactions are in none of these.
CREATE INDEX events_audit ON chat.events (ts, room_id, seq)
    WHERE type IN ('created', 'joined', 'left', 'added', 'removed', 'deleted', 'settings', 'role', 'banned', 'muted', 'archived');
CREATE INDEX events_audit_room ON chat.events (room_id, ts, seq)
    WHERE type IN ('created', 'joined', 'left', 'added', 'removed', 'deleted', 'settings', 'role', 'banned', 'muted', 'archived');
CREATE INDEX events_audit_actor ON chat.events (sender, ts, room_id, seq)
    WHERE type IN ('created', 'joined', 'left', 'added', 'removed', 'deleted', 'settings', 'role', 'banned', 'muted', 'archived');

-- Figures, counted once and by the way (msg-svc/tally.c): nobody counts messages when somebody looks.
CREATE TABLE chat.days (                   -- in UTC
    day      date PRIMARY KEY,
    messages bigint NOT NULL DEFAULT 0,
    people   bigint NOT NULL DEFAULT 0     -- who wrote
);
CREATE TABLE chat.day_people (             -- whom a day has counted
    day     date NOT NULL,
    user_id bigint NOT NULL,
    PRIMARY KEY (day, user_id)
);
CREATE TABLE chat.tallied (                -- up to where events are counted, by their column at
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at  timestamptz NOT NULL
);
INSERT INTO chat.tallied (at) SELECT greatest(now() - interval '30 days', coalesce(min(created_at), now())) FROM chat.rooms;

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.reports, chat.days, chat.day_people TO parley_msg;
GRANT SELECT, INSERT ON chat.audit TO parley_msg;
GRANT SELECT, UPDATE ON chat.tallied TO parley_msg;
GRANT USAGE ON SEQUENCE chat.reports_id_seq, chat.audit_id_seq TO parley_msg;
GRANT USAGE ON SEQUENCE auth.invites_id_seq, auth.audit_id_seq TO parley_auth;
