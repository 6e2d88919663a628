/* Who looks after the server: the first one who comes is admin, admins make others, and what only they may do ends at
 * once for who is none. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { NOTICED_MS = 2000, CROWD = 8 };

static struct stack *stack;
static struct person alice, bob, carol; /* Alice came first. */
static int port;

static void start_stack(void)
{
    /* One person asks for more in a second than a person would. */
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
}

static void start(void)
{
    start_stack();
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(administration, .init = start, .fini = stop, .timeout = 240);
TestSuite(founding, .init = start_stack, .fini = stop, .timeout = 240);

static const char *ask(const struct person *p, const char *method, const char *path, const char *body)
{
    return person_ask(port, p, method, path, body);
}

/* The same of somebody's account. */
static const char *on_account(const struct person *p, const char *method, const struct person *whom, const char *tail,
                              const char *body)
{
    char path[96];
    snprintf(path, sizeof path, "/admin/users/%s%s", whom->id, tail);
    return ask(p, method, path, body);
}

/* A text of the answer to a GET; the caller's to free. */
static char *text_of(const struct person *p, const char *path, const char *key)
{
    struct http_answer a = api(port, p ? p->token : NULL, "GET", path, NULL);
    char *text = answer_text(&a, key);
    http_answer_fini(&a);
    return text;
}

static bool is_admin(const struct person *p)
{
    struct http_answer a = api(port, p->token, "GET", "/me", NULL);
    bool admin = false;
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    jval_get_bool(a.json, "admin", &admin);
    http_answer_fini(&a);
    return admin;
}

static const char *register_by(const char *name, const char *invite)
{
    char body[256];
    snprintf(body, sizeof body, "{\"username\":\"%s\",\"password\":\"" PASSWORD "\"%s%s%s}", name,
             invite ? ",\"invite\":\"" : "", invite ? invite : "", invite ? "\"" : "");
    return ask(NULL, "POST", "/auth/register", body);
}

#define SQL_IS(sql, value)                                \
    do {                                                  \
        char *is_ = stack_sql(stack, sql);                \
        cr_expect_str_eq(is_, value, "%s: %s", sql, is_); \
        free(is_);                                        \
    } while (0)

/* ---- the first one ---- */

static void *come(void *name)
{
    struct http_answer a = api(port, NULL, "POST", "/auth/register",
                               "{\"username\":\"%s\",\"password\":\"" PASSWORD "\"}", (const char *)name);
    int *status = malloc(sizeof *status);
    *status = a.status;
    http_answer_fini(&a);
    return status;
}

Test(founding, of_many_who_come_first_at_once_one_is_admin)
{
    pthread_t threads[CROWD];
    char names[CROWD][16];
    char *founded = text_of(NULL, "/server", "name");
    cr_expect_str_eq(founded, "Parley");
    free(founded);
    SQL_IS("SELECT founded FROM auth.settings", "f");
    for (int i = 0; i < CROWD; i++) {
        snprintf(names[i], sizeof names[i], "person%c", 'a' + i);
        cr_assert_eq(pthread_create(&threads[i], NULL, come, names[i]), 0);
    }
    for (int i = 0; i < CROWD; i++) {
        void *status;
        pthread_join(threads[i], &status);
        cr_expect_eq(*(int *)status, 201);
        free(status);
    }
    SQL_IS("SELECT count(*) FROM auth.users", "8");
    SQL_IS("SELECT count(*) FROM auth.users WHERE admin", "1");
    SQL_IS("SELECT count(*) FROM auth.audit WHERE kind = 'registered' AND (data -> 'founder')::boolean", "1");
}

Test(founding, a_name_that_is_refused_founds_nothing)
{
    cr_expect_str_eq(register_by("a", NULL), "422 username_invalid");
    SQL_IS("SELECT founded FROM auth.settings", "f");
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    cr_expect(is_admin(&alice));
    cr_expect_not(is_admin(&bob));
}

/* ---- who may ---- */

static const struct {
    const char *method, *path, *body;
} admin_paths[] = {
    {"GET", "/admin/settings", NULL},
    {"PATCH", "/admin/settings", "{\"name\":\"Mine\"}"},
    {"GET", "/admin/invites", NULL},
    {"POST", "/admin/invites", "{}"},
    {"DELETE", "/admin/invites/1", NULL},
    {"GET", "/admin/users", NULL},
    {"PATCH", "/admin/users/1", "{\"disabled\":true}"},
    {"PATCH", "/admin/users/2", "{\"admin\":true}"},
    {"PATCH", "/admin/users/999999", "{\"admin\":true}"},
    {"DELETE", "/admin/users/1/sessions", NULL},
    {"GET", "/admin/rooms", NULL},
    {"GET", "/admin/figures", NULL},
    {"GET", "/admin/audit", NULL},
};

static void expect_shut(const struct person *p)
{
    for (size_t i = 0; i < sizeof admin_paths / sizeof admin_paths[0]; i++)
        cr_expect_str_eq(ask(p, admin_paths[i].method, admin_paths[i].path, admin_paths[i].body), "403 forbidden",
                         "%s %s", admin_paths[i].method, admin_paths[i].path);
}

Test(administration, nobody_else_may_do_what_admins_do_and_who_is_none_any_more_may_not_at_once)
{
    expect_shut(&bob);
    for (size_t i = 0; i < sizeof admin_paths / sizeof admin_paths[0]; i++)
        cr_expect_str_eq(ask(NULL, admin_paths[i].method, admin_paths[i].path, admin_paths[i].body), "401 unauthorized",
                         "%s", admin_paths[i].path);
    cr_expect_str_eq(on_account(&alice, "PATCH", &bob, "", "{\"admin\":true}"), "204");
    cr_expect(is_admin(&bob));
    cr_expect_str_eq(ask(&bob, "GET", "/admin/users", NULL), "200");
    cr_expect_str_eq(ask(&bob, "GET", "/admin/audit", NULL), "200");
    cr_expect_str_eq(on_account(&alice, "PATCH", &bob, "", "{\"admin\":false}"), "204");
    expect_shut(&bob);
    SQL_IS("SELECT name FROM auth.settings", "Parley");
}

Test(administration, the_last_admin_stays_one)
{
    cr_expect_str_eq(on_account(&alice, "PATCH", &alice, "", "{\"admin\":false}"), "409 last_admin");
    cr_expect_str_eq(on_account(&alice, "PATCH", &alice, "", "{\"disabled\":true}"), "403 forbidden");
    cr_expect_str_eq(ask(&alice, "PATCH", "/admin/users/999999", "{\"admin\":true}"), "404 user_not_found");
    cr_expect_str_eq(on_account(&alice, "PATCH", &bob, "", "{\"admin\":true}"), "204");
    cr_expect_str_eq(on_account(&bob, "PATCH", &alice, "", "{\"disabled\":true}"), "204");
    cr_expect_str_eq(on_account(&bob, "PATCH", &bob, "", "{\"admin\":false}"), "409 last_admin",
                     "a disabled admin looks after nothing");
    cr_expect_str_eq(on_account(&bob, "PATCH", &carol, "", "{\"admin\":true}"), "204");
    cr_expect_str_eq(on_account(&bob, "PATCH", &bob, "", "{\"admin\":false}"), "204");
    cr_expect_not(is_admin(&bob));
}

static void *demote(void *whom)
{
    const struct person *by = whom == &alice ? &bob : &alice;
    struct http_answer a =
        api(port, by->token, "PATCH", whom == &alice ? "/admin/users/1" : "/admin/users/2", "%s", "{\"admin\":false}");
    http_answer_fini(&a);
    return NULL;
}

Test(administration, two_admins_who_end_each_other_leave_one)
{
    cr_assert_str_eq(alice.id, "1");
    cr_assert_str_eq(bob.id, "2");
    for (int i = 0; i < 5; i++) {
        pthread_t threads[2];
        free(stack_sql(stack, "UPDATE auth.users SET admin = true WHERE id IN (1, 2)"));
        pthread_create(&threads[0], NULL, demote, &alice);
        pthread_create(&threads[1], NULL, demote, &bob);
        pthread_join(threads[0], NULL);
        pthread_join(threads[1], NULL);
        SQL_IS("SELECT count(*) FROM auth.users WHERE admin", "1");
    }
}

/* ---- accounts ---- */

Test(administration, who_is_disabled_is_out_within_two_seconds_and_comes_back_logged_in_nowhere)
{
    struct ws_client *ws = ws_client_login(port, bob.token, "phone");
    cr_assert_not_null(ws);
    cr_expect_str_eq(on_account(&alice, "PATCH", &bob, "", "{\"disabled\":true}"), "204");
    cr_expect_eq(ws_client_wait_close(ws, NOTICED_MS), 4003);
    ws_client_close(&ws);
    cr_expect_str_eq(ask(&bob, "GET", "/me", NULL), "401 session_revoked");
    cr_expect_str_eq(ask(NULL, "POST", "/auth/login", "{\"username\":\"bob\",\"password\":\"" PASSWORD "\"}"),
                     "401 bad_credentials");
    char path[64];
    snprintf(path, sizeof path, "/users/%s", bob.id);
    cr_expect_str_eq(ask(&carol, "GET", path, NULL), "404 user_not_found");
    struct http_answer a = api(port, alice.token, "GET", "/admin/users?only=disabled", NULL);
    cr_expect_eq(answer_int(&a, "total"), 1, "%s", buf_c(&a.body));
    http_answer_fini(&a);

    cr_expect_str_eq(on_account(&alice, "PATCH", &bob, "", "{\"disabled\":false}"), "204");
    cr_expect_str_eq(ask(&bob, "GET", "/me", NULL), "401 session_revoked");
    struct person again = person_login(port, "bob");
    cr_expect_str_eq(ask(&again, "GET", "/me", NULL), "200");
    person_fini(&again);
    SQL_IS("SELECT string_agg(kind, ' ' ORDER BY id) FROM auth.audit WHERE subject = 2 AND kind <> 'registered'",
           "account_disabled account_enabled");
}

Test(administration, logins_of_a_person_are_ended_and_the_account_stays)
{
    struct ws_client *ws = ws_client_login(port, carol.token, "phone");
    cr_assert_not_null(ws);
    cr_expect_str_eq(on_account(&alice, "DELETE", &carol, "/sessions", NULL), "204");
    cr_expect_eq(ws_client_wait_close(ws, NOTICED_MS), 4003);
    ws_client_close(&ws);
    struct person again = person_login(port, "carol");
    cr_expect_str_eq(ask(&again, "GET", "/me", NULL), "200");
    person_fini(&again);
}

Test(administration, a_bot_is_no_admin)
{
    struct http_answer a = api(port, bob.token, "POST", "/bots", "%s", "{\"username\":\"robot\"}");
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    SQL_IS("SELECT id FROM auth.users WHERE username = 'robot'", "4");
    cr_expect_str_eq(ask(&alice, "PATCH", "/admin/users/4", "{\"admin\":true}"), "403 forbidden");
    cr_expect_str_eq(ask(&alice, "PATCH", "/admin/users/4", "{\"disabled\":true}"), "204");
}

Test(administration, accounts_are_found_and_come_in_pages)
{
    struct http_answer a = api(port, alice.token, "GET", "/admin/users?query=ARO", NULL);
    const struct jval *list = jval_get(a.json, "accounts");
    struct str name = {0};
    cr_assert_eq(jval_count(list), 1, "%s", buf_c(&a.body));
    jval_get_str(jval_get(jval_at(list, 0), "user"), "username", &name);
    cr_expect(str_is(name, "carol"));
    http_answer_fini(&a);
    a = api(port, alice.token, "GET", "/admin/users?limit=2", NULL);
    bool complete = true;
    cr_expect_eq(answer_int(&a, "total"), 3);
    cr_expect(jval_get_bool(a.json, "complete", &complete) && !complete);
    http_answer_fini(&a);
    a = api(port, alice.token, "GET", "/admin/users?limit=2&after=2", NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "accounts")), 1);
    http_answer_fini(&a);
    a = api(port, alice.token, "GET", "/admin/users?only=admins", NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "accounts")), 1);
    http_answer_fini(&a);
}

