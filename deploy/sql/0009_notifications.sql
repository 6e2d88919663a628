-- What may notify a person: a level and a time of quiet for each room, a level for rooms that have none, words that call (docs/notifications.md).

ALTER TABLE chat.members
    ADD COLUMN notify      text CHECK (notify IN ('all', 'mentions', 'none')), -- NULL: as the person has it for rooms of its kind
    ADD COLUMN quiet_until timestamptz;                                        -- readers look at it; nobody clears

ALTER TABLE auth.users
    ADD COLUMN notify_rooms text NOT NULL DEFAULT 'mentions' CHECK (notify_rooms IN ('all', 'mentions', 'none')),
    ADD COLUMN keywords     text[] NOT NULL DEFAULT '{}' CHECK (cardinality(keywords) <= 50);
