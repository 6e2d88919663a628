-- Back to the version before: drafts are forgotten. Only for a database whose logs have no votes.
DO $$ BEGIN
    IF EXISTS (SELECT FROM chat.events WHERE type IN ('voted', 'poll_closed')) THEN
        RAISE EXCEPTION 'the logs have events that the version before does not know';
    END IF;
END $$;
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
                    FROM chat.reactions t WHERE t.room_id = e.room_id AND t.seq = e.seq GROUP BY emoji) k)
        )) END AS state
    FROM chat.events e LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq;
DROP TABLE chat.drafts, chat.votes, chat.polls;
