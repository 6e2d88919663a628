/* The order of a device's sends: each row of the table of docs/delivery.md. */
#include "err.h"
#include "plan_batch.h"

TestSuite(plan_order, .init = set_up, .fini = tear_down);

/* The room, and its one member. */
static void known(void)
{
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
}

static void assert_refused(size_t i, int64_t cgen, int64_t expected)
{
    cr_assert_eq(step(i)->err, ERR_OUT_OF_ORDER);
    cr_assert_eq(step(i)->cgen, cgen);
    cr_assert_eq(step(i)->expected, expected);
    cr_assert_not(step(i)->newcomer);
}

Test(plan_order, the_next_is_stored_and_one_that_jumps_ahead_is_not)
{
    next_in_order(7, 1, 6, 0, 6);
    next_in_order(7, 1, 8, 0, 8);
    next_in_order(7, 1, 7, 0, 7);
    next_in_order(7, 1, 8, 0, 8);
    known();
    order_is(7, 1, 0, 5);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    assert_refused(1, 0, 7);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_eq(step(3)->err, 0);
    cr_assert_not(step(3)->dup);
    cr_assert_eq(plan->n_events, 3);
    cr_assert_eq(plan->orders[0].cseq, 8);
    cr_assert(plan->orders[0].dirty);
}

Test(plan_order, a_device_that_is_not_known_begins_with_one)
{
    next_in_order(7, 1, 3, 0, 3);
    known();
    plan_run(plan, TS);
    assert_refused(0, 0, 1);
    cr_assert_eq(plan->orders[0].cseq, 0);

    n = 0;
    next_in_order(7, 1, 1, 0, 1);
    known();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(plan->orders[0].cgen, 0);
    cr_assert_eq(plan->orders[0].cseq, 1);
    cr_assert(plan->orders[0].dirty);
}

Test(plan_order, a_late_copy_of_an_older_generation_is_not_stored)
{
    next_in_order(7, 1, 4, 1, 4);
    known();
    order_is(7, 1, 2, 3);
    plan_run(plan, TS);
    assert_refused(0, 2, 4);
    cr_assert_eq(plan->n_events, 0);
    cr_assert_not(plan->orders[0].dirty);
}

Test(plan_order, a_newer_generation_begins_a_new_count)
{
    next_in_order(7, 1, 4, 1, 1);
    next_in_order(7, 1, 5, 1, 2);
    next_in_order(7, 1, 6, 0, 10);
    known();
    order_is(7, 1, 0, 9);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, 0);
    assert_refused(2, 1, 3);
    cr_assert_eq(plan->orders[0].cgen, 1);
    cr_assert_eq(plan->orders[0].cseq, 2);
}

Test(plan_order, a_newer_generation_is_kept_though_its_first_entry_is_missing)
{
    next_in_order(7, 1, 5, 1, 2);
    next_in_order(7, 1, 6, 0, 10);
    known();
    order_is(7, 1, 0, 9);
    plan_run(plan, TS);
    assert_refused(0, 1, 1);
    assert_refused(1, 1, 1);
    cr_assert(plan->orders[0].dirty);
    cr_assert(plan_writes(plan));
    cr_assert_eq(plan->orders[0].cseq, 0);
}

Test(plan_order, a_stored_cmid_is_a_dup_wherever_it_stands_and_counts_when_it_is_the_next)
{
    next_in_order(7, 1, 1, 0, 6);
    next_in_order(7, 1, 2, 0, 9);
    next_in_order(7, 1, 3, 0, 7);
    known();
    order_is(7, 1, 0, 5);
    stored_before(&entries[0], 1);
    stored_before(&entries[1], 2);
    plan_run(plan, TS);
    cr_assert(step(0)->dup);
    cr_assert(step(1)->dup);
    cr_assert_eq(step(2)->err, 0, "the dup of 6 made 7 the next");
    cr_assert_eq(plan->orders[0].cseq, 7);
}

