/* What the server has of a person is given to that person, whole, who has just typed the password; and to nobody else.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "person.h"
#include "personal_token.h"
#include "redis_server.h"
#include "stack.h"
#include "uploader.h"

enum { FILE_BYTES = 3 << 20, LARGE_BYTES = 16 << 20, WAIT_MS = 20000, SCRIPT_MAX = 1600, MANY = 503, SENT = 5503 };
#define MINE "/media/mine"

static struct stack *stack;
static struct person alice, bob;
static int gateway, port;

static void start(void)
{
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 2});
    gateway = stack_port(stack, 0);
    port = stack_media_port(stack, 0);
    alice = person_register(gateway, "alice");
    bob = person_register(gateway, "bob");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(mine, .init = start, .fini = stop, .timeout = 240);

static const char *confirm(const struct person *p, const char *password)
{
    char body[100];
    snprintf(body, sizeof(body), "{\"password\":\"%s\"}", password);
    return person_ask(gateway, p, "POST", "/auth/confirm", body);
}

static struct http_answer ask(const char *token, const char *path)
{
    return http_ask(port, "GET", path, NULL, &(struct http_extra){.token = token});
}

static void expect_refused(const char *token, int status, const char *code)
{
    struct http_answer a = ask(token, MINE);
    char *said = answer_text(&a, "code");
    cr_expect_eq(a.status, status, "%d", a.status);
    cr_expect_str_eq(said, code);
    free(said);
    http_answer_fini(&a);
}

/* The archive of who has just confirmed, in a file of that name, which Python finds whole. */
static void fetch(const struct person *p, const char *name)
{
    static const char script[] = "import zipfile, hashlib, sys\n"
                                 "z = zipfile.ZipFile(sys.argv[1])\n"
                                 "assert z.testzip() is None\n"
                                 "sums = z.read('SHA256SUMS').decode().splitlines()\n"
                                 "assert [s[66:] for s in sums] == z.namelist()[:-1], sums\n"
                                 "for s in sums: assert hashlib.sha256(z.read(s[66:])).hexdigest() == s[:64], s\n"
                                 "open(sys.argv[1] + '.ndjson', 'wb').write(z.read('export.ndjson'))\n";
    char command[sizeof(script) + 100];
    cr_expect_str_eq(confirm(p, PASSWORD), "204");
    struct http_answer a = ask(p->token, MINE);
    cr_assert_eq(a.status, 200, "%d %s", a.status, buf_c(&a.body));
    FILE *f = fopen(name, "w");
    cr_assert_eq(fwrite(a.body.p, 1, a.body.n, f), a.body.n);
    cr_assert_eq(fclose(f), 0);
    http_answer_fini(&a);
    snprintf(command, sizeof(command), "python3 -c \"%s\" %s", script, name);
    cr_assert_eq(system(command), 0, "it is no good archive");
}

/* How often the rows have this text. */
static int count(const char *name, const char *text)
{
    char command[400], said[20] = "";
    snprintf(command, sizeof(command), "grep -cF -- '%s' %s.ndjson", text, name);
    FILE *f = popen(command, "r");
    cr_assert(fgets(said, sizeof(said), f));
    pclose(f);
    return atoi(said);
}

static char *temporary(void)
{
    char *name = strdup("/tmp/mine-XXXXXX");
    int fd = mkstemp(name);
    cr_assert(fd >= 0);
    close(fd);
    return name;
}

static void forget(char *name)
{
    char rows[64];
    snprintf(rows, sizeof(rows), "%s.ndjson", name);
    unlink(rows);
    unlink(name);
    free(name);
}

Test(mine, it_takes_a_login_that_has_just_typed_the_password)
{
    struct person elsewhere = person_login(gateway, "alice");
    expect_refused(NULL, 401, "unauthorized");
    expect_refused(alice.token, 403, "not_confirmed");
    cr_expect_str_eq(confirm(&alice, "something else"), "401 bad_credentials");
    expect_refused(alice.token, 403, "not_confirmed");
    cr_expect_str_eq(confirm(&elsewhere, PASSWORD), "204");
    /* The other login, not this one; and not another person's. */
    expect_refused(alice.token, 403, "not_confirmed");
    expect_refused(bob.token, 403, "not_confirmed");
    char *name = temporary();
    fetch(&elsewhere, name);
    free(stack_sql(stack, "UPDATE auth.sessions SET confirmed_at = now() - interval '11 minutes' RETURNING 1"));
    expect_refused(elsewhere.token, 403, "not_confirmed");
    forget(name);
    person_fini(&elsewhere);
}

