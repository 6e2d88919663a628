-- A message that was refused for good is remembered (chat.sent with seq 0), for those who have been in its room. Who that
-- is, is asked of the log when somebody sends who is not in: an index of those who went, which is few.

CREATE INDEX events_gone ON chat.events (room_id, (data ->> 'user')) WHERE type IN ('left', 'removed');
