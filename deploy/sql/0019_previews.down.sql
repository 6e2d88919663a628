-- Back to the version before: what was shown of links is forgotten. Only for a database whose logs have no such events.
DO $$ BEGIN
    IF EXISTS (SELECT FROM chat.events WHERE type = 'previewed') THEN
        RAISE EXCEPTION 'the logs have events that the version before does not know';
    END IF;
END $$;
DROP VIEW chat.log;
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
GRANT SELECT ON chat.log TO parley_msg;
ALTER TABLE chat.changes DROP COLUMN preview;
DROP TABLE chat.links, media.link;
