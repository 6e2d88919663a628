/* Personal access tokens: what they open and what they never do, and that they end where they should. */
#include <criterion/criterion.h>
#include <signal.h>
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

static void start(void)
{
    stack = stack_start(NULL);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 1), "bob");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(tokens, .init = start, .fini = stop, .timeout = 240);

static struct http_answer ask_at(int gateway, const char *token, const char *method, const char *path, const char *body)
{
    int port = stack_port(stack, gateway);
    return body ? api(port, token, method, path, "%s", body) : api(port, token, method, path, NULL);
}

static void expect_at(int gateway, const char *token, const char *method, const char *path, const char *body,
                      int status, const char *code)
{
    struct http_answer a = ask_at(gateway, token, method, path, body);
    cr_expect_eq(a.status, status, "%s %s: %d %s", method, path, a.status, buf_c(&a.body));
    if (code) {
        char *said = answer_text(&a, "code");
        cr_expect_str_eq(said, code, "%s %s: %s", method, path, buf_c(&a.body));
        free(said);
    }
    http_answer_fini(&a);
}

static void expect(const char *token, const char *method, const char *path, const char *body, int status,
                   const char *code)
{
    expect_at(0, token, method, path, body, status, code);
}

/* A token of who asks, with these scopes ("\"read\""); its id, when it is wanted, is the caller's to free as it is. */
static char *token_made(const char *login, const char *path, const char *scopes, char **id_r)
{
    char body[256];
    snprintf(body, sizeof body, "{\"name\":\"script\",\"scopes\":[%s]}", scopes);
    struct http_answer a = ask_at(0, login, "POST", path, body);
    cr_assert_eq(a.status, 201, "%d %s", a.status, buf_c(&a.body));
    char *token = answer_text(&a, "token");
    if (id_r)
        *id_r = answer_text(&a, "id");
    http_answer_fini(&a);
    return token;
}

static char *my_token(const char *scopes, char **id_r)
{
    return token_made(alice.token, "/me/tokens", scopes, id_r);
}

static void end_token(const char *id)
{
    char path[96];
    snprintf(path, sizeof path, "/me/tokens/%s", id);
    expect(alice.token, "DELETE", path, NULL, 204, NULL);
}

static struct ws_client *dial(int gateway, const char *token)
{
    struct ws_client *c = ws_client_connect(stack_port(stack, gateway), NULL, NULL);
    cr_assert_not_null(c);
    ws_client_send(c, "{\"t\":\"hello\",\"v\":1,\"token\":\"%s\",\"device\":\"script\"}", token);
    return c;
}

/* ---- making, listing ---- */

Test(tokens, one_is_told_once_and_opens_rest_and_the_socket)
{
    char *id, *token = my_token("\"read\",\"write\"", &id);
    cr_expect(strncmp(token, "parley_pat_", 11) == 0 && strlen(token) == 57, "%s", token);
    struct http_answer a = ask_at(1, token, "GET", "/me", NULL);
    char *me = answer_text(&a, "id");
    cr_expect_str_eq(me, alice.id, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    struct ws_client *c = ws_client_login(stack_port(stack, 1), token, "script");
    cr_expect_not_null(c);
    a = ask_at(0, alice.token, "GET", "/me/tokens", NULL);
    cr_expect(strstr(buf_c(&a.body), id) && strstr(buf_c(&a.body), "[\"read\",\"write\"]"), "%s", buf_c(&a.body));
    cr_expect(strstr(buf_c(&a.body), "last_used_at"), "it was used: %s", buf_c(&a.body));
    cr_expect(!strstr(buf_c(&a.body), "parley_pat_"), "never told again");
    cr_expect(!strstr(buf_c(&a.body), "expires_at"), "it does not expire: %s", buf_c(&a.body));
    http_answer_fini(&a);
    char *stored = stack_sql(stack, "SELECT count(*) FROM auth.access_tokens t WHERE t::text LIKE '%parley_pat_%'");
    cr_expect_str_eq(stored, "0", "the token itself is nowhere");
    free(stored);
    if (c)
        ws_client_close(&c);
    free(me);
    free(id);
    free(token);
}

Test(tokens, what_cannot_be_is_refused)
{
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[]}", 400, "bad_request");
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"everything\"]}", 400, "bad_request");
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"login\"]}", 400, "bad_request");
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\",\"read\"]}", 400, "bad_request");
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\" \",\"scopes\":[\"read\"]}", 422, "name_invalid");
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"],\"expires_at\":1}", 400,
           "bad_request");
    expect(NULL, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}", 401, "unauthorized");
    char *made = stack_sql(stack, "SELECT count(*) FROM auth.access_tokens");
    cr_expect_str_eq(made, "0");
    free(made);
}

