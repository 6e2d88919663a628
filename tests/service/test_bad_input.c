/* Bad input gets a documented code, and the service lives on. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob;
static int port;

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
}

static void stop(void)
{
    /* Whatever the test did, both gateways still serve. */
    for (int i = 0; i < 2; i++) {
        struct http_answer a = api(stack_port(stack, i), alice.token, "GET", "/me", NULL);
        cr_expect_eq(a.status, 200, "gateway %d answers %d", i, a.status);
        http_answer_fini(&a);
    }
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(bad_input, .init = start, .fini = stop, .timeout = 180);

static void expect(struct http_answer a, int status, const char *code)
{
    char *got = answer_text(&a, "code"), *id = answer_text(&a, "request_id");
    cr_expect_eq(a.status, status, "%s: status %d, body %s", code, a.status, buf_c(&a.body));
    cr_expect_str_eq(got, code);
    cr_expect(*id, "%s: no request id", code);
    free(got);
    free(id);
    http_answer_fini(&a);
}

Test(bad_input, a_name_that_is_taken)
{
    static const char *const same[] = {"alice", "ALICE", "\\uff41lice", "al\\u0456ce"};
    for (size_t i = 0; i < 3; i++)
        expect(
            api(port, NULL, "POST", "/auth/register", "{\"username\":\"%s\",\"password\":\"" PASSWORD "\"}", same[i]),
            409, "username_taken");
    /* A look-alike in mixed scripts is no name at all. */
    expect(api(port, NULL, "POST", "/auth/register", "{\"username\":\"%s\",\"password\":\"" PASSWORD "\"}", same[3]),
           422, "username_invalid");
}

Test(bad_input, a_wrong_password_and_an_unknown_name_are_told_the_same)
{
    struct http_answer wrong =
        api(port, NULL, "POST", "/auth/login", "{\"username\":\"alice\",\"password\":\"not it at all\"}");
    struct http_answer unknown =
        api(port, NULL, "POST", "/auth/login", "{\"username\":\"nobody-here\",\"password\":\"not it at all\"}");
    char *a = answer_text(&wrong, "message"), *b = answer_text(&unknown, "message");
    cr_expect_str_eq(a, b);
    free(a);
    free(b);
    expect(wrong, 401, "bad_credentials");
    expect(unknown, 401, "bad_credentials");
}

Test(bad_input, a_token_that_is_none_or_forged_or_missing)
{
    expect(api(port, NULL, "GET", "/me", NULL), 401, "unauthorized");
    expect(api(port, "x.y.z", "GET", "/me", NULL), 401, "unauthorized");
    char *forged = xstrdup(alice.token);
    char *last = forged + strlen(forged) - 5;
    *last = *last == 'A' ? 'B' : 'A';
    expect(api(port, forged, "GET", "/me", NULL), 401, "unauthorized");
    free(forged);
}

/* How many tries of `token` (NULL: none) until 429; at most 20000. */
static int tries_until_limited(const char *token)
{
    for (int n = 0; n < 20000; n++) {
        struct http_answer a = api(port, token, "GET", "/me", NULL);
        int status = a.status;
        if (status == 429)
            cr_expect(strstr(buf_c(&a.headers), "retry-after:"), "%s", buf_c(&a.headers));
        http_answer_fini(&a);
        if (status == 429)
            return n;
        cr_assert_eq(status, 401, "%d", status);
    }
    cr_assert_fail("never limited");
    return -1;
}

Test(bad_input, a_flood_of_forged_tokens_is_limited_and_those_with_a_good_one_are_served_on)
{
    /* A small share of the limits, so that a slow machine floods too. */
    stop();
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    char *forged = xstrdup(alice.token);
    char *last = forged + strlen(forged) - 5;
    *last = *last == 'A' ? 'B' : 'A';
    struct http_answer a = api(port, alice.token, "GET", "/me", NULL);
    cr_assert_eq(a.status, 200);
    http_answer_fini(&a);
    cr_expect_geq(tries_until_limited(forged), 20);
    /* Without a token it is the same nobody. What is left is refilled five times a second. */
    cr_expect_leq(tries_until_limited(NULL), 200);
    a = api(port, alice.token, "GET", "/me", NULL);
    cr_expect_eq(a.status, 200, "a known person behind the same address: %d", a.status);
    http_answer_fini(&a);
    free(forged);
    /* What is no JSON is paid for too, where nobody is logged in by the address. */
    int status = 400;
    for (int n = 0; n < 20000 && status == 400; n++) {
        a = http_ask(port, "POST", "/api/v1/auth/login", "{", NULL);
        status = a.status;
        http_answer_fini(&a);
    }
    cr_expect_eq(status, 429);
}

