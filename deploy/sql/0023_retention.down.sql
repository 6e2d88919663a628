-- What was emptied stays so.
DROP FUNCTION chat.expire;
DROP TABLE chat.retained;
DROP VIEW auth.retention;
ALTER TABLE chat.rooms DROP COLUMN retention_days;
ALTER TABLE auth.settings DROP COLUMN retention_days;
