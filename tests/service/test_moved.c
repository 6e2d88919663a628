/* What gateways ask every few seconds: whose logs grew, of rooms and of people. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "metrics.h"
#include "person.h"
#include "redis_server.h"
#include "rpc.h"
#include "stack.h"

enum { WAIT_MS = 20000 };

static struct loop *loop;
static struct bus *bus;
static struct rpc *rpc;
static int64_t end_ms;
static bool asked;
static char wanted[64];
static struct buf answer;

static void on_moved(void *arg, int err, struct str body)
{
    (void)arg;
    cr_expect_eq(err, 0);
    buf_reset(&answer);
    buf_str(&answer, body);
    asked = false;
    if (strstr(buf_c(&answer), wanted) != NULL)
        loop_stop(loop);
}

/* An answer may be a second old: ask until it says so. */
static void on_tick(void *arg)
{
    (void)arg;
    struct caller nobody = {0};
    cr_assert(clock_mono_ms() < end_ms, "not told %s: %s", wanted, buf_c(&answer));
    if (!asked && bus_ready(bus))
        asked = rpc_call(rpc, "msg", "moved", &nobody, STR("{}"), 5000, on_moved, NULL) == 0;
}

Test(moved, the_logs_of_people_who_are_brought_into_a_room_have_grown, .timeout = 120)
{
    struct stack *stack = stack_start(&(struct stack_options){.gateways = 1});
    int port = stack_port(stack, 0);
    struct person alice = person_register(port, "alice"), bob = person_register(port, "bob");
    struct metrics *metrics;
    struct timer *tick;
    free(room_dm(port, &alice, &bob));

    cr_assert_eq(loop_create(&loop), 0);
    metrics_create(&metrics);
    struct bus_config config = {.url = redis_server_url(stack_redis(stack)), .name = "test"};
    cr_assert_eq(bus_create(&bus, loop, &config, metrics), 0);
    rpc_create(&rpc, loop, bus, "00000000000000aa", metrics);
    timer_make(&tick, loop, on_tick, NULL);
    end_ms = clock_mono_ms() + WAIT_MS;
    snprintf(wanted, sizeof wanted, "\"%s\":1", bob.id); /* A room of that number would be followed by an object. */
    timer_start(tick, 0, 50);
    loop_run(loop);

    timer_destroy(&tick);
    rpc_destroy(&rpc);
    bus_destroy(&bus);
    metrics_destroy(&metrics);
    loop_destroy(&loop);
    buf_fini(&answer);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}
