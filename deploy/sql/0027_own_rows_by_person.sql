-- What the server has of a person is found by indices that know the person, whatever the server has of others
-- (docs/export.md). Messages need none of their own: chat.sent is by sender already. An index of the whole log by sender
-- would be written with every message there is, for something that few ask for.

-- The log first, as what writes takes it first: nobody waits in a ring. No index gives way to another one here, since that
-- would wait for a backup under way, and everybody for that.
CREATE INDEX events_sender ON chat.events (sender, room_id, seq) WHERE cmid IS NULL; -- all of somebody's but messages
CREATE INDEX votes_user ON chat.votes (user_id, room_id, seq);
CREATE INDEX bans_user ON chat.bans (user_id, room_id);
CREATE INDEX invites_made_by ON chat.invites (made_by, id);
CREATE INDEX audit_actor ON chat.audit (actor, id);
CREATE INDEX audit_subject ON chat.audit (subject, id) WHERE kind NOT IN ('reported', 'report_settled');
CREATE INDEX follows_person ON chat.follows (user_id, room_id, root);
CREATE INDEX reports_person ON chat.reports (reporter, id);
CREATE INDEX audit_actor ON auth.audit (actor, id);
CREATE INDEX audit_subject ON auth.audit (subject, id) WHERE subject IS NOT NULL;
CREATE INDEX invites_made_by ON auth.invites (made_by, id);
CREATE INDEX groups_made_by ON auth.groups (made_by, id);
CREATE INDEX access_tokens_person ON auth.access_tokens (user_id, id);
CREATE INDEX file_owner ON media.file (owner, id) WHERE state = 2 AND doomed_at IS NULL;

-- The next rows of one table that belong to somebody, a JSON line each. They are found by walks, one behind the other: each
-- goes through what an index knows of the person (w), in the order of `places`, and finds the rows themselves (t) by
-- `joins`; where that is empty they are what it goes through. A page is of one walk. Without `most` it is all there is;
-- else so many rows, and those of the last one's place. What came short of that is followed by a row without a line. The
-- last key says where to go on, as the number of the walk and its place; no key: that was all.
CREATE FUNCTION public.own_page(tab text, left_out text[], walks text[], places text[], joins text[], after text[], most integer)
RETURNS TABLE (line text, key text[]) LANGUAGE plpgsql STABLE
SET timezone = 'UTC' SET datestyle = 'ISO' SET extra_float_digits = 1 SET bytea_output = 'hex'
-- Row by row, whatever is believed of how many there are: a page costs what is on it.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    steps CONSTANT integer := 5000; -- of a walk that may find nothing for a long while
    nth integer := coalesce(after[1]::integer, 1);
    columns text; -- by name, so that two servers of one schema say the same
    place text;
    words text;   -- the place as it is given back
    walk text;
    edge text[];
    given bigint;
BEGIN
    SELECT string_agg('%1$s.' || quote_ident(attname), ', ' ORDER BY attname COLLATE "C") INTO columns FROM pg_attribute
    WHERE attrelid = tab::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL (left_out);
    LOOP
        SELECT string_agg('w.' || c, ', ' ORDER BY n), string_agg('w.' || c || '::text', ', ' ORDER BY n) INTO place, words
        FROM unnest(string_to_array(places[nth], ' ')) WITH ORDINALITY AS x(c, n);
        walk := format('SELECT * FROM %s', walks[nth]);
        IF cardinality(after) > 1 THEN
            walk := walk || format(' AND (%s) > (%s)', place,
                (SELECT string_agg(quote_literal(v), ', ' ORDER BY n) FROM unnest(after[2:]) WITH ORDINALITY AS x(v, n)));
        END IF;
        walk := walk || format(' ORDER BY %s', place);
        IF most IS NOT NULL THEN
            walk := walk || format(' LIMIT %s', CASE WHEN joins[nth] = '' THEN most ELSE steps END);
        END IF;
        IF most IS NOT NULL AND joins[nth] <> '' THEN
            EXECUTE format('SELECT ARRAY[%s] FROM (%s) w ORDER BY %s OFFSET %s', words, walk, place, steps - 1) INTO edge;
        END IF;
        RETURN QUERY EXECUTE format('SELECT ''{"table":"%s","row":'' || (SELECT row_to_json(r) FROM (SELECT %s) r) || ''}'', '
            'ARRAY[%L, %s] FROM (%s) w %s ORDER BY %s %s', tab, format(columns, CASE WHEN joins[nth] = '' THEN 'w' ELSE 't' END),
            nth::text, words, walk, CASE WHEN joins[nth] <> '' THEN format('JOIN %s t ON %s', tab, joins[nth]) END, place,
            CASE WHEN most IS NOT NULL THEN format('FETCH FIRST %s ROWS WITH TIES', most) END);
        GET DIAGNOSTICS given = ROW_COUNT;
        EXIT WHEN most IS NOT NULL OR nth = cardinality(walks);
        nth := nth + 1;
        after := NULL;
    END LOOP;
    IF most IS NULL OR given < most THEN
        line := NULL;
        key := CASE WHEN edge IS NOT NULL THEN nth::text || edge WHEN nth < cardinality(walks) THEN ARRAY[(nth + 1)::text] END;
        RETURN NEXT;
    END IF;
