-- Groups of people, which a message can name. docs/groups.md.

ALTER TABLE auth.settings
    ADD COLUMN user_groups text NOT NULL DEFAULT 'admins' CHECK (user_groups IN ('everybody', 'admins')); -- who makes them

CREATE TABLE auth.groups (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle     text NOT NULL,              -- as auth.users.username, _key and skeleton
    handle_key text NOT NULL UNIQUE,
    skeleton   text NOT NULL UNIQUE,
    title      text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 80),
    size       integer NOT NULL DEFAULT 0, -- rows of auth.group_members: changed by the statement that changes those
    made_by    bigint REFERENCES auth.users ON DELETE SET NULL,
    made_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.group_members (
    group_id bigint NOT NULL REFERENCES auth.groups ON DELETE CASCADE,
    user_id  bigint NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON auth.group_members (user_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.groups, auth.group_members TO parley_auth;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA auth TO parley_auth;

-- A name is a person's or a group's: what stands in the other table, or looks like it, is taken. Accounts share the lock
-- and groups have it alone, so that of two that come at once one sees the other.
CREATE FUNCTION auth.one_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'groups' THEN
        PERFORM pg_advisory_xact_lock(7011603);
        PERFORM FROM auth.users WHERE username_key = NEW.handle_key OR skeleton = NEW.skeleton;
    ELSE
        PERFORM pg_advisory_xact_lock_shared(7011603);
        PERFORM FROM auth.groups WHERE handle_key = NEW.username_key OR skeleton = NEW.skeleton;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'a person or a group has this name' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION auth.one_name FROM public;
CREATE TRIGGER one_name BEFORE INSERT OR UPDATE OF username_key, skeleton ON auth.users
    FOR EACH ROW EXECUTE FUNCTION auth.one_name();
CREATE TRIGGER one_name BEFORE INSERT OR UPDATE OF handle_key, skeleton ON auth.groups
    FOR EACH ROW EXECUTE FUNCTION auth.one_name();

-- What msg-svc may know: what groups are called, and who of them can be called.
CREATE VIEW auth.group_names AS SELECT id, handle, handle_key FROM auth.groups;
CREATE VIEW auth.group_people AS
    SELECT g.group_id, g.user_id FROM auth.group_members g JOIN auth.users u ON u.id = g.user_id WHERE u.disabled_at IS NULL;
GRANT SELECT ON auth.group_names, auth.group_people TO parley_msg;

-- What somebody may download of his own has his groups, too (docs/export.md).
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
