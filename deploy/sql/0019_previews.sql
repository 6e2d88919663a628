-- Previews of links. docs/previews.md.

CREATE TABLE chat.links (                  -- a row for each message with a link that is, or was, to be looked at
    room_id bigint NOT NULL,
    seq     bigint NOT NULL,
    sender  bigint NOT NULL,
    url     text NOT NULL,                 -- the first of its text
    state   smallint NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 3), -- waits, was looked at, is not to be shown
    tries   smallint NOT NULL DEFAULT 0,
    due_at  timestamptz,                   -- while it waits: when it is looked at, or, being in hand, taken up again
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (room_id, seq),
    FOREIGN KEY (room_id, seq) REFERENCES chat.events ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX links_due ON chat.links (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX links_sender ON chat.links (sender, made_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON chat.links TO parley_msg;

ALTER TABLE chat.changes ADD COLUMN preview jsonb; -- what is shown of the message's link

CREATE TABLE media.link (                  -- what pages said of themselves, for a day
    digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32), -- SHA-256 of the URL
    fetched_at  timestamptz NOT NULL DEFAULT now(),
    title       text,                      -- NULL: there is nothing to show
    description text NOT NULL DEFAULT '',
    site        text NOT NULL DEFAULT '',
    image       bytea                      -- a row of media.file
);
CREATE INDEX link_fetched ON media.link (fetched_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON media.link TO parley_media;

-- The log as before, with what is shown of links.
CREATE OR REPLACE VIEW chat.log AS
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
                    FROM chat.reactions t WHERE t.room_id = e.room_id AND t.seq = e.seq GROUP BY emoji) k),
            'poll', CASE WHEN e.data ? 'poll' THEN (SELECT jsonb_build_object(
                    'counts', to_jsonb(p.counts),
                    'voters', p.voters,
                    'closed_at', (extract(epoch FROM p.closed_at) * 1000)::bigint,
                    'votes', CASE WHEN NOT p.anonymous THEN (
                        SELECT jsonb_agg(jsonb_build_object('user', v.user_id::text, 'options', (
                                SELECT jsonb_agg(bit ORDER BY bit) FROM generate_series(0, 9) AS bit
                                WHERE (v.choices >> bit) & 1 = 1)) ORDER BY v.since, v.user_id)
                        FROM (SELECT user_id, choices, since FROM chat.votes
                            WHERE room_id = p.room_id AND seq = p.seq ORDER BY since, user_id LIMIT 100) v) END)
                FROM chat.polls p WHERE p.room_id = e.room_id AND p.seq = e.seq) END,
            'preview', c.preview
        )) END AS state
    FROM chat.events e LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq;
