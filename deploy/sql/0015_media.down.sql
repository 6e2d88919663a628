-- Back to before files: they are gone.
DROP SCHEMA media CASCADE;
DROP ROLE parley_media;
