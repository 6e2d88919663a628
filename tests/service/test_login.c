/* Accounts and login sessions: rotation, reuse, revocation, imported hashes, expiry, limits. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "person.h"
#include "stack.h"
#include "token.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static int port;

static void start_with(const char *const *env)
{
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
}

static void start(void)
{
    start_with(NULL);
}

static void stop(void)
{
    stack_stop(&stack);
}

TestSuite(login, .init = start, .fini = stop, .timeout = 180);

static struct http_answer refresh(const char *cookie)
{
    struct buf line = {0};
    buf_printf(&line, "parley_refresh=%s", cookie);
    struct http_answer a =
        http_ask(port, "POST", "/api/v1/auth/refresh", "{}", &(struct http_extra){.cookie = buf_c(&line)});
    buf_fini(&line);
    return a;
}

static int status_of(struct http_answer a)
{
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

static int me(const char *token)
{
    struct http_answer a = api(port, token, "GET", "/me", NULL);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

Test(login, a_refresh_token_is_good_once_and_reuse_ends_the_session)
{
    struct person p = person_register(port, "alice");
    cr_assert(*p.refresh, "no refresh cookie");
    struct http_answer first = refresh(p.refresh);
    cr_assert_eq(first.status, 200, "%s", buf_c(&first.body));
    char *second_cookie = answer_cookie(&first, "parley_refresh"), *token = answer_text(&first, "access_token");
    cr_expect_str_neq(second_cookie, p.refresh);
    cr_expect_eq(me(token), 200);
    cr_expect_null(strstr(buf_c(&first.body), second_cookie), "the refresh token is in the body");
    struct http_answer again = refresh(p.refresh);
    cr_expect_eq(again.status, 401);
    http_answer_fini(&again);
    struct http_answer family = refresh(second_cookie);
    cr_expect_eq(family.status, 401, "the whole family is revoked");
    http_answer_fini(&family);
    http_answer_fini(&first);
    free(second_cookie);
    free(token);
    person_fini(&p);
}

Test(login, the_cookie_is_out_of_reach_of_scripts_and_other_sites)
{
    struct http_answer a =
        api(port, NULL, "POST", "/auth/register", "{\"username\":\"alice\",\"password\":\"" PASSWORD "\"}");
    const char *headers = buf_c(&a.headers), *line = strstr(headers, "set-cookie: parley_refresh=");
    cr_assert_not_null(line);
    char *cookie = xstrndup((struct str){line, strcspn(line, "\r\n")});
    cr_expect_not_null(strstr(cookie, "HttpOnly"));
    cr_expect_not_null(strstr(cookie, "SameSite=Strict"));
    free(cookie);
    http_answer_fini(&a);
    a = http_ask(port, "POST", "/api/v1/auth/login", "{\"username\":\"alice\",\"password\":\"" PASSWORD "\"}",
                 &(struct http_extra){.header = "X-Forwarded-Proto: https"});
    line = strstr(buf_c(&a.headers), "set-cookie: __Host-parley_refresh=");
    cr_assert_not_null(line, "%s", buf_c(&a.headers));
    cookie = xstrndup((struct str){line, strcspn(line, "\r\n")});
    cr_expect_not_null(strstr(cookie, "Secure"));
    cr_expect_not_null(strstr(cookie, "Path=/"));
    free(cookie);
    http_answer_fini(&a);
}

struct revoked {
    const char *token;
    int port;
};

static bool is_refused(void *arg)
{
    struct revoked *r = arg;
    struct http_answer a = api(r->port, r->token, "GET", "/me", NULL);
    int status = a.status;
    http_answer_fini(&a);
    return status == 401;
}

Test(login, a_revoked_session_loses_its_sockets_and_its_tokens_at_every_gateway)
{
    struct person here = person_register(port, "alice"), there = person_login(port, "alice");
    struct ws_client *c = ws_client_login(stack_port(stack, 1), there.token, "d");
    cr_assert_not_null(c);
    struct http_answer list = api(port, here.token, "GET", "/auth/sessions", NULL);
    cr_expect_eq(jval_count(jval_get(list.json, "sessions")), 2);
    http_answer_fini(&list);
    struct buf path = {0};
    buf_printf(&path, "/auth/sessions/%s", there.session);
    struct http_answer a = api(port, here.token, "DELETE", buf_c(&path), NULL);
    cr_assert_eq(a.status, 204);
    http_answer_fini(&a);
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 4003);
    for (int i = 0; i < 2; i++)
        cr_expect(stack_until(is_refused, &(struct revoked){there.token, stack_port(stack, i)}, WAIT_MS));
    struct http_answer r = refresh(there.refresh);
    cr_expect_eq(r.status, 401);
    http_answer_fini(&r);
    cr_expect_eq(me(here.token), 200, "the other login goes on");
    ws_client_close(&c);
    buf_fini(&path);
    person_fini(&here);
    person_fini(&there);
}

Test(login, a_new_password_ends_the_other_sessions)
{
    struct person here = person_register(port, "alice"), there = person_login(port, "alice");
    struct http_answer a =
        api(port, here.token, "POST", "/auth/password", "{\"current\":\"wrong wrong\",\"new\":\"another good one\"}");
    cr_expect_eq(a.status, 401);
    http_answer_fini(&a);
    a = api(port, here.token, "POST", "/auth/password", "{\"current\":\"" PASSWORD "\",\"new\":\"another good one\"}");
    cr_expect_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect(stack_until(is_refused, &(struct revoked){there.token, port}, WAIT_MS));
    cr_expect_eq(me(here.token), 200);
    a = api(port, NULL, "POST", "/auth/login", "{\"username\":\"alice\",\"password\":\"" PASSWORD "\"}");
    cr_expect_eq(a.status, 401);
    http_answer_fini(&a);
    a = api(port, NULL, "POST", "/auth/login", "{\"username\":\"Alice\",\"password\":\"another good one\"}");
    cr_expect_eq(a.status, 200);
    http_answer_fini(&a);
    person_fini(&here);
    person_fini(&there);
}

Test(login, log_out_ends_the_session)
{
    struct person p = person_register(port, "alice");
    struct buf cookie = {0};
    buf_printf(&cookie, "parley_refresh=%s", p.refresh);
    struct http_answer a =
        http_ask(port, "POST", "/api/v1/auth/logout", "{}", &(struct http_extra){.cookie = buf_c(&cookie)});
    cr_expect_eq(a.status, 204);
    char *cleared = answer_cookie(&a, "parley_refresh");
    cr_expect_str_eq(cleared, "");
    free(cleared);
    http_answer_fini(&a);
    struct http_answer r = refresh(p.refresh);
    cr_expect_eq(r.status, 401);
    http_answer_fini(&r);
    cr_expect(stack_until(is_refused, &(struct revoked){p.token, port}, WAIT_MS));
    buf_fini(&cookie);
    person_fini(&p);
}

Test(login, an_imported_bcrypt_hash_logs_in_and_becomes_argon2id)
{
    /* The hash is of "U*U", the first vector of crypt_blowfish's own test. */
    free(stack_sql(stack,
                   "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash) VALUES "
                   "('imported', 'imported', 'imported', 'Imported', "
                   "'$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')"));
    for (int i = 0; i < 2; i++) {
        struct http_answer a =
            api(port, NULL, "POST", "/auth/login", "{\"username\":\"imported\",\"password\":\"U*U\"}");
        cr_expect_eq(a.status, 200, "login %d: %s", i, buf_c(&a.body));
        http_answer_fini(&a);
        char *hash = stack_sql(stack, "SELECT password_hash FROM auth.users WHERE username = 'imported'");
        cr_expect_eq(strncmp(hash, "$argon2id$", 10), 0, "%s", hash);
        free(hash);
    }
    struct http_answer a = api(port, NULL, "POST", "/auth/login", "{\"username\":\"imported\",\"password\":\"U*V\"}");
    cr_expect_eq(a.status, 401);
    http_answer_fini(&a);
}