Test(plan_order, a_dup_of_an_older_generation_counts_nothing)
{
    next_in_order(7, 1, 1, 0, 6);
    known();
    order_is(7, 1, 1, 5);
    stored_before(&entries[0], 1);
    plan_run(plan, TS);
    cr_assert(step(0)->dup);
    cr_assert_not(plan->orders[0].dirty);
}

Test(plan_order, a_new_generation_may_begin_with_a_dup)
{
    next_in_order(7, 1, 1, 1, 1);
    next_in_order(7, 1, 2, 1, 2);
    known();
    order_is(7, 1, 0, 40);
    stored_before(&entries[0], 1);
    plan_run(plan, TS);
    cr_assert(step(0)->dup);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(plan->orders[0].cseq, 2);
}

Test(plan_order, a_refusal_for_good_is_decided_and_its_second_copy_is_not_stored_after_a_join)
{
    next_in_order(7, 1, 1, 0, 1);
    next(ENTRY_JOIN, 7, 1);
    next_in_order(7, 1, 1, 0, 1);
    next_in_order(7, 1, 2, 0, 2);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    assert_refused(2, 0, 2);
    cr_assert_eq(step(3)->err, 0);
    cr_assert_eq(plan->n_events, 2);
}

/* The message of a device that was refused, and which other devices send again. */
static void next_of(const char *device, int64_t cgen, int64_t cseq)
{
    next_in_order(7, 1, 1, cgen, cseq)->device = str_of(device);
}

Test(plan_order, a_refusal_of_who_was_in_the_room_holds_for_every_device_and_after_he_came_back)
{
    next_of("phone", 0, 1);
    next_of("tablet", 0, 1);
    next(ENTRY_JOIN, 7, 1);
    next_of("laptop", 0, 1);
    next_of("phone", 0, 1);
    next_send(7, 1, 1, "a");
    next_in_order(7, 1, 2, 0, 2)->device = STR("laptop");
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_member_was(plan, 1, 7);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    for (size_t i = 1; i < 6; i++)
        cr_assert_eq(step(i)->err, i == 2 ? 0 : ERR_REFUSED, "entry %zu", i);
    cr_assert_eq(step(6)->err, 0, "the refused copy was counted");
    cr_assert_eq(plan->n_events, 2);
    cr_assert(plan->sents[0].fresh);
    cr_assert_eq(plan->sents[0].seq, 0);
}

Test(plan_order, a_refusal_that_is_known_is_said_wherever_the_copy_stands_and_counts_when_it_is_the_next)
{
    next_in_order(7, 1, 1, 0, 9)->redelivered = true;
    next_in_order(7, 1, 1, 0, 6);
    next_in_order(7, 1, 2, 0, 7);
    known();
    order_is(7, 1, 0, 5);
    refused_before(&entries[0]);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_REFUSED);
    cr_assert_not(step(0)->again);
    cr_assert_eq(step(1)->err, ERR_REFUSED);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_eq(plan->orders[0].cseq, 7);
    cr_assert_not(plan->sents[0].fresh);
}

Test(plan_order, another_body_or_room_under_a_refused_cmid_is_a_conflict)
{
    next_in_order(7, 1, 1, 0, 1);
    next_in_order(7, 1, 1, 0, 1)->digest[0] ^= 1;
    next_in_order(7, 17, 1, 0, 1);
    known();
    room_is(17, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 17, 7, ROLE_MEMBER);
    refused_before(&entries[0]);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_REFUSED);
    assert_refused(1, 0, 2);
    cr_assert_eq(step(2)->err, ERR_IDEMPOTENCY_CONFLICT);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan_order, a_refusal_of_who_is_taken_out_in_the_same_batch_is_kept)
{
    next_remove(8, 1, 7);
    next_in_order(7, 1, 1, 0, 1);
    known();
    plan_member_is(plan, 1, 8, ROLE_OWNER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(1)->err, ERR_NOT_MEMBER);
    cr_assert(plan->sents[0].fresh);
    cr_assert_eq(plan->sents[0].seq, 0);
}

