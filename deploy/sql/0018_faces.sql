-- Pictures of people and rooms, the server's own emoji and stickers. docs/media.md. What a file is, media-svc has.

ALTER TABLE auth.users ADD COLUMN picture bytea CHECK (octet_length(picture) = 16);
CREATE INDEX users_picture ON auth.users (picture) WHERE picture IS NOT NULL;
ALTER TABLE chat.rooms ADD COLUMN picture bytea CHECK (octet_length(picture) = 16);
CREATE INDEX rooms_picture ON chat.rooms (picture) WHERE picture IS NOT NULL;

CREATE TABLE chat.emoji (
    name    text PRIMARY KEY CHECK (name ~ '^[a-z0-9_+-]{2,32}$'),
    file    bytea NOT NULL CHECK (octet_length(file) = 16),
    moves   boolean NOT NULL,              -- a GIF: shown as it was uploaded, not as its preview
    made_by bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX emoji_file ON chat.emoji (file);

CREATE TABLE chat.sticker_packs (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL,
    made_by bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sticker_packs_name ON chat.sticker_packs (lower(name));

CREATE TABLE chat.stickers (
    pack    bigint NOT NULL REFERENCES chat.sticker_packs ON DELETE CASCADE,
    name    text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
    file    bytea NOT NULL CHECK (octet_length(file) = 16),
    moves   boolean NOT NULL,
    place   bigint GENERATED ALWAYS AS IDENTITY, -- in the order they came
    PRIMARY KEY (pack, name)
);
CREATE INDEX stickers_file ON chat.stickers (file);

-- The state of emoji and stickers: grows with each change. It is a time, so that it goes on growing after the database
-- was set back. Whoever changes them locks it, so that bounds hold.
CREATE TABLE chat.pictures_version (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO chat.pictures_version DEFAULT VALUES;

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.emoji, chat.sticker_packs, chat.stickers TO parley_msg;
GRANT SELECT, UPDATE ON chat.pictures_version TO parley_msg;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA chat TO parley_msg;

-- What is used elsewhere than in messages: everybody who is logged in may see it, but for pictures of rooms, which are
-- for those who may see the room.
CREATE VIEW chat.pictures AS
    SELECT picture AS file, NULL::bigint AS room FROM auth.users WHERE picture IS NOT NULL
    UNION ALL SELECT picture, id FROM chat.rooms WHERE picture IS NOT NULL
    UNION ALL SELECT file, NULL FROM chat.emoji
    UNION ALL SELECT file, NULL FROM chat.stickers;
GRANT SELECT ON chat.pictures TO parley_msg;

-- Whether somebody may take a file of theirs for a picture: one that was understood, of so many pixels a side and so
-- many bytes at most.
CREATE FUNCTION media.is_picture(file bytea, person bigint, side int, bytes bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM media.ready r WHERE r.id = $1 AND r.owner = $2 AND r.kind = 1 AND r.previews & 1 = 1
        AND greatest(r.width, r.height) <= $3 AND r.size <= $4)
$$;
REVOKE ALL ON FUNCTION media.is_picture FROM public;
GRANT USAGE ON SCHEMA media TO parley_auth;
GRANT EXECUTE ON FUNCTION media.is_picture TO parley_auth, parley_msg;

-- The same as a value to be written: an error says that it may not be.
CREATE FUNCTION auth.own_picture(file bytea, person bigint, side int, bytes bigint) RETURNS bytea
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT media.is_picture(file, person, side, bytes) THEN
        RAISE EXCEPTION 'not a picture of this person' USING ERRCODE = 'PY001';
    END IF;
    RETURN file;
END $$;
REVOKE ALL ON FUNCTION auth.own_picture FROM public;
GRANT EXECUTE ON FUNCTION auth.own_picture TO parley_auth;