Test(login, passwords_that_are_short_long_or_common_are_refused)
{
    static const struct {
        const char *password, *code;
    } cases[] = {{"short", "password_invalid"},
                 {"password", "password_common"},
                 {"Password1", "password_common"},
                 {"12345678", "password_common"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_answer a = api(port, NULL, "POST", "/auth/register",
                                   "{\"username\":\"person%zu\",\"password\":\"%s\"}", i, cases[i].password);
        char *code = answer_text(&a, "code");
        cr_expect_eq(a.status, 422);
        cr_expect_str_eq(code, cases[i].code, "%s: %s", cases[i].password, code);
        free(code);
        http_answer_fini(&a);
    }
}

static struct http_answer login_from(const char *address, const char *password)
{
    char body[128], header[64];
    snprintf(body, sizeof body, "{\"username\":\"alice\",\"password\":\"%s\"}", password);
    snprintf(header, sizeof header, "X-Forwarded-For: %s", address);
    return http_ask(port, "POST", "/api/v1/auth/login", body, &(struct http_extra){.header = header});
}

Test(login, too_many_wrong_passwords_are_stopped)
{
    stack_stop(&stack);
    static const char *const env[] = {"PARLEY_LOGIN_TRIES_PER_ACCOUNT=3", NULL};
    start_with(env);
    struct person p = person_register(port, "alice");
    int status = 0;
    for (int i = 0; i < 3; i++)
        cr_expect_eq(
            status_of(api(port, NULL, "POST", "/auth/login", "{\"username\":\"alice\",\"password\":\"wrong wrong\"}")),
            401);
    struct http_answer waits =
        api(port, NULL, "POST", "/auth/login", "{\"username\":\"alice\",\"password\":\"" PASSWORD "\"}");
    cr_expect(strstr(buf_c(&waits.headers), "retry-after: 60"), "%s", buf_c(&waits.headers));
    status = status_of(waits);
    cr_expect_eq(status, 429, "even the right one waits now: %d", status);
    status = status_of(login_from("203.0.113.9", PASSWORD));
    cr_expect_eq(status, 200, "whoever guesses elsewhere does not keep the owner out: %d", status);
    for (int i = 0; i < 27; i++) {
        char address[32];
        snprintf(address, sizeof address, "198.51.100.%d", i);
        cr_expect_eq(status_of(login_from(address, "wrong wrong")), 401, "guess %d", i);
    }
    status = status_of(login_from("203.0.113.9", PASSWORD));
    cr_expect_eq(status, 429, "thirty guesses from everywhere are too many: %d", status);
    person_fini(&p);
}

/* A key of our own among the published ones, so that the test can sign what auth-svc would sign at another time. */
static char *adopt_key(char kid[48])
{
    char *private_pem, *public_pem;
    cr_assert_eq(token_key_generate(&private_pem, &public_pem, kid), 0);
    struct buf sql = {0};
    buf_printf(&sql,
               "INSERT INTO auth.signing_keys (kid, public_pem, private_box, created_at, active_at, retired_at) "
               "VALUES ('%s', '%s', '', now() - interval '1 day', now() + interval '1 day', now() + interval '1 day')",
               kid, public_pem);
    free(stack_sql(stack, buf_c(&sql)));
    buf_fini(&sql);
    free(public_pem);
    stack_kill(stack, "auth-svc-0", SIGKILL); /* it reads the keys at its start */
    stack_restart(stack, "auth-svc-0");
    stack_wait_ready(stack, "auth-svc-0");
    return private_pem;
}

/* A token of p that expires at this time. */
static char *token_until(const struct person *p, const char *private_pem, const char *kid, int64_t expires_s)
{
    struct token_claims claims = {.issued_s = expires_s - 900, .expires_s = expires_s};
    cr_assert(str_i64(str_of(p->id), &claims.user));
    snprintf(claims.session, sizeof claims.session, "%s", p->session);
    struct buf token = {0};
    cr_assert_eq(token_issue(private_pem, kid, &claims, &token), 0);
    char *text = xstrdup(buf_c(&token));
    buf_fini(&token);
    return text;
}

/* A gateway asks for unknown keys once a second at most; until then it knows only that the token is not good. */
static bool is_told_expired(void *arg)
{
    struct revoked *r = arg;
    struct http_answer a = api(r->port, r->token, "GET", "/me", NULL);
    char *code = answer_text(&a, "code");
    bool told = a.status == 401 && strcmp(code, "token_expired") == 0;
    free(code);
    http_answer_fini(&a);
    return told;
}

Test(login, an_access_token_that_expired_is_told_so_and_closes_its_socket)
{
    struct person p = person_register(port, "alice");
    char kid[48], *key = adopt_key(kid);
    int64_t now_s = clock_wall_ms() / 1000;
    char *old = token_until(&p, key, kid, now_s - 60);
    cr_expect(stack_until(is_told_expired, &(struct revoked){old, port}, WAIT_MS));
    cr_expect_null(ws_client_login(port, old, "d"));
    now_s = clock_wall_ms() / 1000;
    /* Good for two more seconds of the skew that is let pass. */
    char *last = token_until(&p, key, kid, now_s + 2 - TOKEN_SKEW_S);
    struct ws_client *c = ws_client_login(port, last, "d"), *renewed = ws_client_login(port, last, "e");
    cr_assert(c && renewed);
    ws_client_send(renewed, "{\"t\":\"token\",\"token\":\"%s\"}", p.token);
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 4003);
    ws_client_send(renewed, "{\"t\":\"ping\",\"n\":1}");
    struct jval *pong = ws_client_wait(renewed, "pong", WAIT_MS);
    cr_expect_not_null(pong, "a fresh token did not keep the connection");
    jval_free(pong);
    ws_client_close(&c);
    ws_client_close(&renewed);
    free(old);
    free(last);
    free(key);
    person_fini(&p);
}

Test(login, the_keys_are_public_and_a_new_process_signs_with_the_same)
{
    struct http_answer a = api(port, NULL, "GET", "/auth/jwks", NULL);
    cr_assert_eq(a.status, 200);
    const struct jval *key = jval_at(jval_get(a.json, "keys"), 0);
    struct str kty = {"", 0}, d = {"", 0};
    cr_expect(jval_get_str(key, "kty", &kty) && str_is(kty, "EC"));
    cr_expect(!jval_get_str(key, "d", &d), "the private part is public");
    http_answer_fini(&a);
    struct person p = person_register(port, "alice");
    stack_kill(stack, "auth-svc-0", SIGKILL);
    stack_restart(stack, "auth-svc-0");
    stack_wait_ready(stack, "auth-svc-0");
    struct person again = person_login(port, "alice");
    cr_expect_eq(me(p.token), 200);
    cr_expect_eq(me(again.token), 200);
    person_fini(&p);
    person_fini(&again);
}
