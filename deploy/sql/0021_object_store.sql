-- Files may lie in an object store (docs/media.md, "The blob store"): where each one is, and its objects.

ALTER TABLE media.file
    -- 0: rows of media.chunk; 1: objects, and rows that are still to be deleted; 2: objects alone
    ADD COLUMN store smallint NOT NULL DEFAULT 0 CHECK (store BETWEEN 0 AND 2),
    -- When somebody last worked on moving it: nobody else does for a while. NULL: nobody ever did, so it has no objects.
    ADD COLUMN store_at timestamptz,
    ADD COLUMN store_upload text; -- parts of it are in the store under that name, not yet put together
-- What the mover looks for.
CREATE INDEX file_unmoved ON media.file (ready_at) WHERE state = 2 AND store < 2 AND doomed_at IS NULL;

CREATE TABLE media.object (
    file    bytea NOT NULL REFERENCES media.file ON DELETE CASCADE,
    variant smallint NOT NULL, -- as in media.chunk
    bytes   bigint NOT NULL,
    PRIMARY KEY (file, variant)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON media.object TO parley_media;
