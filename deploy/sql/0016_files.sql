-- Which messages have which files. docs/media.md. What a file is, media-svc has; what a message shows of it is in its event.

CREATE TABLE chat.file_use (               -- a row for each file of each message that is there: whoever may read one of them may see it
    file bytea NOT NULL CHECK (octet_length(file) = 16),
    room bigint NOT NULL,
    seq  bigint NOT NULL,
    PRIMARY KEY (file, room, seq),
    FOREIGN KEY (room, seq) REFERENCES chat.events ON DELETE CASCADE
);
CREATE INDEX file_use_room ON chat.file_use (room, seq DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON chat.file_use TO parley_msg;

-- Of the data of an event: the names of its files, or of those that it forwards, a line each; NULL: it has none.
CREATE FUNCTION chat.file_names(data jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(f.file ->> 'name', E'\n')
    FROM jsonb_array_elements(coalesce(data -> 'files', data #> '{forward,files}', '[]')) AS f(file)
$$;
-- The same for a preview: {"files": [{"kind", "name"}, …]}.
CREATE FUNCTION chat.file_hints(data jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('files', jsonb_agg(jsonb_build_object('kind', f.file -> 'kind', 'name', left(f.file ->> 'name', 80))))
    FROM jsonb_array_elements(coalesce(data -> 'files', data #> '{forward,files}', '[]')) AS f(file) HAVING count(*) > 0
$$;