Test(bad_input, a_password_that_is_too_long_is_told_so)
{
    char *body = xcalloc(1, 2000);
    static const struct {
        int n, status;
        const char *code;
    } cases[] = {{257, 422, "password_invalid"}, {1024, 422, "password_invalid"}, {1025, 400, "bad_request"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *password = xcalloc(1, (size_t)cases[i].n + 1);
        memset(password, 'k', (size_t)cases[i].n);
        snprintf(body, 2000, "{\"username\":\"long\",\"password\":\"%s\"}", password);
        expect(http_ask(port, "POST", "/api/v1/auth/register", body, NULL), cases[i].status, cases[i].code);
        free(password);
    }
    free(body);
}

Test(bad_input, json_that_is_none)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "{\"username\":\"a\",}",
                                      "[1,2",
                                      "{\"a\":1}{\"b\":2}",
                                      "{\"username\":\"x\",\"username\":\"y\"}",
                                      "{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\\u0000\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect(http_ask(port, "POST", "/api/v1/auth/login", bad[i], NULL), 400, "bad_json");
    expect(http_ask(port, "POST", "/api/v1/auth/login", "[]", NULL), 400, "bad_json");
}

Test(bad_input, a_field_that_is_missing_or_wrong_is_named)
{
    struct http_answer a = api(port, NULL, "POST", "/auth/login", "{\"username\":\"alice\"}");
    char *message = answer_text(&a, "message");
    cr_expect(strstr(message, "password"), "%s", message);
    free(message);
    expect(a, 400, "bad_request");
    expect(api(port, alice.token, "POST", "/rooms", "{\"name\":\"x\",\"kind\":\"secret\"}"), 400, "bad_request");
    expect(api(port, alice.token, "POST", "/rooms/1/messages", "{\"cmid\":\"NOT-A-UUID\",\"body\":\"x\"}"), 400,
           "bad_request");
    expect(api(port, alice.token, "GET", "/rooms/1/messages?limit=0", NULL), 400, "bad_request");
    expect(api(port, alice.token, "GET", "/rooms/1/messages?after=-1", NULL), 400, "bad_request");
    expect(api(port, alice.token, "GET", "/rooms/one/messages", NULL), 400, "bad_request");
}

Test(bad_input, a_body_of_ten_mebibytes)
{
    size_t n = 10 << 20;
    char *body = malloc(n + 1);
    memset(body, 'a', n);
    body[n] = 0;
    expect(http_ask(port, "POST", "/api/v1/auth/login", body, NULL), 413, "too_large");
    free(body);
}

Test(bad_input, another_type_or_path_or_method)
{
    expect(http_ask(port, "POST", "/api/v1/auth/login", "a=b", &(struct http_extra){.type = "text/plain"}), 415,
           "unsupported_type");
    expect(api(port, alice.token, "GET", "/nowhere", NULL), 404, "not_found");
    expect(api(port, alice.token, "DELETE", "/me", NULL), 405, "method_not_allowed");
    struct http_answer dots = http_ask(port, "GET", "/../../etc/passwd", NULL, NULL);
    cr_expect(dots.status == 400 || dots.status == 404, "%d", dots.status);
    cr_expect(!strstr(buf_c(&dots.body), "root:"));
    http_answer_fini(&dots);
}

Test(bad_input, a_request_of_an_evil_origin)
{
    struct http_extra evil = {.origin = "http://evil.example"};
    expect(
        http_ask(port, "POST", "/api/v1/auth/login", "{\"username\":\"alice\",\"password\":\"" PASSWORD "\"}", &evil),
        403, "bad_origin");
    int status;
    cr_expect_null(ws_client_connect(port, "http://evil.example", &status));
    cr_expect_eq(status, 403);
    struct buf good = {0};
    buf_printf(&good, "http://localhost:%d", port);
    struct ws_client *c = ws_client_connect(port, buf_c(&good), &status);
    cr_expect_not_null(c, "its own origin is refused: %d", status);
    ws_client_close(&c);
    buf_fini(&good);
}

Test(bad_input, a_room_that_is_not_there_and_a_room_of_others_answer_the_same)
{
    char *secret = room_create(port, &alice, "secret", "private");
    const char *const rooms[] = {secret, "999999"};
    for (int i = 0; i < 2; i++) {
        struct buf path = {0};
        buf_printf(&path, "/rooms/%s", rooms[i]);
        expect(api(port, bob.token, "GET", buf_c(&path), NULL), 404, "room_not_found");
        size_t n = path.n;
        static const char *const tails[] = {"/messages", "/members"};
        for (int k = 0; k < 2; k++) {
            path.n = n;
            buf_cstr(&path, tails[k]);
            expect(api(port, bob.token, "GET", buf_c(&path), NULL), 404, "room_not_found");
        }
        path.n = n;
        buf_cstr(&path, "/messages");
        char *cmid = new_cmid();
        expect(api(port, bob.token, "POST", buf_c(&path), "{\"cmid\":\"%s\",\"body\":\"x\"}", cmid), 404,
               "room_not_found");
        free(cmid);
        static const char *const posts[] = {"/join", "/leave", "/read", "/members"};
        static const char *const bodies[] = {"{}", "{}", "{\"seq\":1}", "{\"user\":\"1\"}"};
        for (int k = 0; k < 4; k++) {
            path.n = n;
            buf_cstr(&path, posts[k]);
            expect(api(port, bob.token, "POST", buf_c(&path), "%s", bodies[k]), 404, "room_not_found");
        }
        buf_fini(&path);
    }
    free(secret);
}

