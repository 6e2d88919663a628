-- Back to walks through whole tables.
-- The next rows of one table that belong to somebody, a JSON line each, in the order of `keys` behind `after` (NULL: from
-- the beginning), `most` of them at most (NULL: all). What came short of that is followed by a row without a line, whose key
-- says behind what to go on; no key: that was all. Where no index knows the person (`wide`) a page ends after so many places.
CREATE FUNCTION public.own_page(tab regclass, left_out text[], keys text[], condition text, wide boolean, after text[], most integer)
RETURNS TABLE (line text, key text[]) LANGUAGE plpgsql STABLE
SET timezone = 'UTC' SET datestyle = 'ISO' SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
DECLARE
    places CONSTANT integer := 20000;
    columns text;  -- by name, so that two servers of one schema say the same
    place text;    -- the key as it is sorted by
    words text;    -- and as it is given back
    behind text := 'true';
    upto text := 'true';
    edge text[];
    given integer;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname COLLATE "C") INTO columns FROM pg_attribute
    WHERE attrelid = tab AND attnum > 0 AND NOT attisdropped AND attname <> ALL (left_out);
    SELECT string_agg(quote_ident(k) || CASE WHEN a.atttypid = 'text'::regtype THEN ' COLLATE "C"' ELSE '' END, ', ' ORDER BY n),
        string_agg(quote_ident(k) || '::text', ', ' ORDER BY n)
    INTO place, words FROM unnest(keys) WITH ORDINALITY AS x(k, n) JOIN pg_attribute a ON a.attrelid = tab AND a.attname = k;
    IF after IS NOT NULL THEN
        behind := format('(%s) > (%s)', place, (SELECT string_agg(quote_literal(v), ', ' ORDER BY n) FROM unnest(after) WITH ORDINALITY AS x(v, n)));
    END IF;
    IF wide AND most IS NOT NULL THEN
        EXECUTE format('SELECT ARRAY[%s] FROM %s WHERE %s ORDER BY %s OFFSET %s LIMIT 1', words, tab, behind, place, places - 1) INTO edge;
        IF edge IS NOT NULL THEN
            upto := format('(%s) <= (%s)', place, (SELECT string_agg(quote_literal(v), ', ' ORDER BY n) FROM unnest(edge) WITH ORDINALITY AS x(v, n)));
        END IF;
    END IF;
    RETURN QUERY EXECUTE format('SELECT ''{"table":"%s","row":'' || (SELECT row_to_json(r) FROM (SELECT %s) r) || ''}'', ARRAY[%s] '
        'FROM %s t WHERE (%s) AND %s AND %s ORDER BY %s LIMIT %s', tab, columns, words, tab, condition, behind, upto, place, coalesce(most::text, 'ALL'));
    GET DIAGNOSTICS given = ROW_COUNT;
    IF most IS NULL OR given < most THEN
        line := NULL;
        key := edge;
        RETURN NEXT;
    END IF;
END $$;
REVOKE ALL ON FUNCTION public.own_page(regclass, text[], text[], text, boolean, text[], integer) FROM public;
GRANT EXECUTE ON FUNCTION public.own_page(regclass, text[], text[], text, boolean, text[], integer) TO parley_auth, parley_msg, parley_media;

CREATE OR REPLACE FUNCTION auth.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('auth.users', '{password_hash}', '{id}', 'id = %s'),
        ('auth.blocks', '{}', '{user_id,blocked_id}', 'user_id = %s'),
        ('auth.groups', '{}', '{id}', 'made_by = %1$s OR id IN (SELECT m.group_id FROM auth.group_members m WHERE m.user_id = %1$s)'),
        ('auth.group_members', '{}', '{group_id,user_id}', 'user_id = %s'),
        ('auth.invites', '{hash}', '{id}', 'made_by = %s'),
        ('auth.access_tokens', '{hash}', '{id}', 'user_id = %s'),
        ('auth.audit', '{}', '{id}', 'actor = %1$s OR subject = %1$s')
    ) AS o(tab, left_out, keys, condition),
    public.own_page(o.tab::regclass, o.left_out::text[], o.keys::text[], format(o.condition, person), false, $3, $4) p
    WHERE o.tab = $2
$$;

CREATE OR REPLACE FUNCTION chat.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('chat.rooms', '{}', '{id}', 'id IN (SELECT m.room_id FROM chat.members m WHERE m.user_id = %s)', false),
        ('chat.users', '{}', '{user_id}', 'user_id = %s', false),
        ('chat.members', '{}', '{room_id,user_id}', 'user_id = %s', false),
        ('chat.bans', '{}', '{room_id,user_id}', 'user_id = %s', true),
        ('chat.invites', '{hash}', '{id}', 'made_by = %s', false),
        ('chat.events', '{}', '{room_id,seq}', 'sender = %s', true),
        ('chat.changes', '{}', '{room_id,seq}',
            'EXISTS (SELECT FROM chat.events e WHERE e.room_id = t.room_id AND e.seq = t.seq AND e.sender = %s)', true),
        ('chat.reactions', '{}', '{room_id,seq,emoji,user_id}', 'user_id = %s', true),
        ('chat.mentions', '{}', '{room_id,seq,user_id}', 'user_id = %s', false),
        ('chat.follows', '{}', '{room_id,root,user_id}', 'user_id = %s', true),
        ('chat.polls', '{}', '{room_id,seq}',
            'EXISTS (SELECT FROM chat.events e WHERE e.room_id = t.room_id AND e.seq = t.seq AND e.sender = %s)', true),
        ('chat.votes', '{}', '{room_id,seq,user_id}', 'user_id = %s', true),
        ('chat.user_events', '{}', '{user_id,useq}', 'user_id = %s', false),
        ('chat.later', '{}', '{id}', 'user_id = %s', false),
        ('chat.scheduled', '{}', '{id}', 'user_id = %s', false),
        ('chat.drafts', '{}', '{user_id,room_id,thread}', 'user_id = %s', false),
        -- What somebody else wrote stays away; and nobody is told who reported him.
        ('chat.reports', '{body}', '{id}', 'reporter = %s', false),
        ('chat.audit', '{}', '{id}', 'actor = %1$s OR (subject = %1$s AND kind NOT IN (''reported'', ''report_settled''))', false),
        ('chat.file_use', '{}', '{room,seq,file}', 'sender = %s', true)
    ) AS o(tab, left_out, keys, condition, wide),
    public.own_page(o.tab::regclass, o.left_out::text[], o.keys::text[], format(o.condition, person), o.wide, $3, $4) p
    WHERE o.tab = $2
$$;

CREATE OR REPLACE FUNCTION media.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('media.file', '{}', '{id}', 'owner = %s AND state = 2 AND doomed_at IS NULL')
    ) AS o(tab, left_out, keys, condition),
    public.own_page(o.tab::regclass, o.left_out::text[], o.keys::text[], format(o.condition, person), true, $3, $4) p
    WHERE o.tab = $2
$$;
DROP FUNCTION public.own_page(text, text[], text[], text[], text[], text[], integer);

-- The log first, as what writes takes it first.
DROP INDEX chat.events_sender, chat.votes_user, chat.follows_person, chat.bans_user, chat.invites_made_by, chat.audit_actor,
    chat.audit_subject, chat.reports_person;
DROP INDEX auth.audit_actor, auth.audit_subject, auth.invites_made_by, auth.groups_made_by, auth.access_tokens_person;
DROP INDEX media.file_owner;
