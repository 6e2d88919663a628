-- Back to before: what was kept for later is forgotten, scheduled messages are not sent, and all tell again what they have read.
DROP VIEW auth.discreet;
ALTER TABLE auth.users DROP COLUMN hide_read;
DROP TABLE chat.scheduled, chat.later;
DROP SEQUENCE chat.later_places;
DELETE FROM chat.user_events WHERE type = 'later';
