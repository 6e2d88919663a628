-- Back to 0004: profiles, statuses, quiet hours and blocks are forgotten; names stay.
DROP VIEW auth.blocked;
DROP VIEW auth.people;
CREATE VIEW auth.people AS
    SELECT id, username, display_name, created_at FROM auth.users WHERE disabled_at IS NULL;
GRANT SELECT ON auth.people TO parley_msg;
DROP FUNCTION auth.quiet_span;
DROP TABLE auth.blocks;
ALTER TABLE auth.users DROP COLUMN profile_version, DROP COLUMN about, DROP COLUMN time_zone, DROP COLUMN colour,
    DROP COLUMN status_emoji, DROP COLUMN status_text, DROP COLUMN status_expires_at, DROP COLUMN dnd_until,
    DROP COLUMN quiet_from, DROP COLUMN quiet_to, DROP COLUMN hide_last_seen;
