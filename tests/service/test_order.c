/* Two people at two gateways write at once: every message acked, delivered once, one order for both, no hole. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "clock.h"
#include "stack.h"
#include "talker.h"

enum { MESSAGES = 1000, DEADLINE_MS = 240000 };

Test(order, two_people_on_two_gateways_exchange_a_thousand_each, .timeout = 420)
{
    struct stack *stack = stack_start(NULL);
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct talker *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    talker_init(a, &alice, 1, stack_ports(stack), 2, 0, room, MESSAGES);
    talker_init(b, &bob, 2, stack_ports(stack), 2, 1, room, MESSAGES);

    int64_t deadline = clock_mono_ms() + DEADLINE_MS, head = 0;
    while (!(talker_done(a, head) && talker_done(b, head)) && clock_mono_ms() < deadline)
        head = talker_step_both(a, b);
    cr_assert_eq(a->acked, MESSAGES);
    cr_assert_eq(b->acked, MESSAGES);
    talker_check_own(a);
    talker_check_own(b);
    talker_check_same(a, b);
    cr_expect_eq(a->repeats + b->repeats, 0, "an event came twice on one connection");
    cr_expect_eq(a->reconnects + b->reconnects, 0);

    /* The database says the same: no hole, nothing more than what both sent. */
    char *holes = stack_sql(stack, "SELECT count(*) FROM chat.rooms r WHERE last_seq <> "
                                   "(SELECT count(*) FROM chat.events e WHERE e.room_id = r.id)");
    char *messages = stack_sql(stack, "SELECT count(*) FROM chat.events WHERE type = 'message'");
    cr_expect_str_eq(holes, "0");
    cr_expect_eq(atoi(messages), 2 * MESSAGES);
    free(holes);
    free(messages);
    talker_fini(a);
    talker_fini(b);
    free(a);
    free(b);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}