Test(mine, an_access_token_does_not_get_it)
{
    struct http_answer a = api(gateway, alice.token, "POST", "/me/tokens",
                               "{\"name\":\"all\",\"scopes\":[\"read\",\"write\",\"rooms\",\"profile\"]}");
    char *token = answer_text(&a, "token");
    cr_assert_eq(a.status, 201);
    cr_expect_str_eq(confirm(&alice, PASSWORD), "204");
    expect_refused(token, 403, "scope_missing");
    struct http_answer b = api(gateway, token, "POST", "/auth/confirm", "{\"password\":\"%s\"}", PASSWORD);
    cr_expect_eq(b.status, 403);
    http_answer_fini(&b);
    free(token);
    http_answer_fini(&a);
}

Test(mine, all_of_ones_own_is_in_it_and_nothing_of_others)
{
    char *room = room_create(gateway, &alice, "ours", "public"), *bytes = upload_bytes(0, FILE_BYTES), body[200];
    char *path = upload_file(port, alice.token, "Grüße: 1?.bin", bytes, FILE_BYTES), *name = temporary();
    room_join(gateway, &bob, room);
    int64_t seq = room_post(gateway, &alice, room, "of alice's own");
    room_post(gateway, &bob, room, "of bob's own");
    snprintf(body, sizeof(body), "/rooms/%s/messages/%lld/report", room, (long long)seq);
    cr_expect_str_eq(person_ask(gateway, &bob, "POST", body, "{\"reason\":\"spam\",\"words\":\"I do not like it\"}"),
                     "204");
    fetch(&alice, name);
    cr_expect_eq(count(name, "of alice"), 1);
    cr_expect_eq(count(name, "Grüße: 1?.bin"), 1);
    cr_expect_eq(count(name, "of bob"), 0);
    /* Nor who reported that, or that anybody did; nor what lets somebody in. */
    cr_expect_eq(count(name, "reported"), 0);
    cr_expect_eq(count(name, "spam"), 0);
    cr_expect_eq(count(name, "argon2"), 0);
    char *rows = stack_sql(
        stack, "SELECT (SELECT count(*) FROM chat.events WHERE sender = 1) + (SELECT count(*) FROM chat.user_events "
               "WHERE user_id = 1) + (SELECT count(*) FROM chat.members WHERE user_id = 1) * 2 + (SELECT count(*) FROM "
               "auth.audit WHERE actor = 1 OR subject = 1) + (SELECT count(*) FROM chat.users WHERE user_id = 1) + 2");
    cr_expect_eq(count(name, "{\"table\":"), atoi(rows));
    free(rows);
    fetch(&bob, name);
    cr_expect_eq(count(name, "of bob"), 1);
    cr_expect_eq(count(name, "of alice"), 0);
    cr_expect_eq(count(name, "I do not like it"), 1);
    forget(name);
    free(path);
    free(bytes);
    free(room);
}

/* To a message, and what it came to. */
static void act(const struct person *p, const char *method, const char *room, int64_t seq, const char *tail,
                const char *body)
{
    char path[96];
    snprintf(path, sizeof(path), "/rooms/%s/messages/%lld%s", room, (long long)seq, tail);
    const char *said = person_ask(gateway, p, method, path, body);
    cr_assert(said[0] == '2', "%s %s: %s", method, path, said);
}

static int64_t post_poll(const struct person *p, const char *room, const char *more)
{
    char path[64], *cmid = new_cmid();
    snprintf(path, sizeof(path), "/rooms/%s/messages", room);
    struct http_answer a =
        api(gateway, p->token, "POST", path,
            "{\"cmid\":\"%s\",\"poll\":{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"Cake\"]%s}}", cmid, more);
    int64_t seq = answer_int(&a, "seq");
    cr_assert_eq(a.status, 201);
    http_answer_fini(&a);
    free(cmid);
    return seq;
}

Test(mine, what_became_of_ones_own_is_in_it_and_what_one_did_to_others)
{
    char *room = room_create(gateway, &alice, "acts", "public"), *name = temporary();
    room_join(gateway, &bob, room);
    int64_t his = room_post(gateway, &bob, room, "of bob's own"), hers = room_post(gateway, &alice, room, "as it was");
    static const char *const on[] = {"true", "false", "true"};
    for (size_t i = 0; i < 3; i++) {
        char body[64];
        snprintf(body, sizeof(body), "{\"emoji\":\"\U0001F370\",\"on\":%s}", on[i]);
        act(&alice, "POST", room, his, "/reactions", body);
    }
    act(&alice, "POST", room, his, "/reactions", "{\"emoji\":\"\U0001F44D\",\"on\":true}");
    act(&alice, "POST", room, his, "/reactions", "{\"emoji\":\"\U0001F44D\",\"on\":false}");
    act(&bob, "POST", room, hers, "/reactions", "{\"emoji\":\"\U0001F44D\",\"on\":true}");
    act(&alice, "PATCH", room, hers, "", "{\"body\":\"as it is\"}");
    act(&alice, "PUT", room, post_poll(&bob, room, ""), "/vote", "{\"options\":[0]}");
    act(&alice, "PUT", room, post_poll(&bob, room, ",\"anonymous\":true"), "/vote", "{\"options\":[1]}");
    post_poll(&alice, room, "");
    fetch(&alice, name);
    cr_expect_eq(count(name, "\"end\":\"chat.reactions\",\"rows\":1,"), 1);
    cr_expect_eq(count(name, "\"end\":\"chat.changes\",\"rows\":1,"), 1);
    cr_expect_eq(count(name, "\"end\":\"chat.votes\",\"rows\":2,"), 1);
    cr_expect_eq(count(name, "\"end\":\"chat.polls\",\"rows\":1,"), 1);
    fetch(&bob, name);
    cr_expect_eq(count(name, "\"end\":\"chat.reactions\",\"rows\":1,"), 1);
    cr_expect_eq(count(name, "\"end\":\"chat.votes\",\"rows\":0,"), 1);
    cr_expect_eq(count(name, "\"end\":\"chat.polls\",\"rows\":2,"), 1);
    forget(name);
    free(room);
}