Test(tokens, there_are_at_most_fifty_and_each_is_its_owners_alone)
{
    char *id, *token = my_token("\"read\"", &id);
    char path[96];
    free(stack_sql(stack, "INSERT INTO auth.access_tokens (user_id, hash, name, scopes) SELECT user_id, "
                          "sha256(n::text::bytea), 'more', scopes FROM auth.access_tokens, generate_series(1, 49) n"));
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}", 409, "too_many_tokens");
    snprintf(path, sizeof path, "/me/tokens/%s", id);
    expect(bob.token, "DELETE", path, NULL, 404, "not_found");
    expect(token, "GET", "/me", NULL, 200, NULL);
    end_token(id);
    expect(alice.token, "DELETE", path, NULL, 404, "not_found");
    expect(alice.token, "POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}", 201, NULL);
    free(id);
    free(token);
}

/* ---- scopes ---- */

Test(tokens, a_token_does_what_its_scopes_say_and_nothing_else)
{
    char *reader = my_token("\"read\"", NULL), *writer = my_token("\"write\"", NULL);
    char *room = room_create(stack_port(stack, 0), &alice, "scopes", "public");
    char path[96], send[128];
    char *cmid = new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    snprintf(send, sizeof send, "{\"cmid\":\"%s\",\"body\":\"by a script\"}", cmid);
    expect(reader, "GET", path, NULL, 200, NULL);
    struct http_answer a = ask_at(0, reader, "POST", path, send);
    cr_expect_eq(a.status, 403);
    cr_expect(strstr(buf_c(&a.body), "scope_missing") && strstr(buf_c(&a.body), "\\\"write\\\""),
              "it says which scope: %s", buf_c(&a.body));
    http_answer_fini(&a);
    expect(writer, "POST", path, send, 201, NULL);
    expect(writer, "GET", path, NULL, 403, "scope_missing");
    expect(reader, "POST", "/rooms", "{\"name\":\"by a script\",\"kind\":\"public\"}", 403, "scope_missing");
    expect(reader, "PATCH", "/me", "{\"about\":\"x\"}", 403, "scope_missing");
    char *rest = my_token("\"rooms\",\"profile\"", NULL);
    expect(rest, "POST", "/rooms", "{\"name\":\"by a script\",\"kind\":\"public\"}", 201, NULL);
    expect(rest, "PATCH", "/me", "{\"about\":\"x\"}", 200, NULL);
    expect(rest, "GET", "/rooms", NULL, 403, "scope_missing");
    free(rest);
    free(cmid);
    free(room);
    free(reader);
    free(writer);
}

Test(tokens, what_is_written_for_later_is_written_too)
{
    char *reader = my_token("\"read\"", NULL), *writer = my_token("\"write\"", NULL), *cmid = new_cmid();
    char *room = room_create(stack_port(stack, 0), &alice, "later", "public");
    char path[96], body[160], item[64];
    snprintf(path, sizeof path, "/rooms/%s/scheduled", room);
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"by a script\",\"send_at\":%lld}", cmid,
             (long long)clock_wall_ms() + 3600000);
    expect(reader, "POST", path, body, 403, "scope_missing");
    struct http_answer a = ask_at(0, writer, "POST", path, body);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *id = answer_text(&a, "id");
    http_answer_fini(&a);
    snprintf(item, sizeof item, "/scheduled/%s", id);
    expect(writer, "PATCH", item, "{\"body\":\"another\"}", 200, NULL);
    expect(reader, "GET", "/scheduled", NULL, 200, NULL);
    expect(reader, "DELETE", item, NULL, 403, "scope_missing");
    expect(writer, "DELETE", item, NULL, 204, NULL);
    free(id);
    free(room);
    free(cmid);
    free(reader);
    free(writer);
}

