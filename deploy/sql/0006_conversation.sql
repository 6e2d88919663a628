-- What becomes of messages after they were sent: edits, deletions, reactions, pins, threads, mentions. docs/conversation.md.

ALTER TABLE chat.events ADD COLUMN about bigint; -- the message it is about: root of a thread, or what it changes
CREATE INDEX events_about ON chat.events (room_id, about, seq) WHERE about IS NOT NULL;

CREATE TABLE chat.changes (                -- a row for each message to which something happened
    room_id    bigint NOT NULL,
    seq        bigint NOT NULL,
    changed    bigint NOT NULL,            -- seq of the last event about it that is counted in here
    body       text,                       -- the newest text; NULL: as sent
    edited_at  timestamptz,
    deleted_at timestamptz,
    pinned_at  timestamptz,
    replies    integer NOT NULL DEFAULT 0,
    last_reply timestamptz,
    PRIMARY KEY (room_id, seq)
) WITH (fillfactor = 80);                  -- room on the page for the next version of a row
CREATE INDEX changes_pinned ON chat.changes (room_id, pinned_at) WHERE pinned_at IS NOT NULL;

CREATE TABLE chat.reactions (              -- a row for each that is on
    room_id bigint NOT NULL,
    seq     bigint NOT NULL,
    emoji   text NOT NULL,
    user_id bigint NOT NULL,
    since   bigint NOT NULL,               -- seq of the event that put it there
    PRIMARY KEY (room_id, seq, emoji, user_id)
);

CREATE TABLE chat.mentions (               -- who is named in a message; user 0: everyone in the room
    user_id bigint NOT NULL,
    room_id bigint NOT NULL,
    seq     bigint NOT NULL,
    PRIMARY KEY (user_id, room_id, seq)
);
CREATE INDEX mentions_message ON chat.mentions (room_id, seq);

CREATE TABLE chat.follows (                -- who follows a thread, or wants not to although he wrote in it
    room_id   bigint NOT NULL,
    root      bigint NOT NULL,
    user_id   bigint NOT NULL,
    following boolean NOT NULL DEFAULT true,
    read_seq  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, root, user_id)
);
CREATE INDEX follows_user ON chat.follows (user_id) WHERE following;

-- A room's log as it reads now: each message with its newest text and what became of it, as JSON.
CREATE VIEW chat.log AS
    SELECT e.room_id, e.seq, e.n, e.type, e.sender, e.cmid, e.ts, coalesce(c.body, e.body) AS body, e.data, e.about,
        CASE WHEN c.changed IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'changed', c.changed,
            'edited_at', (extract(epoch FROM c.edited_at) * 1000)::bigint,
            'deleted', CASE WHEN c.deleted_at IS NOT NULL THEN true END,
            'pinned', CASE WHEN c.pinned_at IS NOT NULL THEN true END,
            'replies', nullif(c.replies, 0),
            'last_reply', (extract(epoch FROM c.last_reply) * 1000)::bigint,
            'reactions', (SELECT jsonb_agg(jsonb_build_object('emoji', k.emoji, 'count', k.number,
                    'users', to_jsonb(k.users[1:100])) ORDER BY k.first)
                FROM (SELECT emoji, count(*) AS number, min(since) AS first,
                        array_agg(user_id::text ORDER BY since) AS users
                    FROM chat.reactions t WHERE t.room_id = e.room_id AND t.seq = e.seq GROUP BY emoji) k)
        )) END AS state
    FROM chat.events e LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq;

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.changes, chat.reactions, chat.mentions, chat.follows TO parley_msg;
GRANT SELECT ON chat.log TO parley_msg;

-- Whose a name in a text is.
CREATE VIEW auth.names AS SELECT id, username_key FROM auth.users WHERE disabled_at IS NULL;
GRANT SELECT ON auth.names TO parley_msg;
