DROP FUNCTION auth.own_picture;
DROP FUNCTION media.is_picture;
REVOKE USAGE ON SCHEMA media FROM parley_auth;
DROP VIEW chat.pictures;
DROP TABLE chat.pictures_version, chat.stickers, chat.sticker_packs, chat.emoji;
ALTER TABLE chat.rooms DROP COLUMN picture;
ALTER TABLE auth.users DROP COLUMN picture;
