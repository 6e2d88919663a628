-- What people say of themselves, when they want quiet, and whom they block (docs/people.md).

ALTER TABLE auth.users
    ADD COLUMN profile_version   bigint NOT NULL DEFAULT 1, -- grows with every change that others can see
    ADD COLUMN about             text NOT NULL DEFAULT '' CHECK (char_length(about) <= 500),
    ADD COLUMN time_zone         text,                      -- a name PostgreSQL knew when it was chosen; NULL: not said
    ADD COLUMN colour            smallint CHECK (colour BETWEEN 0 AND 9), -- of the initials; NULL: of the id
    ADD COLUMN status_emoji      text NOT NULL DEFAULT '',
    ADD COLUMN status_text       text NOT NULL DEFAULT '' CHECK (char_length(status_text) <= 100),
    ADD COLUMN status_expires_at timestamptz,               -- readers look at it; nobody clears
    ADD COLUMN dnd_until         timestamptz,
    -- Quiet hours, Monday first, in minutes of the day in the person's time zone. to <= from: until the next day;
    -- the same: none on that day; 0 to 1440: all day.
    ADD COLUMN quiet_from        smallint[] CHECK (cardinality(quiet_from) = 7 AND 0 <= ALL (quiet_from) AND 1440 >= ALL (quiet_from)),
    ADD COLUMN quiet_to          smallint[] CHECK (cardinality(quiet_to) = 7 AND 0 <= ALL (quiet_to) AND 1440 >= ALL (quiet_to)),
    ADD COLUMN hide_last_seen    boolean NOT NULL DEFAULT false,
    ADD CHECK ((quiet_from IS NULL) = (quiet_to IS NULL));

CREATE TABLE auth.blocks (
    user_id    bigint NOT NULL REFERENCES auth.users ON DELETE CASCADE, -- who wants nothing
    blocked_id bigint NOT NULL REFERENCES auth.users ON DELETE CASCADE, -- of whom
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, blocked_id),
    CHECK (user_id <> blocked_id)
);
CREATE INDEX blocks_blocked ON auth.blocks (blocked_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.blocks TO parley_auth;

-- The span of do-not-disturb that is now, or the next one within a week, as {from, until} in ms; NULL: none. Spans that
-- touch are one. Switched on by hand it is from the beginning of time: clocks differ, and it is on. The name of a time zone may be gone since it was chosen, by an upgrade of the system's: then there are
-- no hours.
CREATE FUNCTION auth.quiet_span(dnd_until timestamptz, quiet_from smallint[], quiet_to smallint[], zone text)
RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    span tstzrange := CASE WHEN dnd_until > now() THEN tstzrange(to_timestamp(0), dnd_until) END;
BEGIN
    IF quiet_from IS NOT NULL THEN
        BEGIN
            SELECT s INTO span FROM unnest((
                SELECT range_agg(hours) + coalesce(tstzmultirange(span), '{}') FROM (
                    SELECT tstzrange(
                        (day + make_interval(mins => quiet_from[n])) AT TIME ZONE coalesce(zone, 'UTC'),
                        (day + make_interval(days => (quiet_to[n] < quiet_from[n])::int, mins => quiet_to[n]))
                            AT TIME ZONE coalesce(zone, 'UTC')) AS hours
                    FROM generate_series(-1, 7) i,
                    LATERAL (SELECT date_trunc('day', now() AT TIME ZONE coalesce(zone, 'UTC')) + make_interval(days => i)) d(day),
                    LATERAL (SELECT extract(isodow FROM day)::int) w(n)
                    UNION ALL SELECT 'empty') x)) AS s
            WHERE upper(s) > now() ORDER BY s LIMIT 1;
        EXCEPTION WHEN invalid_parameter_value THEN
            NULL;
        END;
    END IF;
    IF span IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY[(extract(epoch FROM lower(span)) * 1000)::bigint, (extract(epoch FROM upper(span)) * 1000)::bigint];
END $$;
REVOKE ALL ON FUNCTION auth.quiet_span FROM public;
GRANT EXECUTE ON FUNCTION auth.quiet_span TO parley_auth;

-- What msg-svc may know besides: which version of a person others should hold, whether presence-svc may tell when they
-- were here last, and who wants nothing of whom.
CREATE OR REPLACE VIEW auth.people AS
    SELECT id, username, display_name, created_at, profile_version, hide_last_seen
    FROM auth.users WHERE disabled_at IS NULL;
CREATE VIEW auth.blocked AS SELECT user_id, blocked_id FROM auth.blocks;
GRANT SELECT ON auth.blocked TO parley_msg;