END $$;
REVOKE ALL ON FUNCTION public.own_page(text, text[], text[], text[], text[], text[], integer) FROM public;
GRANT EXECUTE ON FUNCTION public.own_page(text, text[], text[], text[], text[], text[], integer) TO parley_auth, parley_msg, parley_media;

-- Of each service its own tables, by what makes a row somebody's. No row at all: this is none of them.
CREATE OR REPLACE FUNCTION auth.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('auth.users', '{password_hash}', ARRAY['auth.users w WHERE w.id = %1$s'], ARRAY['id'], ARRAY['']),
        ('auth.blocks', '{}', ARRAY['auth.blocks w WHERE w.user_id = %1$s'], ARRAY['blocked_id'], ARRAY['']),
        ('auth.groups', '{}', ARRAY['auth.groups w WHERE w.made_by = %1$s', 'auth.group_members w WHERE w.user_id = %1$s'],
            ARRAY['id', 'group_id'], ARRAY['', 't.id = w.group_id AND t.made_by IS DISTINCT FROM %1$s']),
        ('auth.group_members', '{}', ARRAY['auth.group_members w WHERE w.user_id = %1$s'], ARRAY['group_id'], ARRAY['']),
        ('auth.invites', '{hash}', ARRAY['auth.invites w WHERE w.made_by = %1$s'], ARRAY['id'], ARRAY['']),
        ('auth.access_tokens', '{hash}', ARRAY['auth.access_tokens w WHERE w.user_id = %1$s'], ARRAY['id'], ARRAY['']),
        ('auth.audit', '{}', ARRAY['auth.audit w WHERE w.actor = %1$s', 'auth.audit w WHERE w.subject = %1$s AND w.actor <> %1$s'],
            ARRAY['id', 'id'], ARRAY['', ''])
    ) AS o(tab, left_out, walks, places, joins),
    public.own_page(o.tab, o.left_out::text[], (SELECT array_agg(format(x, person) ORDER BY n) FROM unnest(o.walks) WITH ORDINALITY AS u(x, n)),
        o.places, (SELECT array_agg(format(x, person) ORDER BY n) FROM unnest(o.joins) WITH ORDINALITY AS u(x, n)), $3, $4) p
    WHERE o.tab = $2
$$;

