-- Back to the version before: what everybody chose to be notified of is forgotten.
ALTER TABLE auth.users DROP COLUMN notify_rooms, DROP COLUMN keywords;
ALTER TABLE chat.members DROP COLUMN notify, DROP COLUMN quiet_until;