Test(tokens, neither_a_new_password_nor_an_admin_who_logs_everybody_out_ends_one)
{
    char *token = my_token("\"read\"", NULL), path[64];
    expect(alice.token, "POST", "/auth/password", "{\"current\":\"" PASSWORD "\",\"new\":\"another horse entirely\"}",
           204, NULL);
    snprintf(path, sizeof path, "/admin/users/%s/sessions", alice.id);
    expect(alice.token, "DELETE", path, NULL, 204, NULL);
    expect_at(0, token, "GET", "/me", NULL, 200, NULL);
    expect_at(1, token, "GET", "/me", NULL, 200, NULL);
    free(token);
}

Test(tokens, no_token_touches_logins_passwords_tokens_bots_or_the_administration)
{
    static const struct {
        const char *method, *path, *body;
    } closed[] = {
        {"GET", "/auth/sessions", NULL},
        {"DELETE", "/auth/sessions/00000000-0000-4000-8000-000000000000", NULL},
        {"POST", "/auth/password", "{\"current\":\"" PASSWORD "\",\"new\":\"another horse entirely\"}"},
        {"POST", "/auth/logout", "{}"},
        {"GET", "/me/tokens", NULL},
        {"POST", "/me/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}"},
        {"DELETE", "/me/tokens/00000000-0000-4000-8000-000000000000", NULL},
        {"GET", "/bots", NULL},
        {"POST", "/bots", "{\"username\":\"made-by-a-bot\"}"},
        {"DELETE", "/bots/1", NULL},
        {"POST", "/bots/1/tokens", "{\"name\":\"x\",\"scopes\":[\"read\"]}"},
        {"GET", "/reports", NULL},
        {"POST", "/rooms/1/messages/1/settle", "{\"user\":\"1\",\"settlement\":\"dismiss\"}"},
        {"GET", "/admin/settings", NULL},
        {"PATCH", "/admin/users/2", "{\"admin\":true}"},
        {"GET", "/admin/audit", NULL},
    };
    char *token = my_token("\"read\",\"write\",\"rooms\",\"profile\"", NULL);
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        expect(token, closed[i].method, closed[i].path, closed[i].body, 403, "scope_missing");
    expect(alice.token, "GET", "/me", NULL, 200, NULL);
    free(token);
}

Test(tokens, the_socket_obeys_the_scopes)
{
    char *reader = my_token("\"read\"", NULL), *writer = my_token("\"write\"", NULL);
    char *room = room_create(stack_port(stack, 0), &alice, "scopes", "public");
    struct ws_client *c = dial(0, writer);
    cr_expect_eq(ws_client_wait_close(c, STEP_MS), 1008, "who may not read hears nothing");
    ws_client_close(&c);
    c = ws_client_login(stack_port(stack, 0), reader, "script");
    cr_assert_not_null(c);
    ws_client_send(
        c, "{\"t\":\"send\",\"cmid\":\"00000000-0000-4000-8000-000000000001\",\"room\":\"%s\",\"body\":\"x\"}", room);
    struct jval *nack = ws_client_wait(c, "nack", STEP_MS);
    struct str code = {"", 0};
    jval_get_str(nack, "code", &code);
    cr_expect(str_is(code, "scope_missing"));
    cr_expect_null(jval_get(nack, "retry_ms"), "and that is final");
    jval_free(nack);
    ws_client_send(c, "{\"t\":\"typing\",\"room\":\"%s\",\"on\":true}", room);
    struct jval *error = ws_client_wait(c, "error", STEP_MS);
    jval_get_str(error, "code", &code);
    cr_expect(str_is(code, "scope_missing"));
    jval_free(error);
    ws_client_send(c, "{\"t\":\"fetch\",\"room\":\"%s\"}", room);
    struct jval *batch = ws_client_wait(c, "batch", STEP_MS);
    cr_expect_not_null(batch);
    jval_free(batch);
    ws_client_close(&c);
    free(room);
    free(reader);
    free(writer);
}

/* ---- wrong, expired, revoked ---- */

Test(tokens, a_wrong_one_is_nobodys)
{
    char *token = my_token("\"read\"", NULL);
    char wrong[64];
    snprintf(wrong, sizeof wrong, "%s", token);
    wrong[20] = wrong[20] == 'x' ? 'y' : 'x';
    expect(wrong, "GET", "/me", NULL, 401, "unauthorized");
    expect("parley_pat_", "GET", "/me", NULL, 401, "unauthorized");
    /* Well-formed, and nobody's. */
    expect("parley_pat_00000000000000000000000000000000000000002T3KMa", "GET", "/me", NULL, 401, "unauthorized");
    struct ws_client *c = dial(0, wrong);
    cr_expect_eq(ws_client_wait_close(c, STEP_MS), 4003);
    ws_client_close(&c);
    expect(token, "GET", "/me", NULL, 200, NULL);
    free(token);
}

