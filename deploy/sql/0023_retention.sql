-- How long messages are kept: by the server, and by a room. docs/retention.md.

ALTER TABLE auth.settings ADD COLUMN retention_days integer CHECK (retention_days BETWEEN 1 AND 36500); -- NULL: for ever
ALTER TABLE chat.rooms ADD COLUMN retention_days integer CHECK (retention_days BETWEEN 1 AND 36500);    -- NULL: as the server
CREATE VIEW auth.retention AS SELECT retention_days FROM auth.settings;
GRANT SELECT ON auth.retention TO parley_msg;

CREATE TABLE chat.retained (               -- up to where a room's log was emptied for its age, and what that came to
    room_id  bigint PRIMARY KEY REFERENCES chat.rooms,
    seq      bigint NOT NULL,
    messages bigint NOT NULL DEFAULT 0,
    bytes    bigint NOT NULL DEFAULT 0     -- of texts and of files; a file that is used elsewhere, too, is still there
);
GRANT SELECT, INSERT, UPDATE, DELETE ON chat.retained TO parley_msg;

-- Empties the next piece of one room's log, `most` places at most; returns how many it went through, 0: nothing is due.
-- A message is then as if its author had deleted it: its place, its sender and its time stay, so that numbers hold, and a
-- message that is sent again is still known. The room's row is locked as by whoever writes in it.
CREATE FUNCTION chat.expire(most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    due record;
    upto bigint;
    run bigint[];      -- the messages among them that are still there
    text_bytes bigint;
    file_bytes bigint;
BEGIN
    SELECT k.id, coalesce(t.seq, 0) AS seq, now() - make_interval(days => least(k.retention_days, s.retention_days)) AS since
    INTO due
    FROM chat.rooms k CROSS JOIN auth.retention s LEFT JOIN chat.retained t ON t.room_id = k.id
    WHERE least(k.retention_days, s.retention_days) IS NOT NULL AND EXISTS (SELECT FROM chat.events e
        WHERE e.room_id = k.id AND e.seq = coalesce(t.seq, 0) + 1
        AND e.ts < now() - make_interval(days => least(k.retention_days, s.retention_days)))
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM FROM chat.rooms WHERE id = due.id FOR NO KEY UPDATE;
    -- Up to the first one that is young enough: clocks differ, and what stands behind it is looked at when it has gone.
    SELECT coalesce(min(p.seq) FILTER (WHERE p.ts >= due.since) - 1, max(p.seq)) INTO upto FROM (
        SELECT seq, ts FROM chat.events WHERE room_id = due.id AND seq > due.seq ORDER BY seq LIMIT most) p;
    SELECT coalesce(array_agg(e.seq ORDER BY e.seq), '{}') INTO run
    FROM chat.events e LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq
    WHERE e.room_id = due.id AND e.seq > due.seq AND e.seq <= upto AND e.type IN ('message', 'reply') AND c.deleted_at IS NULL;

    WITH emptied AS (
        UPDATE chat.events n SET body = '', data = n.data - 'forward' - 'poll' - 'sticker' - 'files' - 'preview'
        FROM chat.events e WHERE e.room_id = due.id AND n.room_id = e.room_id AND n.seq = e.seq
        AND (e.seq = ANY (run) OR (e.about = ANY (run) AND e.type IN ('edited', 'previewed')))
        RETURNING octet_length(e.body) + coalesce(octet_length(e.data::text), 0) - coalesce(octet_length(n.data::text), 0) AS less)
    SELECT coalesce(sum(less), 0) INTO text_bytes FROM emptied;
    INSERT INTO chat.changes AS c (room_id, seq, changed, deleted_at) SELECT due.id, s, s, now() FROM unnest(run) AS s
    ON CONFLICT (room_id, seq) DO UPDATE SET body = NULL, preview = NULL, deleted_at = excluded.deleted_at, pinned_at = NULL;
    DELETE FROM chat.reactions WHERE room_id = due.id AND seq = ANY (run);
    DELETE FROM chat.mentions WHERE room_id = due.id AND seq = ANY (run);
    DELETE FROM chat.votes WHERE room_id = due.id AND seq = ANY (run);
    DELETE FROM chat.polls WHERE room_id = due.id AND seq = ANY (run);
    DELETE FROM chat.links WHERE room_id = due.id AND seq = ANY (run);
    DELETE FROM chat.search WHERE room_id = due.id AND seq = ANY (run);
    WITH gone AS (DELETE FROM chat.file_use WHERE room = due.id AND seq = ANY (run) RETURNING bytes)
    SELECT coalesce(sum(bytes), 0) INTO file_bytes FROM gone;
    INSERT INTO chat.retained AS t (room_id, seq, messages, bytes)
    VALUES (due.id, upto, cardinality(run), text_bytes + file_bytes)
    ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq, messages = t.messages + excluded.messages, bytes = t.bytes + excluded.bytes;
    RETURN upto - due.seq;
END $$;
REVOKE ALL ON FUNCTION chat.expire FROM public;
GRANT EXECUTE ON FUNCTION chat.expire TO parley_msg;
