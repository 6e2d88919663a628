-- Messages keep whom they called.
CREATE OR REPLACE FUNCTION auth.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('auth.users', '{password_hash}', '{id}', 'id = %s'),
        ('auth.blocks', '{}', '{user_id,blocked_id}', 'user_id = %s'),
        ('auth.invites', '{hash}', '{id}', 'made_by = %s'),
        ('auth.access_tokens', '{hash}', '{id}', 'user_id = %s'),
        ('auth.audit', '{}', '{id}', 'actor = %1$s OR subject = %1$s')
    ) AS o(tab, left_out, keys, condition),
    public.own_page(o.tab::regclass, o.left_out::text[], o.keys::text[], format(o.condition, person), false, $3, $4) p
    WHERE o.tab = $2
$$;
DROP VIEW auth.group_people, auth.group_names;
DROP TRIGGER one_name ON auth.users;
DROP TABLE auth.group_members, auth.groups;
DROP FUNCTION auth.one_name;
ALTER TABLE auth.settings DROP COLUMN user_groups;
