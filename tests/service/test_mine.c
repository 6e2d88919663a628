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
#include "stack.h"
#include "uploader.h"

enum { FILE_BYTES = 3 << 20, LARGE_BYTES = 16 << 20, WAIT_MS = 20000, SCRIPT_MAX = 600, MANY = 503 };
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

/* More than a page, some of which have nothing of hers in them: 20,000 places each. */
Test(mine, pages_leave_nothing_out)
{
    char *room = room_create(gateway, &alice, "long", "public"), *name = temporary(), said[SCRIPT_MAX];
    snprintf(
        said, sizeof(said),
        "WITH e AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts, body) "
        "SELECT %s, 10 + n, n, 'message', CASE WHEN n %% 50 = 0 THEN 1 ELSE 2 END, now(), 'line ' || n || ' of many' "
        "FROM generate_series(1, %d) n RETURNING 1) SELECT count(*) FROM e",
        room, MANY * 50);
    free(stack_sql(stack, said));
    fetch(&alice, name);
    cr_expect_eq(count(name, "of many"), MANY);
    cr_expect_eq(count(name, "\"end\":\"chat.events\""), 1);
    forget(name);
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
