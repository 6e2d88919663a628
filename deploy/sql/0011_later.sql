-- What a person keeps for later, is to be reminded of, and has written to be sent at a time; and who does not tell what they have
-- read. docs/later.md.

CREATE SEQUENCE chat.later_places;         -- the order of the list: whoever comes up anew takes the next
CREATE TABLE chat.later (                  -- messages that a person keeps, and reminders
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id   bigint NOT NULL,
    room_id   bigint NOT NULL,
    seq       bigint,                      -- the message; NULL: a note of one's own, made in the room
    note      text NOT NULL DEFAULT '',
    place     bigint NOT NULL DEFAULT nextval('chat.later_places'),
    saved_at  timestamptz NOT NULL DEFAULT now(),
    remind_at timestamptz,                 -- NULL: not
    due_at    timestamptz,                 -- the reminder of remind_at was given
    done_at   timestamptz,
    UNIQUE (user_id, room_id, seq)
);
CREATE UNIQUE INDEX later_place ON chat.later (user_id, place);
CREATE INDEX later_remind ON chat.later (remind_at) WHERE remind_at IS NOT NULL AND due_at IS NULL AND done_at IS NULL;

CREATE TABLE chat.scheduled (              -- messages that are to be sent at a time
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint NOT NULL,
    room_id       bigint NOT NULL,
    cmid          uuid NOT NULL,           -- under which it is sent, once
    body          text NOT NULL,
    thread        bigint,
    quote         bigint,
    send_at       timestamptz NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT now(),
    version       bigint NOT NULL DEFAULT 1, -- grows when it is changed: what was on its way before is not taken
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    error         text,                    -- why it failed
    claimed_until timestamptz,             -- a msg-svc has put it into the stream, or is about to
    told          boolean NOT NULL DEFAULT true, -- its author's devices know what became of it
    UNIQUE (user_id, cmid)
);
CREATE INDEX scheduled_due ON chat.scheduled (send_at) WHERE state = 'waiting';
CREATE INDEX scheduled_untold ON chat.scheduled (id) WHERE NOT told;

GRANT SELECT, INSERT, UPDATE, DELETE ON chat.later, chat.scheduled TO parley_msg;
GRANT USAGE ON SEQUENCE chat.later_places, chat.later_id_seq, chat.scheduled_id_seq TO parley_msg;

-- Who does not want others to see how far they have read.
ALTER TABLE auth.users ADD COLUMN hide_read boolean NOT NULL DEFAULT false;
CREATE INDEX users_hide_read ON auth.users (id) WHERE hide_read;
CREATE VIEW auth.discreet AS SELECT id FROM auth.users WHERE hide_read;
GRANT SELECT ON auth.discreet TO parley_msg;
