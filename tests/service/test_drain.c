/* A gateway that is told to stop says so, lets its clients go, and ends by itself; ports answer what they should. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "person.h"
#include "redis_server.h"
#include "stack.h"
#include "talker.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, CLIENTS = 300, SPAN_MS = 1000, PART_MS = 200, PARTS = SPAN_MS / PART_MS };

static struct stack *stack;

static void start(void)
{
    static const char *const env[] = {"PARLEY_MAX_PER_USER=1000", "PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
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

/* Whatever is asked of Redis and of others when the time is over ends with it. */
static void drain_amid_questions(int thaw_after_ms)
{
    enum { SOME = 20, DRAIN_WAIT_MS = 40000 };
    static char name[] = "gateway-0";
    struct person p = person_register(stack_port(stack, 0), "alice");
    char *room = room_create(stack_port(stack, 0), &p, "hall", "public");
    struct ws_client *c[SOME];
    for (int i = 0; i < SOME; i++)
        cr_assert_not_null(c[i] = ws_client_login(stack_port(stack, 0), p.token, "d"));
    pid_t redis = redis_server_pid(stack_redis(stack));
    kill(redis, SIGSTOP);
    for (int i = 0; i < SOME; i++) {
        char *cmid = new_cmid();
        ws_client_send(c[i], "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"x\"}", cmid, room);
        ws_client_send(c[i], "{\"t\":\"fetch\",\"room\":\"%s\"}", room);
        ws_client_send(c[i], "{\"t\":\"resume\"}");
        ws_client_send(c[i], "{\"t\":\"delivered\",\"room\":\"%s\",\"seq\":1}", room);
        ws_client_send(c[i], "{\"t\":\"read\",\"room\":\"%s\",\"seq\":1}", room);
        free(cmid);
    }
    stack_signal(stack, name, SIGTERM);
    int64_t thaw_ms = clock_mono_ms() + thaw_after_ms;
    while (clock_mono_ms() < thaw_ms && !is_dead(name))
        ws_client_wait_close(c[0], 50);
    kill(redis, SIGCONT);
    cr_expect(stack_until(is_dead, name, DRAIN_WAIT_MS));
    for (int i = 0; i < SOME; i++)
        ws_client_close(&c[i]);
    free(room);
    person_fini(&p);
}

Test(drain, a_gateway_stops_while_redis_stands_still)
{
    drain_amid_questions(30000);
}

Test(drain, a_gateway_stops_while_redis_comes_back)
{
    drain_amid_questions(1100);
}

/* No part of the span has more than twice its share of what is spread over it. */
static void expect_spread(const char *what, const int64_t after_ms[CLIENTS])
{
    int parts[PARTS + 1] = {0};
    for (int i = 0; i < CLIENTS; i++) {
        int64_t part = after_ms[i] / PART_MS;
        parts[part < PARTS ? part : PARTS]++;
    }
    for (int i = 0; i <= PARTS; i++)
        cr_expect_leq(parts[i], 2 * CLIENTS / PARTS, "%s: %d of %d in part %d", what, parts[i], CLIENTS, i);
}

static int64_t goaway_ms(struct ws_client *c)
{
    int64_t ms = -1;
    struct jval *g = ws_client_wait(c, "goaway", WAIT_MS);
    cr_assert(g && jval_get_int(g, "reconnect_ms", &ms) && ms >= 0 && ms <= SPAN_MS, "%lld", (long long)ms);
    jval_free(g);
    return ms;
}

/* Told different times, and closed at different times when they stay. */
Test(drain, the_clients_of_a_stopping_gateway_go_one_by_one)
{
    static struct ws_client *clients[CLIENTS];
    static int64_t told[CLIENTS], closed[CLIENTS];
    struct person p = person_register(stack_port(stack, 0), "alice");
    for (int i = 0; i < CLIENTS; i++) {
        char device[16];
        snprintf(device, sizeof device, "d-%d", i);
        clients[i] = ws_client_login(stack_port(stack, 0), p.token, device);
        cr_assert_not_null(clients[i], "client %d", i);
    }
    int64_t began = clock_mono_ms();
    stack_signal(stack, "gateway-0", SIGTERM);
    for (int i = 0; i < CLIENTS; i++)
        told[i] = goaway_ms(clients[i]);
    int open = CLIENTS;
    while (open > 0 && clock_mono_ms() - began < WAIT_MS)
        for (int i = 0; i < CLIENTS; i++)
            if (clients[i] && ws_client_wait_close(clients[i], 0) >= 0) {
                closed[i] = clock_mono_ms() - began;
                ws_client_close(&clients[i]);
                open--;
            }
    cr_assert_eq(open, 0);
    expect_spread("told", told);
    int64_t first = WAIT_MS;
    for (int i = 0; i < CLIENTS; i++)
        first = closed[i] < first ? closed[i] : first;
    for (int i = 0; i < CLIENTS; i++)
        closed[i] -= first;
    expect_spread("closed", closed);
    person_fini(&p);
}

enum { FIRST = 200, DEADLINE_MS = 60000 };

/* Both write on, a message a millisecond, until both had to go elsewhere; then until all is acked and seen. */
static void exchange(struct talker *a, struct talker *b)
{
    int64_t deadline = clock_mono_ms() + DEADLINE_MS, told_ms = 0, head = 0;
    while (clock_mono_ms() < deadline) {
        head = talker_step_both(a, b);
        if (!told_ms && a->acked > FIRST / 2) {
            stack_signal(stack, "gateway-0", SIGTERM);
            told_ms = clock_mono_ms();
        }
        int64_t more = told_ms ? clock_mono_ms() - told_ms : 0;
        if (!a->reconnects || !b->reconnects)
            a->to_send = b->to_send = FIRST + (int)(more < TALKER_MAX - FIRST ? more : TALKER_MAX - FIRST);
        else if (talker_done(a, head) && talker_done(b, head))
            return;
    }
    cr_assert_fail("the exchange does not end: %d and %d acked", a->acked, b->acked);
}

Test(drain, an_exchange_over_a_stopping_gateway_loses_nothing)
{
    struct person alice = person_register(stack_port(stack, 0), "alice"),
                  bob = person_register(stack_port(stack, 0), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct talker *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    talker_init(a, &alice, 1, stack_ports(stack), 2, 0, room, FIRST);
    talker_init(b, &bob, 2, stack_ports(stack), 2, 0, room, FIRST);
    exchange(a, b);
    talker_check_own(a);
    talker_check_own(b);
    talker_check_same(a, b);
    talker_fini(a);
    talker_fini(b);
    free(a);
    free(b);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
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
