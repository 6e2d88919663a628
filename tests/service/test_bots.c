/* Bots: whose they are, what they may, and when they stop. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { NOTICED_MS = 2000, LOST_MS = 30000, STEP_MS = 20000 };

static struct stack *stack;
static struct person alice, bob;
static char *bot, *token; /* of alice's bot "echo" */

static struct http_answer ask(const char *who, const char *method, const char *path, const char *body)
{
    int port = stack_port(stack, 0);
    return body ? api(port, who, method, path, "%s", body) : api(port, who, method, path, NULL);
}

static void expect(const char *who, const char *method, const char *path, const char *body, int status,
                   const char *code)
{
    struct http_answer a = ask(who, method, path, body);
    cr_expect_eq(a.status, status, "%s %s: %d %s", method, path, a.status, buf_c(&a.body));
    if (code) {
        char *said = answer_text(&a, "code");
        cr_expect_str_eq(said, code, "%s %s: %s", method, path, buf_c(&a.body));
        free(said);
    }
    http_answer_fini(&a);
}

/* A member of a good answer. */
static char *get(const char *who, const char *method, const char *path, const char *body, const char *key)
{
    struct http_answer a = ask(who, method, path, body);
    cr_assert(a.status == 200 || a.status == 201, "%s %s: %d %s", method, path, a.status, buf_c(&a.body));
    char *value = answer_text(&a, key);
    http_answer_fini(&a);
    return value;
}

/* "/bots/7/tokens" and the like, in a buffer that the next call uses again. */
static const char *path_of(const char *before, const char *id, const char *after)
{
    static char path[160];
    snprintf(path, sizeof path, "%s%s%s", before, id, after);
    return path;
}

#define ALL_SCOPES "{\"name\":\"all\",\"scopes\":[\"read\",\"write\",\"rooms\",\"profile\"]}"

static void start(void)
{
    stack = stack_start(NULL);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 1), "bob");
    bot = get(alice.token, "POST", "/bots", "{\"username\":\"echo\",\"display_name\":\"Echo\"}", "id");
    token = get(alice.token, "POST", path_of("/bots/", bot, "/tokens"), ALL_SCOPES, "token");
}