/* More than a page of what was not sent, and more than a step of what was, of which the last ones were changed; two
 * files each, so that a page would end between them. */
static void write_much(const char *room)
{
    char sql[SCRIPT_MAX];
    snprintf(
        sql, sizeof(sql),
        "WITH s AS (SELECT n, md5(n::text)::uuid AS cmid FROM generate_series(1, %d) n), "
        "o AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts, body) SELECT %s, 10 + n, 0, 'pinned', "
        "CASE WHEN n %% 2 = 0 THEN 1 ELSE 2 END, now(), 'line ' || n || ' of many' FROM generate_series(1, %d) n), "
        "e AS (INSERT INTO chat.events (room_id, seq, n, type, sender, cmid, ts, body) SELECT %s, 20000 + n, n, "
        "'message', 1, cmid, now(), 'sent ' || n || ' of all' FROM s), "
        "t AS (INSERT INTO chat.sent (sender, cmid, room_id, seq, digest) SELECT 1, cmid, %s, 20000 + n, '' FROM s), "
        "c AS (INSERT INTO chat.changes (room_id, seq, changed, body) SELECT %s, 20000 + n, 1, 'now ' || n || "
        "' of few' FROM (SELECT n FROM s ORDER BY cmid DESC LIMIT 3) l), "
        "f AS (INSERT INTO chat.file_use (file, room, seq, sender, kind, name) SELECT decode(md5(n || '/' || x), "
        "'hex'), %s, 20000 + n, 1, 0, 'one of these' FROM s, generate_series(1, 2) x) SELECT 1",
        SENT, room, 2 * MANY, room, room, room, room);
    free(stack_sql(stack, sql));
}

Test(mine, pages_leave_nothing_out)
{
    char *room = room_create(gateway, &alice, "long", "public"), *name = temporary();
    write_much(room);
    fetch(&alice, name);
    cr_expect_eq(count(name, " of many"), MANY);
    cr_expect_eq(count(name, " of all"), SENT);
    cr_expect_eq(count(name, " of few"), 3);
    cr_expect_eq(count(name, "one of these"), 2 * SENT);
    cr_expect_eq(count(name, "\"end\":\"chat.events\""), 1);
    forget(name);
    free(room);
}

/* All rows that PostgreSQL takes into its hands for somebody's. */
static int64_t rows_read(const char *person)
{
    char sql[SCRIPT_MAX];
    snprintf(
        sql, sizeof(sql),
        "WITH t(x) AS (VALUES ('chat.rooms'), ('chat.users'), ('chat.members'), ('chat.bans'), ('chat.invites'), "
        "('chat.events'), ('chat.changes'), ('chat.reactions'), ('chat.mentions'), ('chat.follows'), ('chat.polls'), "
        "('chat.votes'), ('chat.user_events'), ('chat.later'), ('chat.scheduled'), ('chat.drafts'), "
        "('chat.reports'), ('chat.audit'), ('chat.file_use')), "
        "u(x) AS (VALUES ('auth.users'), ('auth.blocks'), ('auth.groups'), ('auth.group_members'), ('auth.invites'), "
        "('auth.access_tokens'), ('auth.audit')), "
        "n AS MATERIALIZED (SELECT (SELECT count(*) FROM t, chat.own_rows(%s, t.x, NULL, 500)) + (SELECT count(*) "
        "FROM u, auth.own_rows(%s, u.x, NULL, 500)) + (SELECT count(*) FROM media.own_rows(%s, 'media.file', NULL, "
        "500)) AS c) SELECT CASE WHEN c > 0 THEN (SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM "
        "pg_stat_xact_user_tables) END FROM n",
        person, person, person);
    char *said = stack_sql(stack, sql);
    int64_t rows = atoll(said);
    cr_assert_gt(rows, 0);
    free(said);
    return rows;
}

