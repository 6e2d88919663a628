/* A login that ended is out everywhere: at once when gateways hear of it, within half a minute when they do not, and at
 * gateways that were not there. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "person.h"
#include "redis_server.h"
#include "stack.h"
#include "ws_client.h"

enum { NOTICED_MS = 2000, LOST_MS = 30000, STEP_MS = 20000 };

static struct stack *stack;
static struct person alice;
static struct ws_client *ws[2];

static void start(void)
{
    stack = stack_start(NULL);
    alice = person_register(stack_port(stack, 0), "alice");
    for (int i = 0; i < 2; i++) {
        ws[i] = ws_client_login(stack_port(stack, i), alice.token, "phone");
        cr_assert_not_null(ws[i]);
    }
}

static void stop(void)
{
    for (int i = 0; i < 2; i++)
        if (ws[i])
            ws_client_close(&ws[i]);
    person_fini(&alice);
    stack_stop(&stack);
}

TestSuite(revocation, .init = start, .fini = stop, .timeout = 180);

/* Both sockets close with 4003 by `within_ms` from now. */
static void expect_out(int within_ms)
{
    int64_t deadline = clock_mono_ms() + within_ms;
    for (int i = 0; i < 2; i++) {
        int left = (int)(deadline - clock_mono_ms());
        cr_expect_eq(ws_client_wait_close(ws[i], left > 0 ? left : 0), 4003, "gateway %d", i);
    }
}

static char *rest_code(int port, const char *token)
{
    struct http_answer a = api(port, token, "GET", "/me", NULL);
    char *code = a.status == 401 ? answer_text(&a, "code") : strdup("let in");
    http_answer_fini(&a);
    return code;
}

/* Neither REST nor a new socket takes the token. */
static void expect_refused(int i)
{
    char *code = rest_code(stack_port(stack, i), alice.token);
    cr_expect_str_eq(code, "session_revoked", "gateway %d", i);
    free(code);
    struct ws_client *c = ws_client_connect(stack_port(stack, i), NULL, NULL);
    cr_assert_not_null(c);
    ws_client_send(c, "{\"t\":\"hello\",\"v\":1,\"token\":\"%s\",\"device\":\"phone\"}", alice.token);
    cr_expect_eq(ws_client_wait_close(c, STEP_MS), 4003, "gateway %d", i);
    ws_client_close(&c);
}

static void sql(const char *text)
{
    free(stack_sql(stack, text));
}

Test(revocation, logging_out_closes_the_sockets_on_every_gateway_within_two_seconds)
{
    struct person again = person_login(stack_port(stack, 0), "alice");
    struct buf path = {0};
    buf_printf(&path, "/auth/sessions/%s", alice.session);
    struct http_answer a = api(stack_port(stack, 1), again.token, "DELETE", buf_c(&path), NULL);
    cr_assert(a.status >= 200 && a.status < 300, "%d %s", a.status, buf_c(&a.body));
    expect_out(NOTICED_MS);
    expect_refused(0);
    expect_refused(1);
    char *code = rest_code(stack_port(stack, 0), again.token);
    cr_expect_str_eq(code, "let in", "the other login goes on");
    free(code);
    http_answer_fini(&a);
    buf_fini(&path);
    person_fini(&again);
}

Test(revocation, a_change_of_the_password_ends_the_other_logins_within_two_seconds)
{
    struct person again = person_login(stack_port(stack, 0), "alice");
    struct http_answer a = api(stack_port(stack, 0), again.token, "POST", "/auth/password",
                               "{\"current\":\"" PASSWORD "\",\"new\":\"another horse entirely\"}");
    cr_assert(a.status >= 200 && a.status < 300, "%d %s", a.status, buf_c(&a.body));
    expect_out(NOTICED_MS);
    http_answer_fini(&a);
    person_fini(&again);
}

/* Nobody publishes anything: this is what every lost notice looks like to a gateway. */
Test(revocation, a_revocation_without_a_notice_closes_the_sockets_within_thirty_seconds)
{
    sql("UPDATE auth.sessions SET revoked_at = now()");
    expect_out(LOST_MS);
    expect_refused(0);
    expect_refused(1);
}

Test(revocation, a_disabled_account_is_out_within_thirty_seconds)
{
    sql("UPDATE auth.users SET disabled_at = now()");
    expect_out(LOST_MS);
    expect_refused(0);
}

/* A frozen gateway's link is cut while the notice is published, so that Redis cannot even keep it for later. */
Test(revocation, a_gateway_that_stood_still_when_it_was_told_learns_it_when_it_goes_on)
{
    struct person again = person_login(stack_port(stack, 0), "alice");
    struct buf path = {0};
    buf_printf(&path, "/auth/sessions/%s", alice.session);
    stack_signal(stack, "gateway-1", SIGSTOP);
    free(redis_server_command(stack_redis(stack), "CLIENT KILL TYPE pubsub"));
    int64_t deadline = clock_mono_ms() + STEP_MS;
    int status = 0;
    while (status != 204 && status != 200 && clock_mono_ms() < deadline) {
        struct http_answer a = api(stack_port(stack, 0), again.token, "DELETE", buf_c(&path), NULL);
        status = a.status;
        http_answer_fini(&a);
    }
    cr_assert_lt(clock_mono_ms(), deadline);
    cr_expect_eq(ws_client_wait_close(ws[0], NOTICED_MS), 4003);
    stack_signal(stack, "gateway-1", SIGCONT);
    cr_expect_eq(ws_client_wait_close(ws[1], LOST_MS), 4003);
    buf_fini(&path);
    person_fini(&again);
}

/* The token is good for minutes still, and the process has never heard of its login. */
Test(revocation, a_gateway_started_afterwards_refuses_the_token)
{
    stack_kill(stack, "gateway-1", SIGKILL);
    sql("UPDATE auth.sessions SET revoked_at = now() - interval '10 minutes'");
    stack_restart(stack, "gateway-1");
    stack_wait_ready(stack, "gateway-1");
    expect_refused(1);
}

/* Keys come from auth-svc's memory, the list from its database: without it a gateway waits a little, not for ever. */
Test(revocation, a_gateway_started_while_the_list_cannot_be_had_serves_all_the_same)
{
    stack_kill(stack, "gateway-1", SIGKILL);
    sql("ALTER TABLE auth.sessions RENAME TO sessions_away");
    stack_restart(stack, "gateway-1");
    stack_wait_ready(stack, "gateway-1");
    struct ws_client *c = ws_client_login(stack_port(stack, 1), alice.token, "phone");
    cr_expect_not_null(c);
    sql("ALTER TABLE auth.sessions_away RENAME TO sessions; UPDATE auth.sessions SET revoked_at = now()");
    if (c)
        cr_expect_eq(ws_client_wait_close(c, LOST_MS), 4003, "the list came late, and counts");
    if (c)
        ws_client_close(&c);
}