/* The code of the next error frame. */
static void expect_error(struct ws_client *c, const char *code)
{
    struct jval *e = ws_client_wait(c, "error", WAIT_MS);
    cr_assert_not_null(e, "no error frame for %s", code);
    struct str got = {"", 0};
    jval_get_str(e, "code", &got);
    cr_expect(str_is(got, code), "%.*s instead of %s", (int)got.n, got.p, code);
    jval_free(e);
}

Test(bad_input, frames_that_are_wrong_get_an_error_and_the_connection_lives)
{
    struct ws_client *c = ws_client_login(port, alice.token, "d");
    ws_client_send(c, "{nonsense");
    expect_error(c, "bad_json");
    ws_client_send(c, "{\"t\":\"teleport\"}");
    expect_error(c, "unknown_op");
    ws_client_send(c, "{\"t\":\"fetch\",\"room\":7}");
    expect_error(c, "bad_request");
    ws_client_send(c, "{\"t\":\"hello\",\"v\":1,\"token\":\"x\",\"device\":\"d\"}");
    expect_error(c, "bad_state");
    ws_client_send(c, "{\"t\":\"fetch\",\"room\":\"999999\"}");
    expect_error(c, "room_not_found");
    ws_client_send(c, "{\"t\":\"ping\",\"n\":7}");
    struct jval *pong = ws_client_wait(c, "pong", WAIT_MS);
    cr_expect_not_null(pong);
    jval_free(pong);
    ws_client_close(&c);
}

Test(bad_input, who_breaks_the_protocol_is_closed_with_its_code)
{
    struct {
        const char *frame;
        size_t n;
        int code;
    } cases[] = {
        {"\x82\x81\x00\x00\x00\x00x", 7, 1003},                                 /* binary */
        {"\x81\x82\x00\x00\x00\x00\xc3\x28", 8, 1007},                          /* not UTF-8 */
        {"\x81\xff\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00", 14, 1009}, /* a mebibyte announced */
        {"\x83\x80\x00\x00\x00\x00", 6, 1002},                                  /* reserved opcode */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ws_client *c = ws_client_login(port, alice.token, "d");
        cr_assert_not_null(c);
        ws_client_raw(c, cases[i].frame, cases[i].n);
        if (cases[i].code == 1009) {
            static char filler[70000];
            ws_client_raw(c, filler, sizeof filler);
        }
        int got = ws_client_wait_close(c, WAIT_MS);
        cr_expect_eq(got, cases[i].code, "case %zu: %d", i, got);
        ws_client_close(&c);
    }
    struct ws_client *c = ws_client_connect(port, NULL, NULL);
    ws_client_send(c, "{\"t\":\"hello\",\"v\":1,\"token\":\"forged\",\"device\":\"d\"}");
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 4003);
    ws_client_close(&c);
    c = ws_client_connect(port, NULL, NULL);
    ws_client_send(c, "{\"t\":\"hello\",\"v\":99,\"token\":\"forged\",\"device\":\"d\"}");
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 4011);
    ws_client_close(&c);
    c = ws_client_connect(port, NULL, NULL);
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 4001, "who says no hello is closed");
    ws_client_close(&c);
}

/* What the contract does not name is as if it were not there: it takes no other member's place. */
Test(bad_input, members_that_a_path_does_not_know)
{
    char *room = room_create(port, &alice, "cellar", "private"), *cmid = new_cmid(), path[64];
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    struct http_answer a = api(
        port, alice.token, "POST", path,
        "{\"cmid\":\"%s\",\"body\":\"hello\",\"user\":\"%s\",\"from_room\":\"%s\",\"from_seq\":1}", cmid, bob.id, room);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    snprintf(path + strlen(path), sizeof path - strlen(path), "/%lld", (long long)answer_int(&a, "seq"));
    http_answer_fini(&a);
    a = api(port, alice.token, "GET", path, NULL);
    char *body = answer_text(&a, "body");
    cr_expect_str_eq(body, "hello");
    cr_expect_null(jval_get(a.json, "data"), "%s", buf_c(&a.body));
    free(body);
    http_answer_fini(&a);
    free(cmid);
    free(room);
}
