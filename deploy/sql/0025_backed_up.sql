-- When a backup was last finished (./parley backup): what the alert for a backup that is overdue goes by.
CREATE TABLE chat.backed_up (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at  timestamptz NOT NULL
);
GRANT SELECT ON chat.backed_up TO parley_msg;