Test(plan_order, of_strangers_and_of_what_has_no_order_no_refusal_is_kept)
{
    next_in_order(7, 1, 1, 0, 1);
    next_send(8, 1, 2, "a");
    next_in_order(8, 1, 3, 0, 1)->err = ERR_TOO_LARGE;
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_member_was(plan, 1, 8);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(1)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(2)->err, ERR_TOO_LARGE);
    for (size_t i = 0; i < plan->n_sents; i++)
        cr_assert_not(plan->sents[i].fresh);
}

Test(plan_order, a_refusal_in_a_room_that_is_not_there_leaves_nothing_behind)
{
    next_in_order(7, 5, 1, 0, 1);
    next_in_order(7, 5, 2, 0, 3);
    next_in_order(7, 5, 3, 0, 1)->err = ERR_TOO_LARGE;
    start();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_TOO_LARGE);
    cr_assert_eq(plan->orders[0].cseq, 0);
    cr_assert_not(plan->orders[0].dirty);
    cr_assert_not(plan_writes(plan));
}

Test(plan_order, a_device_that_is_not_known_leaves_nothing_behind_before_its_first)
{
    next_in_order(7, 1, 3, 2, 3);
    known();
    plan_run(plan, TS);
    assert_refused(0, 2, 1);
    cr_assert_not(plan->orders[0].dirty);
    cr_assert_not(plan_writes(plan));
}

Test(plan_order, what_says_nothing_that_can_be_stored_is_counted_in_its_turn)
{
    next_in_order(7, 1, 1, 0, 2)->err = ERR_BAD_REQUEST;
    next_in_order(7, 1, 2, 0, 1)->err = ERR_TOO_LARGE;
    next_in_order(7, 1, 3, 0, 2);
    known();
    plan_run(plan, TS);
    assert_refused(0, 0, 1);
    cr_assert_eq(step(1)->err, ERR_TOO_LARGE);
    cr_assert_eq(step(2)->err, 0);
}

Test(plan_order, another_body_under_a_stored_cmid_is_a_conflict_in_its_turn)
{
    next_in_order(7, 1, 1, 0, 1);
    next_in_order(7, 1, 1, 0, 3)->digest[0] ^= 1;
    next_in_order(7, 1, 1, 0, 2)->digest[0] ^= 1;
    next_in_order(7, 1, 2, 0, 3);
    known();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    assert_refused(1, 0, 2);
    cr_assert_eq(step(2)->err, ERR_IDEMPOTENCY_CONFLICT);
    cr_assert_eq(step(3)->err, 0);
}

Test(plan_order, a_send_without_a_cseq_has_no_order)
{
    next_send(7, 1, 1, "a");
    next_in_order(7, 1, 2, 0, 1);
    next_send(7, 1, 3, "b");
    known();
    plan_run(plan, TS);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(step(i)->err, 0);
    cr_assert_eq(plan->n_orders, 1);
}

Test(plan_order, rooms_people_and_devices_are_counted_apart)
{
    next_in_order(7, 1, 1, 0, 1);
    next_in_order(7, 17, 2, 0, 1);
    next_in_order(8, 1, 3, 0, 1);
    next_in_order(7, 1, 4, 0, 1)->device = STR("tablet");
    next_in_order(7, 1, 5, 0, 1)->device = STR("");
    known();
    room_is(17, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 17, 7, ROLE_MEMBER);
    plan_member_is(plan, 1, 8, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_orders, 5);
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(step(i)->err, 0);
}

