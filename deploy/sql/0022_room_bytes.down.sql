-- Back to before limits of rooms, and to files that are looked at once a day.
DROP TRIGGER count_room_bytes_less ON chat.file_use;
DROP TRIGGER count_room_bytes_more ON chat.file_use;
DROP FUNCTION chat.count_room_bytes();
DROP FUNCTION media.release(bytea);
DROP TABLE media.released;
DROP TABLE chat.room_bytes;
ALTER TABLE chat.file_use DROP COLUMN bytes;