Test(mine, what_others_have_makes_it_no_longer)
{
    char *room = room_create(gateway, &bob, "ours", "public");
    room_join(gateway, &alice, room);
    room_post(gateway, &bob, room, "of bob's own");
    int64_t before = rows_read(bob.id);
    cr_expect_lt(before, 200);
    write_much(room);
    free(stack_sql(stack,
                   "INSERT INTO auth.audit (kind, actor) SELECT 'x', 1 FROM generate_series(1, 3000);"
                   "INSERT INTO chat.audit (kind, actor, subject) SELECT 'x', 1, 1 FROM generate_series(1, 3000);"
                   "INSERT INTO chat.reactions (room_id, seq, emoji, user_id, since, author, ts) "
                   "SELECT 1, n, '+', 1, n, 2, now() FROM generate_series(1, 3000) n;"
                   "INSERT INTO media.file (id, owner, name, size, state) SELECT decode(md5(n::text), 'hex'), 1, "
                   "'x', 0, 2 FROM generate_series(1, 3000) n;"
                   "DELETE FROM chat.events WHERE room_id > 1 AND sender = 2 AND body LIKE '% of many'"));
    cr_expect_lt(rows_read(bob.id), before + 100);
    cr_expect_gt(rows_read(alice.id), 5000);
    free(room);
}

/* Asks on a socket of its own, and takes nothing of the answer. */
static int open_and_stall(const struct person *p)
{
    char head[3000];
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int n = snprintf(head, sizeof(head), "GET " MINE " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                     p->token);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    cr_assert_eq(send(fd, head, (size_t)n, MSG_NOSIGNAL), n);
    return fd;
}

static bool is_leased(void *arg)
{
    (void)arg;
    return stack_metric(stack, "media-svc-0", "parley_media_downloading") == 1;
}

static bool is_given(void *arg)
{
    struct http_answer a = http_ask(stack_media_port(stack, 1), "GET", MINE, NULL, &(struct http_extra){.token = arg});
    bool given = a.status == 200;
    http_answer_fini(&a);
    return given;
}

Test(mine, one_at_a_time_of_all_processes)
{
    char *bytes = upload_bytes(0, LARGE_BYTES), *path = upload_file(port, alice.token, "large", bytes, LARGE_BYTES);
    cr_expect_str_eq(confirm(&alice, PASSWORD), "204");
    int fd = open_and_stall(&alice);
    cr_assert(stack_until(is_leased, NULL, WAIT_MS));
    expect_refused(alice.token, 409, "under_way");
    struct http_answer a =
        http_ask(stack_media_port(stack, 1), "GET", MINE, NULL, &(struct http_extra){.token = alice.token});
    cr_expect_eq(a.status, 409);
    http_answer_fini(&a);
    /* Others are not held up. */
    char *name = temporary();
    fetch(&bob, name);
    forget(name);
    close(fd);
    cr_expect(stack_until(is_given, alice.token, WAIT_MS), "a client that went away holds it");
    cr_expect_lt(stack_metric(stack, "media-svc-0", "parley_media_buffered_peak_bytes"), 4 << 20);
    free(bytes);
    free(path);
}

static bool is_over(void *arg)
{
    (void)arg;
    return stack_metric(stack, "media-svc-0", "parley_media_downloading") == 0;
}

/* As behind a process that stood still until the lease had run out. */
Test(mine, the_lease_of_another_one_is_not_ended)
{
    char *bytes = upload_bytes(0, LARGE_BYTES), *path = upload_file(port, alice.token, "large", bytes, LARGE_BYTES);
    cr_expect_str_eq(confirm(&alice, PASSWORD), "204");
    int fd = open_and_stall(&alice);
    cr_assert(stack_until(is_leased, NULL, WAIT_MS));
    free(redis_server_command(stack_redis(stack), "SET archive:{1} another"));
    close(fd);
    cr_assert(stack_until(is_over, NULL, WAIT_MS));
    /* Behind what the one that ended has said to Redis. */
    expect_refused(alice.token, 409, "under_way");
    char *holder = redis_server_command(stack_redis(stack), "GET archive:{1}");
    cr_expect_str_eq(holder, "another");
    free(holder);
    free(bytes);
    free(path);
}

Test(mine, how_large_is_known_before)
{
    char *bytes = upload_bytes(0, FILE_BYTES), *path = upload_file(port, alice.token, "x", bytes, FILE_BYTES);
    struct http_answer a = ask(alice.token, MINE "/size");
    cr_expect_eq(a.status, 200);
    cr_expect_eq(answer_int(&a, "bytes"), FILE_BYTES);
    http_answer_fini(&a);
    a = ask(NULL, MINE "/size");
    cr_expect_eq(a.status, 401);
    http_answer_fini(&a);
    free(bytes);
    free(path);
}
