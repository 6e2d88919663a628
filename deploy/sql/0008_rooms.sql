-- What rooms are made of besides members and messages: roles, permissions, bans, invitations, archives, one's own order. docs/rooms.md.

ALTER TABLE chat.rooms
    ADD COLUMN description  text NOT NULL DEFAULT '',
    ADD COLUMN announcement boolean NOT NULL DEFAULT false, -- its defaults are another column of the table of permissions
    ADD COLUMN slow_mode_s  integer NOT NULL DEFAULT 0,     -- between two messages of one member; 0: off
    ADD COLUMN archived_at  timestamptz,
    ADD COLUMN permissions  jsonb NOT NULL DEFAULT '{}';    -- permission → lowest role, where not the default

ALTER TABLE chat.members DROP CONSTRAINT members_role_check;
ALTER TABLE chat.members
    ADD CONSTRAINT members_role_check CHECK (role IN ('owner', 'moderator', 'member', 'guest')),
    ADD COLUMN muted_until timestamptz,
    ADD COLUMN last_sent   timestamptz,                     -- in slow mode: when he wrote last
    ADD COLUMN favourite   boolean NOT NULL DEFAULT false,
    ADD COLUMN section     text NOT NULL DEFAULT '';        -- where he keeps the room among his own; empty: nowhere

CREATE TABLE chat.bans (                   -- who may not come in
    room_id   bigint NOT NULL REFERENCES chat.rooms,
    user_id   bigint NOT NULL,
    banned_by bigint NOT NULL,
    banned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (room_id, user_id)
);

CREATE TABLE chat.invites (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id    bigint NOT NULL REFERENCES chat.rooms,
    hash       bytea NOT NULL,             -- SHA-256 of the token; the token itself is nowhere
    role       text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'guest')),
    made_by    bigint NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,                -- NULL: never
    uses_left  integer,                    -- NULL: no limit
    UNIQUE (room_id, hash)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.bans, chat.invites TO parley_msg;
GRANT USAGE ON SEQUENCE chat.invites_id_seq TO parley_msg;
