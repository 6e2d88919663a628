-- Polls, and what people have written and not sent. docs/messages.md, docs/drafts.md.

CREATE TABLE chat.polls (                  -- a row for each message that is a poll; question and answers are in its event
    room_id   bigint NOT NULL,
    seq       bigint NOT NULL,
    multiple  boolean NOT NULL,            -- several answers at once
    anonymous boolean NOT NULL,            -- nobody is told who voted, neither how
    closes_at timestamptz,                 -- as it was made; NULL: when somebody closes it
    closed_at timestamptz,                 -- when somebody did
    counts    integer[] NOT NULL,          -- of each answer, as votes has them
    voters    integer NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, seq)
) WITH (fillfactor = 80);

CREATE TABLE chat.votes (                  -- a row for each person who voted
    room_id bigint NOT NULL,
    seq     bigint NOT NULL,
    user_id bigint NOT NULL,
    choices integer NOT NULL CHECK (choices > 0), -- bit 0: the first answer
    since   bigint NOT NULL,               -- seq of the event that says it; 0 in an anonymous poll, where it says nobody
    PRIMARY KEY (room_id, seq, user_id)
);

-- The log as before, with the state of polls.
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
                FROM chat.polls p WHERE p.room_id = e.room_id AND p.seq = e.seq) END
        )) END AS state
    FROM chat.events e LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq;

CREATE TABLE chat.drafts (                 -- what somebody has written and not sent; empty: sent, or thrown away, at that time
    user_id    bigint NOT NULL,
    room_id    bigint NOT NULL,
    thread     bigint NOT NULL DEFAULT 0,  -- root of the thread that it is for; 0: the room itself
    body       text NOT NULL,
    written_at timestamptz NOT NULL,       -- by the clock of the server, as the device knew it: of two the later one holds
    PRIMARY KEY (user_id, room_id, thread)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.polls, chat.votes, chat.drafts TO parley_msg;
