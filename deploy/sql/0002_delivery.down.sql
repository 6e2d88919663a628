-- Back to 0001: order, receipts and the database's time of events are forgotten; the logs stay.
ALTER TABLE chat.events DROP COLUMN at;
DROP INDEX chat.members_delivered, chat.members_read;
ALTER TABLE chat.members DROP COLUMN delivered_seq, DROP COLUMN has_read;
ALTER TABLE chat.users DROP COLUMN pruned_useq;
DROP TABLE chat.send_order;
