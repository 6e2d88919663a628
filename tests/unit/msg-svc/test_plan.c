/* What a batch decides of sends: seqs, duplicates, conflicts, and who may. */
#include "err.h"
#include "plan_batch.h"

TestSuite(plan, .init = set_up, .fini = tear_down);

Test(plan, sends_get_the_next_seqs_in_the_order_they_came)
{
    next_send(7, 1, 1, "a");
    next_send(8, 1, 2, "b");
    next_send(7, 1, 3, "c");
    start();
    room_is(1, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 1, 8, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(step(i)->err, 0);
        cr_assert_not(step(i)->dup);
        cr_assert_eq(step(i)->sent->seq, 11 + (int64_t)i);
        cr_assert_eq(step(i)->sent->n, 6 + (int64_t)i);
        cr_assert_eq(plan->events[i].seq, 11 + (int64_t)i);
        cr_assert_eq(plan->events[i].mver, 3);
        cr_assert_eq(plan->events[i].ts, TS);
        cr_assert(str_eq(plan->events[i].body, entries[i].body));
    }
    cr_assert_eq(plan->rooms[0].last_seq, 13);
    cr_assert_eq(plan->rooms[0].last_n, 8);
    cr_assert_eq(plan->rooms[0].last_message, 13);
    cr_assert(plan->rooms[0].dirty);
}

Test(plan, rooms_are_numbered_apart_and_asked_for_in_id_order)
{
    next_send(7, 17, 1, "a");
    next_send(7, 1, 2, "b");
    next_send(7, 17, 3, "c");
    start();
    cr_assert_eq(plan->n_rooms, 2);
    cr_assert_eq(plan->rooms[0].id, 1);
    cr_assert_eq(plan->rooms[1].id, 17);
    cr_assert_eq(plan->n_members, 2);
    room_is(1, ROOM_PUBLIC, 100, 1);
    room_is(17, ROOM_GROUP, 0, 1);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 17, 7, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->sent->seq, 1);
    cr_assert_eq(step(1)->sent->seq, 101);
    cr_assert_eq(step(2)->sent->seq, 2);
}

Test(plan, fifty_retries_of_one_cmid_are_one_message)
{
    for (int i = 0; i < 50; i++)
        next_send(7, 1, 1, "same");
    start();
    cr_assert_eq(plan->n_sents, 1);
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 1);
    for (size_t i = 0; i < 50; i++) {
        cr_assert_eq(step(i)->err, 0);
        cr_assert_eq(step(i)->sent->seq, 1);
        cr_assert_eq(step(i)->dup, i > 0);
        cr_assert_not(step(i)->again);
    }
}

Test(plan, the_same_cmid_of_two_people_is_two_messages)
{
    next_send(7, 1, 1, "a");
    next_send(8, 1, 1, "a");
    start();
    room_is(1, ROOM_PUBLIC, 0, 2);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 1, 8, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 2);
}

Test(plan, a_cmid_with_another_body_or_room_is_a_conflict_in_the_batch_too)
{
    next_send(7, 1, 1, "a");
    next_send(7, 1, 1, "b");
    next_send(7, 17, 1, "a");
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    room_is(17, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 17, 7, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_IDEMPOTENCY_CONFLICT);
    cr_assert_eq(step(2)->err, ERR_IDEMPOTENCY_CONFLICT);
    cr_assert_eq(plan->n_events, 1);
}

Test(plan, a_stored_cmid_is_answered_as_it_was_even_to_who_has_left)
{
    next_send(7, 1, 1, "a");
    start();
    room_is(1, ROOM_PRIVATE, 9, 1);
    stored_before(&entries[0], 5);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert(step(0)->dup);
    cr_assert_eq(step(0)->sent->seq, 5);
    cr_assert_eq(step(0)->sent->n, 4);
    cr_assert_eq(step(0)->sent->ts, 99);
    cr_assert_eq(plan->n_events, 0);
    cr_assert_not(plan->rooms[0].dirty);
    cr_assert_not(plan_writes(plan));
}

Test(plan, a_stored_cmid_of_a_redelivered_entry_is_said_again)
{
    next_send(7, 1, 1, "a")->redelivered = true;
    next_send(7, 1, 2, "b")->redelivered = true;
    next_send(7, 1, 2, "b")->redelivered = true;
    start();
    room_is(1, ROOM_PUBLIC, 9, 1);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    stored_before(&entries[0], 5);
    plan_run(plan, TS);
    cr_assert(step(0)->again);
    cr_assert_not(step(1)->again, "it is stored now and said anyway");
    cr_assert_not(step(2)->again, "its event is of this batch");
    cr_assert(step(2)->dup);
}

Test(plan, a_sender_outside_learns_only_of_public_rooms)
{
    next_send(7, 1, 1, "a");
    next_send(7, 2, 2, "a");
    next_send(7, 3, 3, "a");
    next_send(7, 4, 4, "a");
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    room_is(2, ROOM_PRIVATE, 0, 1);
    room_is(3, ROOM_DM, 0, 2);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(3)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan, an_outsider_of_a_room_everyone_is_in_may_be_a_newcomer_once)
{
    next_send(7, 1, 1, "a");
    next_send(8, 1, 2, "b")->welcomed = true;
    next_send(9, 2, 3, "c");
    start();
    plan_room_is(plan, &(struct plan_room){.id = 1, .kind = ROOM_PUBLIC, .everyone = true});
    room_is(2, ROOM_PUBLIC, 0, 1);
    plan_run(plan, TS);
    cr_assert(step(0)->newcomer);
    cr_assert_not(step(1)->newcomer, "welcomed before: he has left the room");
    cr_assert_eq(step(1)->err, ERR_NOT_MEMBER);
    cr_assert_not(step(2)->newcomer);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan, a_refused_send_burns_no_seq_and_no_cmid)
{
    next_send(7, 1, 1, "a");
    next(ENTRY_JOIN, 7, 1);
    next_send(7, 1, 1, "a");
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_not(step(2)->dup);
    cr_assert_eq(step(2)->sent->seq, 2);
}

Test(plan, an_entry_that_is_wrong_touches_nothing)
{
    next(ENTRY_SEND, 0, 0)->err = ERR_BAD_REQUEST;
    start();
    cr_assert_eq(plan->n_rooms + plan->n_members + plan->n_sents + plan->n_users, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_BAD_REQUEST);
}

Test(plan, an_empty_batch_writes_nothing)
{
    start();
    plan_run(plan, TS);
    cr_assert_not(plan_writes(plan));
}

Test(plan, a_full_batch_of_the_widest_entries_fits)
{
    for (int64_t i = 0; i < MAX; i++)
        next_add(1, 1 + i * SHARDS, 1000 + i);
    start();
    cr_assert_eq(plan->n_members, sizeof plan->members / sizeof plan->members[0]);
    for (int64_t i = 0; i < MAX; i++) {
        room_is(1 + i * SHARDS, ROOM_GROUP, 0, 1);
        plan_member_is(plan, 1 + i * SHARDS, 1, ROLE_OWNER);
        plan_user_is(plan, 1000 + i, 0);
    }
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, MAX);
    cr_assert_eq(plan->n_user_events, MAX);
    cr_assert_eq(plan->n_views, MAX);
}

Test(plan, rows_nobody_asked_for_are_ignored)
{
    next_send(7, 1, 1, "a");
    start();
    room_is(2, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 2, 7, ROLE_MEMBER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_ROOM_NOT_FOUND);
}
