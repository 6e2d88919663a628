-- Files that people upload (docs/media.md): a row a file, and their bytes in chunks.

CREATE ROLE parley_media NOLOGIN;
CREATE SCHEMA media;
GRANT USAGE ON SCHEMA media TO parley_media, parley_msg;

CREATE TABLE media.file (
    id          bytea PRIMARY KEY CHECK (length(id) = 16), -- random: nobody guesses it
    owner       bigint NOT NULL,
    name        text NOT NULL CHECK (octet_length(name) <= 255),
    metadata    text NOT NULL DEFAULT '', -- Upload-Metadata as it was sent: tus gives it back
    size        bigint NOT NULL CHECK (size >= 0),
    received    bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
    state       smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2), -- uploading, stored, ready
    kind        smallint NOT NULL DEFAULT 0 CHECK (kind BETWEEN 0 AND 4), -- file, image, video, audio, pdf
    type        text,                     -- by its content, never by what somebody said
    width       int,
    height      int,
    duration_ms int,
    blurhash    text,
    waveform    bytea,
    previews    smallint NOT NULL DEFAULT 0 CHECK (previews BETWEEN 0 AND 3), -- 1: small, 2: large or poster
    created_at  timestamptz NOT NULL DEFAULT now(),
    touched_at  timestamptz NOT NULL DEFAULT now(), -- the last byte, then the last look whether it is in a message
    ready_at    timestamptz,
    doomed_at   timestamptz               -- set: it is not there for anybody any more, and its bytes are about to go
);
-- What the sweeper looks for.
CREATE INDEX file_uploading ON media.file (touched_at) WHERE state < 2 AND doomed_at IS NULL;
CREATE INDEX file_looked_at ON media.file (touched_at) WHERE state = 2 AND doomed_at IS NULL;
CREATE INDEX file_doomed ON media.file (doomed_at) WHERE doomed_at IS NOT NULL;

CREATE TABLE media.chunk (
    file    bytea NOT NULL,
    variant smallint NOT NULL, -- 0 the original, 1 small, 2 large or poster
    at      bigint NOT NULL,   -- of its first byte
    bytes   bytea NOT NULL,
    PRIMARY KEY (file, variant, at)
);
-- What is compressed already does not get smaller.
ALTER TABLE media.chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What each person has here, kept by the trigger below: asked and locked by whoever begins an upload, so that many at
-- once do not get past the limit together.
CREATE TABLE media.usage (
    owner   bigint PRIMARY KEY,
    bytes   bigint NOT NULL DEFAULT 0,
    uploads int NOT NULL DEFAULT 0 -- unfinished
);

CREATE FUNCTION media.count_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more_bytes bigint := 0;
    more_uploads int := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.doomed_at IS NULL THEN
        more_bytes := more_bytes - OLD.size;
        more_uploads := more_uploads - (OLD.state = 0)::int;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.doomed_at IS NULL THEN
        more_bytes := more_bytes + NEW.size;
        more_uploads := more_uploads + (NEW.state = 0)::int;
    END IF;
    IF more_bytes <> 0 OR more_uploads <> 0 THEN
        INSERT INTO media.usage AS u (owner, bytes, uploads)
        VALUES (coalesce(NEW.owner, OLD.owner), more_bytes, more_uploads)
        ON CONFLICT (owner) DO UPDATE SET bytes = u.bytes + excluded.bytes, uploads = u.uploads + excluded.uploads;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_usage AFTER INSERT OR DELETE OR UPDATE OF state, doomed_at ON media.file
    FOR EACH ROW EXECUTE FUNCTION media.count_usage();

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA media TO parley_media;

-- All that msg-svc may know: files that can be attached.
CREATE VIEW media.ready AS
    SELECT id, owner, name, size, kind, type, width, height, duration_ms, blurhash, waveform, previews
    FROM media.file WHERE state = 2 AND doomed_at IS NULL;
GRANT SELECT ON media.ready TO parley_msg;
