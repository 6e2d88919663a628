-- The files of a room as a list (docs/media.md), and messages with files that wait for their time (docs/later.md).

-- What the list is asked by. Files that nobody attached (the picture of a preview) have none of these: they are not in it.
ALTER TABLE chat.file_use
    ADD COLUMN sender bigint,
    ADD COLUMN kind   smallint CHECK (kind BETWEEN 0 AND 4), -- as media.file has it
    ADD COLUMN name   text,
    ADD CHECK ((kind IS NULL) = (sender IS NULL) AND (kind IS NULL) = (name IS NULL));
UPDATE chat.file_use u
SET sender = e.sender, kind = array_position(ARRAY['file', 'image', 'video', 'audio', 'pdf'], f.file ->> 'kind') - 1, name = f.file ->> 'name'
FROM chat.events e
CROSS JOIN LATERAL (
    SELECT jsonb_array_elements(coalesce(e.data -> 'files', '[]'))
    UNION ALL SELECT jsonb_array_elements(coalesce(e.data #> '{forward,files}', '[]'))
) AS f(file)
WHERE e.room_id = u.room AND e.seq = u.seq AND encode(u.file, 'hex') = f.file ->> 'id';
-- A page of one kind, or of one person, is found without a look at the rows between.
DROP INDEX chat.file_use_room;
CREATE INDEX file_use_room ON chat.file_use (room, seq DESC) INCLUDE (kind, sender);

-- Uploaded before it was scheduled: a use like that by a message, until it is sent or cancelled.
ALTER TABLE chat.scheduled ADD COLUMN files bytea[] NOT NULL DEFAULT '{}';
CREATE INDEX scheduled_files ON chat.scheduled USING gin (files) WHERE files <> '{}';