CREATE OR REPLACE FUNCTION chat.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('chat.rooms', '{}', ARRAY['chat.members w WHERE w.user_id = %1$s'], ARRAY['room_id'], ARRAY['t.id = w.room_id']),
        ('chat.users', '{}', ARRAY['chat.users w WHERE w.user_id = %1$s'], ARRAY['user_id'], ARRAY['']),
        ('chat.members', '{}', ARRAY['chat.members w WHERE w.user_id = %1$s'], ARRAY['room_id'], ARRAY['']),
        ('chat.bans', '{}', ARRAY['chat.bans w WHERE w.user_id = %1$s'], ARRAY['room_id'], ARRAY['']),
        ('chat.invites', '{hash}', ARRAY['chat.invites w WHERE w.made_by = %1$s'], ARRAY['id'], ARRAY['']),
        ('chat.events', '{}', ARRAY['chat.events w WHERE w.sender = %1$s AND w.cmid IS NULL', 'chat.sent w WHERE w.sender = %1$s'],
            ARRAY['room_id seq', 'cmid'], ARRAY['', 't.room_id = w.room_id AND t.seq = w.seq']),
        ('chat.changes', '{}', ARRAY['chat.sent w WHERE w.sender = %1$s'], ARRAY['cmid'], ARRAY['t.room_id = w.room_id AND t.seq = w.seq']),
        -- By the event that put it there.
        ('chat.reactions', '{}', ARRAY['chat.events w WHERE w.sender = %1$s AND w.cmid IS NULL'], ARRAY['room_id seq'],
            ARRAY['w.type = ''reacted'' AND t.room_id = w.room_id AND t.seq = w.about AND t.emoji = w.data ->> ''emoji'' '
                'AND t.user_id = %1$s AND t.since = w.seq']),
        ('chat.mentions', '{}', ARRAY['chat.mentions w WHERE w.user_id = %1$s'], ARRAY['room_id seq'], ARRAY['']),
        ('chat.follows', '{}', ARRAY['chat.follows w WHERE w.user_id = %1$s'], ARRAY['room_id root'], ARRAY['']),
        ('chat.polls', '{}', ARRAY['chat.sent w WHERE w.sender = %1$s'], ARRAY['cmid'], ARRAY['t.room_id = w.room_id AND t.seq = w.seq']),
        ('chat.votes', '{}', ARRAY['chat.votes w WHERE w.user_id = %1$s'], ARRAY['room_id seq'], ARRAY['']),
        ('chat.user_events', '{}', ARRAY['chat.user_events w WHERE w.user_id = %1$s'], ARRAY['useq'], ARRAY['']),
        ('chat.later', '{}', ARRAY['chat.later w WHERE w.user_id = %1$s'], ARRAY['place'], ARRAY['']),
        ('chat.scheduled', '{}', ARRAY['chat.scheduled w WHERE w.user_id = %1$s'], ARRAY['cmid'], ARRAY['']),
        ('chat.drafts', '{}', ARRAY['chat.drafts w WHERE w.user_id = %1$s'], ARRAY['room_id thread'], ARRAY['']),
        -- What somebody else wrote stays away; and nobody is told who reported him.
        ('chat.reports', '{body}', ARRAY['chat.reports w WHERE w.reporter = %1$s'], ARRAY['id'], ARRAY['']),
        ('chat.audit', '{}', ARRAY['chat.audit w WHERE w.actor = %1$s',
                'chat.audit w WHERE w.subject = %1$s AND w.kind NOT IN (''reported'', ''report_settled'') AND w.actor <> %1$s'],
            ARRAY['id', 'id'], ARRAY['', '']),
        ('chat.file_use', '{}', ARRAY['chat.sent w WHERE w.sender = %1$s'], ARRAY['cmid'],
            ARRAY['t.room = w.room_id AND t.seq = w.seq AND t.sender = %1$s'])
    ) AS o(tab, left_out, walks, places, joins),
    public.own_page(o.tab, o.left_out::text[], (SELECT array_agg(format(x, person) ORDER BY n) FROM unnest(o.walks) WITH ORDINALITY AS u(x, n)),
        o.places, (SELECT array_agg(format(x, person) ORDER BY n) FROM unnest(o.joins) WITH ORDINALITY AS u(x, n)), $3, $4) p
    WHERE o.tab = $2
$$;

CREATE OR REPLACE FUNCTION media.own_rows(person bigint, tab text, after text[], most integer) RETURNS TABLE (line text, key text[])
LANGUAGE sql STABLE AS $$
    SELECT p.line, p.key FROM (VALUES
        ('media.file', '{}', ARRAY['media.file w WHERE w.owner = %1$s AND w.state = 2 AND w.doomed_at IS NULL'], ARRAY['id'], ARRAY[''])
    ) AS o(tab, left_out, walks, places, joins),
    public.own_page(o.tab, o.left_out::text[], (SELECT array_agg(format(x, person) ORDER BY n) FROM unnest(o.walks) WITH ORDINALITY AS u(x, n)),
        o.places, o.joins, $3, $4) p
    WHERE o.tab = $2
$$;
DROP FUNCTION public.own_page(regclass, text[], text[], text, boolean, text[], integer);