static char *watched;

static bool is_expired(void *arg)
{
    (void)arg;
    struct http_answer a = ask_at(0, watched, "GET", "/me", NULL);
    char *code = answer_text(&a, "code");
    bool expired = a.status == 401 && strcmp(code, "token_expired") == 0;
    free(code);
    http_answer_fini(&a);
    return expired;
}

Test(tokens, one_that_expires_is_good_until_then)
{
    char body[160];
    int64_t soon = clock_wall_ms() + 3000;
    snprintf(body, sizeof body, "{\"name\":\"short\",\"scopes\":[\"read\"],\"expires_at\":%lld}", (long long)soon);
    struct http_answer a = ask_at(0, alice.token, "POST", "/me/tokens", body);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    cr_expect_eq(answer_int(&a, "expires_at"), soon);
    watched = answer_text(&a, "token");
    http_answer_fini(&a);
    expect(watched, "GET", "/me", NULL, 200, NULL);
    cr_expect(stack_until(is_expired, NULL, STEP_MS));
    struct ws_client *c = dial(1, watched);
    cr_expect_eq(ws_client_wait_close(c, STEP_MS), 4003);
    ws_client_close(&c);
    free(watched);
}

Test(tokens, revoking_one_closes_its_sockets_on_every_gateway_within_two_seconds_and_no_others)
{
    char *id, *token = my_token("\"read\"", &id), *other = my_token("\"read\"", NULL);
    struct ws_client *ws[2], *spared[2];
    for (int i = 0; i < 2; i++) {
        ws[i] = ws_client_login(stack_port(stack, i), token, "script");
        cr_assert_not_null(ws[i]);
        expect_at(i, token, "GET", "/me", NULL, 200, NULL);
    }
    spared[0] = ws_client_login(stack_port(stack, 0), other, "other");
    spared[1] = ws_client_login(stack_port(stack, 0), alice.token, "phone");
    end_token(id);
    int64_t deadline = clock_mono_ms() + NOTICED_MS;
    for (int i = 0; i < 2; i++) {
        int left = (int)(deadline - clock_mono_ms());
        cr_expect_eq(ws_client_wait_close(ws[i], left > 0 ? left : 0), 4003, "gateway %d", i);
        expect_at(i, token, "GET", "/me", NULL, 401, "session_revoked");
        ws_client_close(&ws[i]);
    }
    for (int i = 0; i < 2; i++) {
        ws_client_send(spared[i], "{\"t\":\"ping\",\"n\":1}");
        struct jval *pong = ws_client_wait(spared[i], "pong", STEP_MS);
        cr_expect_not_null(pong, "%d", i);
        jval_free(pong);
        ws_client_close(&spared[i]);
    }
    free(id);
    free(token);
    free(other);
}

/* Nobody publishes anything: a lost notice, and an account that was disabled behind the services' backs. */
Test(tokens, without_a_notice_the_end_is_known_within_thirty_seconds)
{
    char *token = my_token("\"read\"", NULL);
    struct ws_client *c = ws_client_login(stack_port(stack, 0), token, "script");
    cr_assert_not_null(c);
    free(stack_sql(stack, "UPDATE auth.users SET disabled_at = now() WHERE username = 'alice'"));
    cr_expect_eq(ws_client_wait_close(c, LOST_MS), 4003);
    expect(token, "GET", "/me", NULL, 401, "session_revoked");
    ws_client_close(&c);
    free(token);
}

/* What is known of a token goes on to be believed, as an access token of a login is. */
Test(tokens, one_in_use_goes_on_while_auth_svc_is_away)
{
    char *token = my_token("\"read\"", NULL), *fresh = my_token("\"read\"", NULL);
    expect(token, "GET", "/rooms", NULL, 200, NULL);
    stack_kill(stack, "auth-svc-0", SIGKILL);
    expect(token, "GET", "/rooms", NULL, 200, NULL);
    struct http_answer a = ask_at(0, fresh, "GET", "/rooms", NULL);
    cr_expect(a.status == 503 || a.status == 504, "not known is not refused: %d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    free(token);
    free(fresh);
}