/* ---- settings ---- */

Test(administration, settings_are_checked_said_and_held)
{
    const char *path = "/admin/settings";
    cr_expect_str_eq(ask(&alice, "PATCH", path, "{\"name\":\" The  Lighthouse\"}"), "200");
    cr_expect_str_eq(ask(&alice, "PATCH", path, "{\"name\":\"\\u0007\"}"), "422 name_invalid");
    cr_expect_str_eq(ask(&alice, "PATCH", path, "{\"registration\":\"maybe\"}"), "400 bad_request");
    cr_expect_str_eq(ask(&alice, "PATCH", path, "{\"public_rooms\":\"nobody\"}"), "400 bad_request");
    char *name = text_of(NULL, "/server", "name"), *mode = text_of(NULL, "/server", "registration");
    cr_expect(strstr(name, "Lighthouse") != NULL, "%s", name);
    cr_expect_str_eq(mode, "open");
    free(name);
    free(mode);
    cr_expect_str_eq(ask(&alice, "PATCH", path, "{\"registration\":\"open\"}"), "200");
    SQL_IS("SELECT count(*) FROM auth.audit WHERE kind = 'server_settings'", "1");
}

Test(administration, only_admins_make_rooms_where_the_settings_say_so)
{
    const char *wish = "{\"public_rooms\":\"admins\"}";
    cr_expect_str_eq(ask(&alice, "PATCH", "/admin/settings", wish), "200");
    cr_expect_str_eq(ask(&bob, "POST", "/rooms", "{\"name\":\"a\",\"kind\":\"public\"}"), "403 forbidden");
    cr_expect_str_eq(ask(&alice, "POST", "/rooms", "{\"name\":\"a\",\"kind\":\"public\"}"), "201");
    cr_expect_str_eq(ask(&bob, "POST", "/rooms", "{\"kind\":\"group\"}"), "201");
    char *room = room_create(port, &bob, "mine", "private"), path[64];
    snprintf(path, sizeof path, "/rooms/%s", room);
    cr_expect_str_eq(ask(&bob, "PATCH", path, "{\"kind\":\"public\"}"), "403 forbidden", "nor by a detour");
    cr_expect_str_eq(ask(&bob, "PATCH", path, "{\"topic\":\"still mine\"}"), "204");
    cr_expect_str_eq(ask(&alice, "PATCH", "/admin/settings", "{\"private_rooms\":\"admins\"}"), "200");
    cr_expect_str_eq(ask(&bob, "POST", "/rooms", "{\"name\":\"b\",\"kind\":\"private\"}"), "403 forbidden");
    cr_expect_str_eq(ask(&bob, "POST", "/dms", "{\"user\":\"1\"}"), "200");
    free(room);
}

