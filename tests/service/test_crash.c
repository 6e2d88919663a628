/* kill -9 of any one of our programs in the middle of an exchange loses no acked message, and the exchange goes on. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdlib.h>

#include "clock.h"
#include "stack.h"
#include "talker.h"

enum { MESSAGES = 300, DEADLINE_MS = 120000 };

struct victim {
    char name[24];
};

ParameterizedTestParameters(crash, the_exchange_survives_the_death_of)
{
    static struct victim victims[] = {{"gateway-0"}, {"gateway-1"},  {"msg-svc-0"},
                                      {"msg-svc-1"}, {"auth-svc-0"}, {"presence-svc-0"}};
    return cr_make_param_array(struct victim, victims, sizeof victims / sizeof *victims);
}

ParameterizedTest(struct victim *victim, crash, the_exchange_survives_the_death_of, .timeout = 300)
{
    struct stack *stack = stack_start(&(struct stack_options){.gateways = 2, .msg_svcs = 2});
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct talker *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    talker_init(a, &alice, 1, stack_ports(stack), 2, 0, room, MESSAGES);
    talker_init(b, &bob, 2, stack_ports(stack), 2, 1, room, MESSAGES);

    int64_t deadline = clock_mono_ms() + DEADLINE_MS, head = 0;
    bool killed = false;
    while (!(killed && talker_done(a, head) && talker_done(b, head)) && clock_mono_ms() < deadline) {
        head = talker_step_both(a, b);
        if (!killed && a->acked > MESSAGES / 4 && b->acked > MESSAGES / 4) {
            stack_kill(stack, victim->name, SIGKILL);
            stack_restart(stack, victim->name); /* what the supervisor does */
            killed = true;
        }
    }
    cr_assert(killed);
    cr_assert_eq(a->acked, MESSAGES, "%s: alice has %d acks", victim->name, a->acked);
    cr_assert_eq(b->acked, MESSAGES, "%s: bob has %d acks", victim->name, b->acked);
    talker_check_own(a);
    talker_check_own(b);
    talker_check_same(a, b);
    stack_wait_ready(stack, victim->name);
    talker_fini(a);
    talker_fini(b);
    free(a);
    free(b);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}