Test(plan_order, behind_a_newcomer_s_send_his_device_waits_and_nothing_is_decided)
{
    next_in_order(7, 1, 1, 0, 1);
    next(ENTRY_JOIN, 7, 1);
    next_in_order(7, 1, 2, 0, 2);
    next_in_order(7, 1, 3, 0, 3)->err = ERR_BAD_REQUEST;
    start();
    plan_room_is(plan, &(struct plan_room){.id = 1, .kind = ROOM_PUBLIC, .everyone = true});
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert(step(0)->newcomer);
    cr_assert_not(step(1)->newcomer);
    cr_assert(step(2)->newcomer, "it would overtake");
    cr_assert(step(3)->newcomer);
    cr_assert_eq(plan->n_events, 1, "of the join alone");
    cr_assert_eq(plan->orders[0].cseq, 0);
}

Test(plan_order, a_redelivered_refusal_is_not_decided_again)
{
    next_in_order(7, 1, 1, 0, 5)->redelivered = true;
    known();
    order_is(7, 1, 0, 5);
    plan_run(plan, TS);
    assert_refused(0, 0, 6);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan_order, what_is_given_up_is_decided_unless_it_is_stored)
{
    next_in_order(7, 1, 1, 0, 1)->doomed = true;
    known();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_INTERNAL);
    cr_assert(plan_buries(step(0)));
    cr_assert_eq(plan->n_events, 0);
    cr_assert_eq(plan->orders[0].cseq, 1);
    cr_assert(plan->sents[0].fresh, "no copy of it is stored later");
    cr_assert_eq(plan->sents[0].seq, 0);

    n = 0;
    next_in_order(7, 1, 1, 0, 1)->doomed = true;
    known();
    stored_before(&entries[0], 1);
    plan_run(plan, TS);
    cr_assert(step(0)->dup);
    cr_assert_not(plan_buries(step(0)));
}

static void assert_not_there(size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        cr_assert_eq(step(i)->err, ERR_ROOM_NOT_FOUND, "entry %zu: %d", i, step(i)->err);
}

Test(plan_order, to_a_stranger_a_private_room_is_as_one_that_is_not_there_whatever_the_turn)
{
    next_in_order(7, 1, 1, 0, 5);
    next_in_order(7, 1, 2, 0, 1);
    next_in_order(7, 1, 3, 0, 6);
    next_in_order(7, 1, 3, 0, 6);
    next_in_order(7, 1, 4, 2, 3);
    next_in_order(7, 1, 5, 1, 1);
    start();
    room_is(1, ROOM_PRIVATE, 0, 1);
    plan_run(plan, TS);
    assert_not_there(0, 6);
    cr_assert_eq(plan->n_events, 0);
    cr_assert_eq(plan->orders[0].cgen, 2);
    cr_assert_eq(plan->orders[0].cseq, 3);
}

Test(plan_order, what_a_stranger_was_refused_is_not_stored_by_a_copy_after_he_was_brought_in)
{
    next_in_order(7, 1, 1, 0, 5);
    next_add(8, 1, 7);
    next_in_order(7, 1, 1, 0, 5);
    next_in_order(7, 1, 2, 0, 4);
    next_in_order(7, 1, 3, 0, 6);
    start();
    room_is(1, ROOM_GROUP, 0, 1);
    plan_member_is(plan, 1, 8, ROLE_OWNER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    assert_not_there(0, 1);
    cr_assert_eq(step(1)->err, 0);
    assert_refused(2, 0, 6);
    assert_refused(3, 0, 6);
    cr_assert_eq(step(4)->err, 0);
    cr_assert_eq(plan->n_events, 2);
}

Test(plan_order, who_was_in_a_private_room_knows_of_it_and_keeps_his_order)
{
    next_in_order(7, 1, 1, 0, 5);
    start();
    room_is(1, ROOM_PRIVATE, 0, 1);
    plan_member_was(plan, 1, 7);
    plan_run(plan, TS);
    assert_refused(0, 0, 1);
    cr_assert_not(plan->orders[0].dirty);
}
