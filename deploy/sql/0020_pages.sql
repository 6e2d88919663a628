-- Bytes of files in rows that just fit into a page (media-svc/blob_pg.c): in the pieces of 2 KiB that PostgreSQL makes of
-- larger ones they took twice the work. Longer rows, of before, stay as they are, in a dump too, and are read as ever.
ALTER TABLE media.chunk SET (toast_tuple_target = 8160);

-- A chunk moves its file's row on, which is no news to what a person has but for the last one.
DROP TRIGGER count_usage ON media.file;
CREATE TRIGGER count_usage AFTER INSERT OR DELETE ON media.file
    FOR EACH ROW EXECUTE FUNCTION media.count_usage();
CREATE TRIGGER count_usage_change AFTER UPDATE OF state, doomed_at ON media.file
    FOR EACH ROW WHEN (OLD.state <> NEW.state OR OLD.doomed_at IS DISTINCT FROM NEW.doomed_at)
    EXECUTE FUNCTION media.count_usage();
-- The row has room for its next version beside it.
ALTER TABLE media.file SET (fillfactor = 80);
