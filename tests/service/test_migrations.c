/* The schema goes down to any version and up again, and is then what it was. */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "postgres_server.h"

enum { VERSIONS_MAX = 200 };

static struct postgres_server *postgres;
static const char *ups[VERSIONS_MAX]; /* files, in their order */
static size_t versions;
static char *schemas[VERSIONS_MAX];
static glob_t found;

static void start(void)
{
    cr_assert_eq(glob(PARLEY_SOURCE_DIR "/deploy/sql/[0-9]*.sql", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc && versions < VERSIONS_MAX; i++)
        if (strstr(found.gl_pathv[i], ".down.sql") == NULL)
            ups[versions++] = found.gl_pathv[i];
    postgres = postgres_server_start(false);
}

static void stop(void)
{
    for (size_t i = 0; i < VERSIONS_MAX; i++)
        free(schemas[i]);
    globfree(&found);
    postgres_server_stop(&postgres);
}

TestSuite(migrations, .init = start, .fini = stop, .timeout = 240);

/* The SQL of a version, up or down. */
static char *text_of(size_t version, bool down)
{
    char path[512], part[4096];
    const char *up = ups[version];
    struct buf text = {0};
    snprintf(path, sizeof path, "%.*s%s", (int)(strlen(up) - strlen(".sql")), up, down ? ".down.sql" : ".sql");
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        buf_put(&text, part, n);
    fclose(file);
    char *copy = strdup(buf_c(&text));
    buf_fini(&text);
    return copy;
}

static void go(size_t version, bool down)
{
    char *text = text_of(version, down);
    free(postgres_server_sql(postgres, text));
    free(text);
}

/* All there is in our schemas and who may use it, a line each, in an order that says nothing of when it was made.
 */
static char *schema(void)
{
    return postgres_server_sql(
        postgres,
        "WITH r AS (SELECT c.oid, c.relkind, n.nspname || '.' || c.relname AS name FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information_schema$|public$)') "
        "SELECT line FROM (SELECT 'relation ' || relkind::text || ' ' || name AS line FROM r "
        "UNION ALL SELECT 'column ' || r.name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' "
        "|| a.attnotnull::text || ' ' || a.attidentity::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') "
        "FROM r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'i' "
        "LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum "
        "UNION ALL SELECT 'constraint ' || r.name || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) "
        "FROM r JOIN pg_constraint k ON k.conrelid = r.oid "
        "UNION ALL SELECT 'index ' || pg_get_indexdef(oid) FROM r WHERE relkind = 'i' "
        "UNION ALL SELECT 'view ' || name || ' ' || pg_get_viewdef(oid) FROM r WHERE relkind = 'v' "
        "UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^(pg_|information_schema$|public$)' "
        "UNION ALL SELECT 'grant ' || r.name || ' ' || x.grantee::regrole::text || ' ' || x.privilege_type FROM r "
        "JOIN pg_class c ON c.oid = r.oid CROSS JOIN LATERAL aclexplode(c.relacl) x "
        "WHERE x.grantee <> 0 AND x.grantee::regrole::text LIKE 'parley%') all_lines ORDER BY line COLLATE \"C\"");
}

/* The first line that one of them has and the other has not. */
static void differ(size_t version, const char *was, const char *is)
{
    while (*was != '\0' && *was == *is) {
        was++;
        is++;
    }
    cr_assert(*was == *is, "after %s and up again:\nwas …%.200s\nis …%.200s", ups[version], was, is);
}

static void some_rows(void)
{
    free(postgres_server_sql(
        postgres,
        "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, keywords, notify_rooms, "
        "hide_read) SELECT n, n, n, n, '', '{word}', 'all', true FROM unnest(ARRAY['ada', 'bo']) n;"
        "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, owner_id) "
        "VALUES ('bot', 'bot', 'bot', 'bot', '', 1);"
        "INSERT INTO auth.access_tokens (user_id, hash, name, scopes) VALUES (3, '\\x01', 'one', '{read}');"
        "INSERT INTO auth.groups (handle, handle_key, skeleton, title, made_by) VALUES ('crew', 'crew', 'crew', 'Crew', 1);"
        "INSERT INTO auth.group_members (group_id, user_id) VALUES (1, 2);"
        "INSERT INTO auth.audit (kind, actor) VALUES ('registered', 1);"
        "INSERT INTO auth.invites (hash, made_by) VALUES ('\\x01', 1);"
        "INSERT INTO chat.users (user_id, last_useq, activity_seen) VALUES (1, 9, 5), (2, 9, 5);"
        "INSERT INTO chat.members (room_id, user_id, role, read_seq, read_n, back_seq, back_n, notify, quiet_until) "
        "VALUES (1, 1, 'moderator', 2, 1, 1, 0, 'none', now()), (1, 2, 'guest', 2, 1, NULL, NULL, NULL, NULL);"
        "INSERT INTO chat.events (room_id, seq, n, type, sender, ts, data) VALUES (1, 1, 1, 'message', 1, now(), "
        "'{\"poll\": {\"question\": \"?\", \"options\": [\"a\", \"b\"]}}'), (1, 2, 2, 'message', 2, now(), NULL);"
        "INSERT INTO chat.polls (room_id, seq, multiple, anonymous, counts) VALUES (1, 1, false, false, '{0,1}');"
        "INSERT INTO chat.votes (room_id, seq, user_id, choices, since) VALUES (1, 1, 2, 2, 2);"
        "INSERT INTO chat.changes (room_id, seq, changed, replies) VALUES (1, 1, 2, 1);"
        "INSERT INTO chat.mentions (user_id, room_id, seq, ts) VALUES (1, 1, 2, now());"
        "INSERT INTO chat.reactions (room_id, seq, emoji, user_id, since, author, ts) VALUES (1, 1, '+', 2, 2, 1, now());"
        "INSERT INTO chat.follows (room_id, root, user_id, following) VALUES (1, 1, 1, NULL);"
        "INSERT INTO chat.user_events (user_id, useq, type, room_id) SELECT 1, row_number() OVER (), t, 1 FROM "
        "unnest(ARRAY['later', 'thread_read', 'activity_seen', 'room_changed', 'read']) t;"
        "INSERT INTO chat.later (user_id, room_id, seq) VALUES (1, 1, 1);"
        "INSERT INTO chat.scheduled (user_id, room_id, cmid, body, send_at) VALUES (1, 1, gen_random_uuid(), 'a', now());"
        "INSERT INTO chat.drafts (user_id, room_id, body, written_at) VALUES (1, 1, 'Dear', now());"
        "INSERT INTO chat.reports (room_id, seq, sender, body, reporter, reason) VALUES (1, 2, 2, 'a', 1, 'spam');"
        "INSERT INTO chat.audit (kind, actor) VALUES ('reported', 1);"
        "UPDATE auth.settings SET retention_days = 30; UPDATE chat.rooms SET retention_days = 7;"
        "INSERT INTO chat.retained (room_id, seq) VALUES (1, 1);"
        "INSERT INTO chat.bans (room_id, user_id, banned_by) VALUES (1, 3, 1);"));
}

/* With rows in most tables on the way down, with none on the way up. */
Test(migrations, every_version_goes_down_and_up_again)
{
    some_rows();
    for (size_t v = versions; v-- > 0;) {
        schemas[v] = schema();
        go(v, true);
    }
    char *left = schema();
    cr_expect_str_eq(left, "", "nothing is left");
    free(left);
    for (size_t v = 0; v < versions; v++) {
        go(v, false);
        char *now = schema();
        differ(v, schemas[v], now);
        free(now);
    }
}

/* A version that knew an event less would find holes in its logs. */
Test(migrations, there_is_no_way_down_past_events_that_the_version_before_does_not_know)
{
    static const struct {
        const char *version, *type;
    } guarded[] = {{"0012_", "voted"}, {"0012_", "poll_closed"}, {"0008_", "muted"}, {"0006_", "edited"}};
    for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
        char sql[512];
        size_t v = 0;
        while (v < versions && strstr(ups[v], guarded[i].version) == NULL)
            v++;
        cr_assert(v < versions);
        char *down = text_of(v, true), *before = schema();
        struct buf tried = {0};
        snprintf(sql, sizeof sql,
                 "INSERT INTO chat.events (room_id, seq, n, type, sender, ts, about) "
                 "VALUES (1, 1, 0, '%s', 1, now(), 1)",
                 guarded[i].type);
        free(postgres_server_sql(postgres, sql));
        buf_cstr(&tried, "DO $try$ BEGIN EXECUTE $down$");
        buf_cstr(&tried, down);
        buf_cstr(&tried, "$down$; RAISE EXCEPTION USING ERRCODE = 'data_exception'; "
                         "EXCEPTION WHEN raise_exception THEN NULL; END $try$");
        free(postgres_server_sql(postgres, buf_c(&tried)));
        free(postgres_server_sql(postgres, "DELETE FROM chat.events"));
        char *after = schema();
        differ(v, before, after);
        buf_fini(&tried);
        free(before);
        free(after);
        free(down);
    }
}
