/* A gateway that is told to stop says so, lets its clients go, and ends by itself; ports answer what they should. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;

static void start(void)
{
    stack = stack_start(NULL);
}

static void stop(void)
{
    stack_stop(&stack);
}

TestSuite(drain, .init = start, .fini = stop, .timeout = 180);

static bool is_dead(void *name)
{
    return !stack_alive(stack, name);
}

Test(drain, a_terminated_gateway_says_goaway_closes_with_1001_and_exits)
{
    struct person p = person_register(stack_port(stack, 0), "alice");
    struct ws_client *c = ws_client_login(stack_port(stack, 0), p.token, "d");
    stack_signal(stack, "gateway-0", SIGTERM);
    struct jval *g = ws_client_wait(c, "goaway", WAIT_MS);
    cr_expect_not_null(g);
    jval_free(g);
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 1001);
    static char name[] = "gateway-0";
    cr_expect(stack_until(is_dead, name, WAIT_MS));
    ws_client_close(&c);
    c = ws_client_login(stack_port(stack, 1), p.token, "d");
    cr_expect_not_null(c, "the other gateway serves");
    ws_client_close(&c);
    person_fini(&p);
}

static int status_of(int port, const char *path)
{
    struct http_answer a = http_ask(port, "GET", path, NULL, NULL);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

Test(drain, health_is_public_and_metrics_are_not)
{
    int port = stack_port(stack, 0);
    cr_expect_eq(status_of(port, "/healthz"), 200);
    cr_expect_eq(status_of(port, "/readyz"), 200);
    cr_expect_eq(status_of(port, "/metrics"), 404);
    static const char *const names[] = {"gateway-0", "auth-svc-0", "msg-svc-0", "presence-svc-0"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct http_answer a = http_ask(stack_admin_port(stack, names[i]), "GET", "/metrics", NULL, NULL);
        cr_expect_eq(a.status, 200);
        cr_expect_not_null(strstr(buf_c(&a.body), "# TYPE parley_"), "%s", names[i]);
        http_answer_fini(&a);
    }
}

Test(drain, the_contract_is_served)
{
    struct http_answer a = http_ask(stack_port(stack, 0), "GET", "/api/v1/openapi.yaml", NULL, NULL);
    cr_expect_eq(a.status, 200);
    cr_expect_not_null(strstr(buf_c(&a.body), "openapi:"));
    http_answer_fini(&a);
}
