-- Back to the version before. Only for a database whose logs have no files: what has them would show nothing of them.
DO $$ BEGIN
    IF EXISTS (SELECT FROM chat.file_use) THEN
        RAISE EXCEPTION 'the logs have files that the version before does not know';
    END IF;
END $$;
DROP FUNCTION chat.file_hints(jsonb), chat.file_names(jsonb);
DROP TABLE chat.file_use;
