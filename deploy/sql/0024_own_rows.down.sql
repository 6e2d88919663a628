DROP FUNCTION public.schema_version;
DROP FUNCTION media.own_rows;
DROP FUNCTION chat.own_rows;
DROP FUNCTION auth.own_rows;
DROP FUNCTION public.own_page;
ALTER TABLE auth.sessions DROP COLUMN confirmed_at;