static char *server_invite(const char *wish)
{
    struct http_answer a = api(port, alice.token, "POST", "/admin/invites", "%s", wish);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *token = answer_text(&a, "token");
    http_answer_fini(&a);
    return token;
}

Test(administration, who_may_register_is_as_the_settings_have_it)
{
    cr_assert_str_eq(ask(&alice, "PATCH", "/admin/settings", "{\"registration\":\"closed\"}"), "200");
    cr_expect_str_eq(register_by("dave", NULL), "403 registration_closed");
    cr_expect_str_eq(register_by("alice", NULL), "403 registration_closed", "nor are names told");
    cr_expect_str_eq(ask(NULL, "POST", "/auth/login", "{\"username\":\"bob\",\"password\":\"" PASSWORD "\"}"), "200");

    char *one = server_invite("{\"uses\":1,\"expires_in_s\":3600}"), *old = server_invite("{}"), *ended;
    cr_expect_str_eq(register_by("dave", one), "403 registration_closed");
    cr_assert_str_eq(ask(&alice, "PATCH", "/admin/settings", "{\"registration\":\"invite\"}"), "200");
    cr_expect_str_eq(register_by("dave", NULL), "403 invitation_needed");
    cr_expect_str_eq(register_by("dave", "nonsense"), "404 invite_not_found");
    cr_expect_str_eq(register_by("alice", one), "409 username_taken");
    cr_expect_str_eq(register_by("dave", one), "201", "a name that was taken took no use");
    cr_expect_str_eq(register_by("erin", one), "404 invite_not_found");
    free(stack_sql(stack, "UPDATE auth.invites SET expires_at = now() - interval '1 second' WHERE uses_left IS NULL"));
    cr_expect_str_eq(register_by("erin", old), "404 invite_not_found");

    ended = server_invite("{}");
    struct http_answer a = api(port, alice.token, "GET", "/admin/invites", NULL);
    const struct jval *open = jval_get(a.json, "invites");
    struct str id = {0};
    char path[64];
    cr_assert_eq(jval_count(open), 1, "%s", buf_c(&a.body));
    cr_expect_null(jval_get(jval_at(open, 0), "token"), "told once only");
    jval_get_str(jval_at(open, 0), "id", &id);
    snprintf(path, sizeof path, "/admin/invites/%.*s", (int)id.n, id.p);
    http_answer_fini(&a);
    cr_expect_str_eq(ask(&alice, "DELETE", path, NULL), "204");
    cr_expect_str_eq(register_by("erin", ended), "404 invite_not_found");
    SQL_IS("SELECT data ->> 'invited_by' FROM auth.audit WHERE kind = 'registered' ORDER BY id DESC LIMIT 1", "1");
    free(one);
    free(old);
    free(ended);
}
