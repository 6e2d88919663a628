-- Back to rows of any size.
ALTER TABLE media.file RESET (fillfactor);
DROP TRIGGER count_usage_change ON media.file;
DROP TRIGGER count_usage ON media.file;
CREATE TRIGGER count_usage AFTER INSERT OR DELETE OR UPDATE OF state, doomed_at ON media.file
    FOR EACH ROW EXECUTE FUNCTION media.count_usage();
ALTER TABLE media.chunk RESET (toast_tuple_target);
