-- What search looks through: each message's text as it is now, folded and taken to pieces. docs/search.md. The rows are made
-- by msg-svc, which follows each room's log from the place kept in chat.search_rooms; older messages come in by the same way.
CREATE TABLE chat.search (
    room_id bigint NOT NULL,
    seq     bigint NOT NULL,
    sender  bigint NOT NULL,
    ts      timestamptz NOT NULL,
    kinds   smallint NOT NULL,             -- 1 has a link, 2 a file, 4 code, 8 is pinned
    body    text NOT NULL,                 -- as it is shown
    folded  text NOT NULL,                 -- as it is compared: " words in lower case ", then stems if languages are set
    tokens  tsvector NOT NULL,             -- its pieces, for the index alone
    PRIMARY KEY (room_id, seq),
    FOREIGN KEY (room_id, seq) REFERENCES chat.events ON DELETE CASCADE -- what leaves the log is found no more
) WITH (toast_tuple_target = 256);
-- The pieces are read by nothing but the index: away from the rows, so that those are small.
ALTER TABLE chat.search ALTER COLUMN tokens SET STORAGE EXTERNAL;
CREATE INDEX search_ts ON chat.search (ts, room_id, seq);
CREATE INDEX search_tokens ON chat.search USING gin (tokens) WITH (gin_pending_list_limit = 1024);

CREATE TABLE chat.search_rooms (           -- up to where a room's log is in chat.search; no row: nothing of it is
    room_id bigint PRIMARY KEY REFERENCES chat.rooms ON DELETE CASCADE,
    seq     bigint NOT NULL
);
CREATE TABLE chat.search_recipe (          -- how the rows were made; another way makes them anew
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    recipe text NOT NULL DEFAULT ''
);
INSERT INTO chat.search_recipe DEFAULT VALUES;

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.search, chat.search_rooms TO parley_msg;
GRANT SELECT, UPDATE ON chat.search_recipe TO parley_msg;
