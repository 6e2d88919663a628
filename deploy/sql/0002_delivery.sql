-- What the guarantee of delivery needs: the order of each device's sends, how far rooms were delivered, which rooms grew.

CREATE TABLE chat.send_order (             -- the last decided send of a device in a room; docs/delivery.md, "Order"
    room_id bigint NOT NULL,               -- no foreign key: rows go by their age, not with the room
    sender  bigint NOT NULL,
    device  text NOT NULL,
    cgen    bigint NOT NULL,
    cseq    bigint NOT NULL,
    used_on date NOT NULL DEFAULT current_date, -- a day, not a time: else every send would rewrite the index
    PRIMARY KEY (room_id, sender, device)
) WITH (fillfactor = 80);                  -- room on the page for the next version of a row
CREATE INDEX send_order_used ON chat.send_order (used_on);

-- How far any device of the member holds the log; and whether read_seq was ever told, or is still where the member came
-- in, which is a place to count unread messages from and no receipt.
ALTER TABLE chat.members ADD COLUMN delivered_seq bigint NOT NULL DEFAULT 0;
ALTER TABLE chat.members ADD COLUMN has_read boolean NOT NULL DEFAULT false;
UPDATE chat.members m SET delivered_seq = m.read_seq, has_read = true WHERE EXISTS
    (SELECT FROM chat.user_events e WHERE e.user_id = m.user_id AND e.room_id = m.room_id AND e.type = 'read');
-- "How far has anybody but me …" is a look at an end of these.
CREATE INDEX members_delivered ON chat.members (room_id, delivered_seq);
CREATE INDEX members_read ON chat.members (room_id, read_seq) WHERE has_read;

-- Up to where rows of the user's own log were removed for their age; reads that newer ones replaced are not counted.
ALTER TABLE chat.users ADD COLUMN pruned_useq bigint NOT NULL DEFAULT 0;

-- The database's clock at the INSERT; ts is msg-svc's, and may be set wrong. Older rows have none: they did not just
-- come. The log only grows at its end, so a few pages tell what is new.
ALTER TABLE chat.events ADD COLUMN at timestamptz;
ALTER TABLE chat.events ALTER COLUMN at SET DEFAULT clock_timestamp();
CREATE INDEX events_at ON chat.events USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.send_order TO parley_msg;
