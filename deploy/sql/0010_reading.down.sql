-- Back to the version before: places that went back are as far as they ever were, and mentions in threads are read with their rooms.
DROP INDEX chat.user_events_seen, chat.user_events_threads;
DELETE FROM chat.user_events WHERE type IN ('thread_read', 'activity_seen');
ALTER TABLE chat.users DROP COLUMN activity_seen;
DROP INDEX chat.reactions_author;
ALTER TABLE chat.reactions DROP COLUMN ts, DROP COLUMN author;
DROP INDEX chat.mentions_all, chat.mentions_mine, chat.mentions_unread;
ALTER TABLE chat.mentions DROP COLUMN ts, DROP COLUMN unread, DROP COLUMN root;
DROP INDEX chat.events_replies;
UPDATE chat.follows SET following = false WHERE following IS NULL;
ALTER TABLE chat.follows ALTER COLUMN following SET NOT NULL;
ALTER TABLE chat.members DROP COLUMN back_seq, DROP COLUMN back_n, DROP COLUMN read_gen;
