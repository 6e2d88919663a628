-- What the files of a room's messages have together, kept with them, and files that lost a use: docs/media.md.

-- A sum that is kept, for who attaches one more: counted anew each time it would be a walk through the room.
ALTER TABLE chat.file_use ADD COLUMN bytes bigint NOT NULL DEFAULT 0; -- 0: of what nobody attached (the picture of a preview)
UPDATE chat.file_use u SET bytes = (f.file ->> 'size')::bigint
FROM chat.events e
CROSS JOIN LATERAL (
    SELECT jsonb_array_elements(coalesce(e.data -> 'files', '[]'))
    UNION ALL SELECT jsonb_array_elements(coalesce(e.data #> '{forward,files}', '[]'))
) AS f(file)
WHERE e.room_id = u.room AND e.seq = u.seq AND u.kind IS NOT NULL AND encode(u.file, 'hex') = f.file ->> 'id';

CREATE TABLE chat.room_bytes (
    room  bigint PRIMARY KEY,
    bytes bigint NOT NULL
);
INSERT INTO chat.room_bytes SELECT room, sum(bytes) FROM chat.file_use GROUP BY room HAVING sum(bytes) > 0;
GRANT SELECT, INSERT, UPDATE, DELETE ON chat.room_bytes TO parley_msg;

-- Files that a message or a picture does not use any more: media-svc looks whether anything else does, soon.
CREATE TABLE media.released (
    file bytea PRIMARY KEY,
    at   timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON media.released TO parley_media;
CREATE FUNCTION media.release(file bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO media.released (file) VALUES ($1) ON CONFLICT DO NOTHING
$$;
REVOKE ALL ON FUNCTION media.release FROM public;
GRANT EXECUTE ON FUNCTION media.release TO parley_msg;

CREATE FUNCTION chat.count_room_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO chat.room_bytes AS b (room, bytes)
        SELECT room, sum(bytes) FROM changed WHERE bytes > 0 GROUP BY room ORDER BY room
        ON CONFLICT (room) DO UPDATE SET bytes = b.bytes + excluded.bytes;
    ELSE
        UPDATE chat.room_bytes b SET bytes = b.bytes - c.bytes
        FROM (SELECT room, sum(bytes) AS bytes FROM changed WHERE bytes > 0 GROUP BY room ORDER BY room) c
        WHERE b.room = c.room;
        PERFORM media.release(file) FROM (SELECT DISTINCT file FROM changed ORDER BY file) c;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_room_bytes_more AFTER INSERT ON chat.file_use
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chat.count_room_bytes();
CREATE TRIGGER count_room_bytes_less AFTER DELETE ON chat.file_use
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chat.count_room_bytes();
