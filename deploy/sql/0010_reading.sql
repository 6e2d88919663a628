-- How far people have read: places that go back, mentions in threads, what concerns somebody in one list. docs/reading.md.

-- read_seq and read_n say how far he ever read, which others may be told. Where he marked messages as unread again, his own
-- count begins here until he has read on to read_seq.
ALTER TABLE chat.members
    ADD COLUMN back_seq bigint,            -- NULL: nowhere, it begins at read_seq
    ADD COLUMN back_n   bigint,
    ADD COLUMN read_gen bigint NOT NULL DEFAULT 0, -- how often it went back: what was read before that says nothing any more
    ADD CHECK ((back_seq IS NULL) = (back_n IS NULL)),
    ADD CHECK (back_seq < read_seq);

-- Who only read a thread has not chosen whether to follow it.
ALTER TABLE chat.follows ALTER COLUMN following DROP NOT NULL;
-- The newest replies of a thread up to a moment.
CREATE INDEX events_replies ON chat.events (room_id, about, ts, seq) WHERE type = 'reply';

-- A mention in a thread is read with the thread, not with the room.
ALTER TABLE chat.mentions
    ADD COLUMN root   bigint,              -- of the thread it is in; NULL: in none
    ADD COLUMN unread boolean NOT NULL DEFAULT false, -- of those in threads
    ADD COLUMN ts     timestamptz;
UPDATE chat.mentions n SET ts = e.ts, root = e.about FROM chat.events e WHERE e.room_id = n.room_id AND e.seq = n.seq;
DELETE FROM chat.mentions WHERE ts IS NULL OR (root IS NOT NULL AND user_id = 0);
UPDATE chat.mentions n SET unread = true FROM chat.members m
    WHERE n.root IS NOT NULL AND m.room_id = n.room_id AND m.user_id = n.user_id AND n.seq > m.read_seq;
ALTER TABLE chat.mentions ALTER COLUMN ts SET NOT NULL;
CREATE INDEX mentions_unread ON chat.mentions (user_id, room_id, seq) WHERE unread;
CREATE INDEX mentions_mine ON chat.mentions (user_id, ts) WHERE user_id <> 0;
CREATE INDEX mentions_all ON chat.mentions (room_id, ts) WHERE user_id = 0;

ALTER TABLE chat.reactions
    ADD COLUMN author bigint,              -- of the message
    ADD COLUMN ts     timestamptz;
UPDATE chat.reactions k SET author = e.sender, ts = coalesce(s.ts, e.ts) FROM chat.events e, chat.events s
    WHERE e.room_id = k.room_id AND e.seq = k.seq AND s.room_id = k.room_id AND s.seq = k.since;
DELETE FROM chat.reactions WHERE ts IS NULL;
ALTER TABLE chat.reactions ALTER COLUMN author SET NOT NULL, ALTER COLUMN ts SET NOT NULL;
CREATE INDEX reactions_author ON chat.reactions (author, ts);

-- Up to which moment (ms) he has seen what concerns him.
ALTER TABLE chat.users ADD COLUMN activity_seen bigint NOT NULL DEFAULT 0;
-- The one place of each room that a newer one replaces.
CREATE INDEX user_events_threads ON chat.user_events (user_id, room_id) WHERE type = 'thread_read';
CREATE INDEX user_events_seen ON chat.user_events (user_id) WHERE type = 'activity_seen';