static void stop(void)
{
    free(bot);
    free(token);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(bots, .init = start, .fini = stop, .timeout = 240);

Test(bots, one_is_a_user_of_its_own_that_is_marked_and_cannot_log_in)
{
    char *me = get(token, "GET", "/me", NULL, "id");
    cr_expect_str_eq(me, bot);
    free(me);
    struct http_answer a = ask(bob.token, "GET", path_of("/users?ids=", bot, ""), NULL);
    cr_expect(strstr(buf_c(&a.body), "\"bot\":true"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    a = ask(bob.token, "GET", "/users?query=alice", NULL);
    cr_expect(!strstr(buf_c(&a.body), "\"bot\""), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    expect(NULL, "POST", "/auth/login", "{\"username\":\"echo\",\"password\":\"" PASSWORD "\"}", 401,
           "bad_credentials");
    expect(NULL, "POST", "/auth/login", "{\"username\":\"echo\",\"password\":\"x\"}", 401, "bad_credentials");
    expect(NULL, "POST", "/auth/register", "{\"username\":\"echo\",\"password\":\"" PASSWORD "\"}", 409,
           "username_taken");
}

Test(bots, only_the_owner_sees_and_changes_them)
{
    char *id = get(alice.token, "POST", path_of("/bots/", bot, "/tokens"), ALL_SCOPES, "id");
    char one[160];
    snprintf(one, sizeof one, "/bots/%s/tokens/%s", bot, id);
    expect(bob.token, "PATCH", path_of("/bots/", bot, ""), "{\"display_name\":\"Mine\"}", 404, "not_found");
    expect(bob.token, "DELETE", path_of("/bots/", bot, ""), NULL, 404, "not_found");
    expect(bob.token, "GET", path_of("/bots/", bot, "/tokens"), NULL, 404, "not_found");
    expect(bob.token, "POST", path_of("/bots/", bot, "/tokens"), ALL_SCOPES, 404, "not_found");
    expect(bob.token, "DELETE", one, NULL, 404, "not_found");
    /* People are not bots, not even oneself. */
    expect(alice.token, "PATCH", path_of("/bots/", bob.id, ""), "{\"display_name\":\"Mine\"}", 404, "not_found");
    expect(alice.token, "POST", path_of("/bots/", bob.id, "/tokens"), ALL_SCOPES, 404, "not_found");
    expect(alice.token, "DELETE", path_of("/bots/", alice.id, ""), NULL, 404, "not_found");
    struct http_answer a = ask(bob.token, "GET", "/bots", NULL);
    cr_expect_str_eq(buf_c(&a.body), "{\"bots\":[]}");
    http_answer_fini(&a);
    a = ask(alice.token, "GET", "/bots", NULL);
    cr_expect(strstr(buf_c(&a.body), "\"username\":\"echo\""), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    char *name = get(alice.token, "PATCH", path_of("/bots/", bot, ""), "{\"display_name\":\"Echo 2\"}", "display_name");
    cr_expect_str_eq(name, "Echo 2");
    free(name);
    expect(alice.token, "DELETE", one, NULL, 204, NULL);
    free(id);
}

Test(bots, names_obey_the_rules_of_names_and_there_are_at_most_twenty)
{
    expect(alice.token, "POST", "/bots", "{\"username\":\"bob\"}", 409, "username_taken");
    expect(alice.token, "POST", "/bots", "{\"username\":\"a b\"}", 422, "username_invalid");
    expect(alice.token, "POST", "/bots", "{\"username\":\"fine\",\"display_name\":\" \"}", 422, "name_invalid");
    expect(token, "POST", "/bots", "{\"username\":\"grandchild\"}", 403, "scope_missing");
    free(stack_sql(stack,
                   "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, owner_id) "
                   "SELECT 'b' || n, 'b' || n, 'b' || n, 'b', '', owner_id FROM auth.users, generate_series(1, 19) n "
                   "WHERE username = 'echo'"));
    expect(alice.token, "POST", "/bots", "{\"username\":\"one-more\"}", 409, "too_many_bots");
    expect(bob.token, "POST", "/bots", "{\"username\":\"one-more\"}", 201, NULL);
}

Test(bots, one_is_in_no_room_until_somebody_adds_it_and_there_it_is_a_member)
{
    int port = stack_port(stack, 0);
    struct ws_client *c = ws_client_login(stack_port(stack, 1), token, "bot");
    cr_assert_not_null(c);
    struct http_answer a = ask(token, "GET", "/rooms", NULL);
    cr_expect_str_eq(buf_c(&a.body), "{\"rooms\":[]}", "not even in the one everyone is in");
    http_answer_fini(&a);
    char *room = room_create(port, &alice, "workshop", "private"), body[128], path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    expect(token, "GET", path, NULL, 404, "room_not_found");
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", bot);
    expect(bob.token, "POST", path_of("/rooms/", room, "/members"), body, 404, "room_not_found");
    expect(alice.token, "POST", path_of("/rooms/", room, "/members"), body, 204, NULL);
    room_post(port, &alice, room, "hello");
    struct jval *event = NULL;
    struct str said = {"", 0};
    while (!str_is(said, "hello")) {
        jval_free(event);
        event = ws_client_wait(c, "event", STEP_MS);
        cr_assert_not_null(event, "it hears its rooms");
        jval_get_str(event, "body", &said);
    }
    jval_free(event);
    char *cmid = new_cmid();
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"hello yourself\"}", cmid);
    expect(token, "POST", path, body, 201, NULL);
    free(cmid);
    /* What holds for members holds for it. */
    snprintf(path, sizeof path, "/rooms/%s/members/%s/mute", room, bot);
    snprintf(body, sizeof body, "{\"until\":%lld}", (long long)clock_wall_ms() + 3600000);
    expect(alice.token, "PUT", path, body, 204, NULL);
    cmid = new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"and again\"}", cmid);
    expect(token, "POST", path, body, 403, "muted");
    expect(token, "PATCH", path_of("/rooms/", room, ""), "{\"topic\":\"mine\"}", 403, "forbidden");
    ws_client_close(&c);
    free(cmid);
    free(room);
}

Test(bots, deleting_one_ends_it_at_once_and_keeps_its_name_taken)
{
    struct ws_client *c = ws_client_login(stack_port(stack, 1), token, "bot");
    cr_assert_not_null(c);
    expect(alice.token, "DELETE", path_of("/bots/", bot, ""), NULL, 204, NULL);
    cr_expect_eq(ws_client_wait_close(c, NOTICED_MS), 4003);
    expect(token, "GET", "/me", NULL, 401, "session_revoked");
    expect(bob.token, "GET", path_of("/users/", bot, ""), NULL, 404, "user_not_found");
    expect(alice.token, "GET", path_of("/bots/", bot, "/tokens"), NULL, 404, "not_found");
    expect(alice.token, "DELETE", path_of("/bots/", bot, ""), NULL, 404, "not_found");
    expect(alice.token, "POST", "/bots", "{\"username\":\"echo\"}", 409, "username_taken");
    ws_client_close(&c);
}

Test(bots, one_stops_when_its_owner_is_disabled)
{
    struct ws_client *c = ws_client_login(stack_port(stack, 1), token, "bot");
    cr_assert_not_null(c);
    free(stack_sql(stack, "UPDATE auth.users SET disabled_at = now() WHERE username = 'alice'"));
    cr_expect_eq(ws_client_wait_close(c, LOST_MS), 4003);
    expect(token, "GET", "/me", NULL, 401, "session_revoked");
    ws_client_close(&c);
}

Test(bots, an_admin_who_disables_the_owner_ends_it_at_once_and_for_good)
{
    char *his = get(bob.token, "POST", "/bots", "{\"username\":\"bobs\"}", "id");
    char *its = get(bob.token, "POST", path_of("/bots/", his, "/tokens"), ALL_SCOPES, "token");
    char *own = get(bob.token, "POST", "/me/tokens", ALL_SCOPES, "token");
    struct ws_client *c = ws_client_login(stack_port(stack, 1), its, "bot");
    cr_assert_not_null(c);
    expect(alice.token, "PATCH", path_of("/admin/users/", bob.id, ""), "{\"disabled\":true}", 204, NULL);
    cr_expect_eq(ws_client_wait_close(c, NOTICED_MS), 4003);
    expect(alice.token, "PATCH", path_of("/admin/users/", bob.id, ""), "{\"disabled\":false}", 204, NULL);
    expect(its, "GET", "/me", NULL, 401, "session_revoked");
    expect(own, "GET", "/me", NULL, 401, "session_revoked");
    expect(token, "GET", "/me", NULL, 200, NULL);
    ws_client_close(&c);
    free(own);
    free(its);
    free(his);
}
