/* What a batch decides: order, duplicates, conflicts, membership that changes within it. */
#include <string.h>

#include "err.h"
#include "plan_batch.h"

TestSuite(plan, .init = set_up, .fini = tear_down);

/* ---- sends ---- */

Test(plan, sends_get_the_next_seqs_in_the_order_they_came)
{
    next_send(7, 1, 1, "a");
    next_send(8, 1, 2, "b");
    next_send(7, 1, 3, "c");
    start();
    room_is(1, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, 1, 7, false);
    plan_member_is(plan, 1, 8, false);
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
    plan_member_is(plan, 1, 7, false);
    plan_member_is(plan, 17, 7, false);
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
    plan_member_is(plan, 1, 7, false);
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
    plan_member_is(plan, 1, 7, false);
    plan_member_is(plan, 1, 8, false);
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
    plan_member_is(plan, 1, 7, false);
    plan_member_is(plan, 17, 7, false);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_IDEMPOTENCY_CONFLICT);
    cr_assert_eq(step(2)->err, ERR_IDEMPOTENCY_CONFLICT);
    cr_assert_eq(plan->n_events, 1);
}

static void stored_before(const struct entry *e, int64_t seq)
{
    struct plan_sent row = {.sender = e->user, .cmid = e->cmid, .room = e->room, .seq = seq, .n = 4, .ts = 99};
    memcpy(row.digest, e->digest, DIGEST_BYTES);
    plan_sent_is(plan, &row);
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
    plan_member_is(plan, 1, 7, false);
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

/* ---- membership ---- */

Test(plan, join_then_send_then_leave_then_send_follow_each_other)
{
    next(ENTRY_JOIN, 7, 1);
    next_send(7, 1, 1, "a");
    next(ENTRY_LEAVE, 7, 1);
    next_send(7, 1, 2, "b");
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_user_is(plan, 7, 40);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_eq(step(3)->err, ERR_NOT_MEMBER);
    cr_assert_eq(plan->n_events, 3);
    cr_assert_eq(plan->events[0].type, EVENT_JOINED);
    cr_assert_eq(plan->events[0].mver, 4);
    cr_assert_eq(plan->events[1].mver, 4);
    cr_assert_eq(plan->events[2].type, EVENT_LEFT);
    cr_assert_eq(plan->events[2].mver, 5);
    cr_assert_eq(plan->events[2].n, 1, "membership events are no messages");
    cr_assert_eq(plan->rooms[0].members, 1);
    cr_assert_eq(plan->n_user_events, 2);
    cr_assert_eq(plan->user_events[0].type, USER_ROOM_ADDED);
    cr_assert_eq(plan->user_events[0].useq, 41);
    cr_assert_eq(plan->user_events[1].type, USER_ROOM_REMOVED);
    cr_assert_eq(plan->user_events[1].useq, 42);
    cr_assert_eq(plan->users[0].last_useq, 42);
    cr_assert_not(plan->members[0].was);
    cr_assert_not(plan->members[0].is);
}

Test(plan, joining_twice_is_joining_once)
{
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_JOIN, 7, 1);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 1);
    cr_assert_eq(plan->n_user_events, 1);
    cr_assert_eq(plan->rooms[0].members, 2);
    cr_assert(step(0)->has_view && step(1)->has_view);
    cr_assert_eq(plan->n_views, 1);
}

Test(plan, a_redelivered_change_is_told_again_but_not_written_again)
{
    next(ENTRY_JOIN, 7, 1)->redelivered = true;
    next(ENTRY_LEAVE, 8, 1)->redelivered = true;
    struct entry *add = next_add(7, 1, 9);
    add->redelivered = true;
    start();
    room_is(1, ROOM_GROUP, 6, 2);
    plan_member_is(plan, 1, 7, false);
    plan_member_is(plan, 1, 9, false);
    plan_user_is(plan, 7, 5);
    plan_user_is(plan, 8, 6);
    plan_user_is(plan, 9, 7);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 0);
    cr_assert_eq(plan->n_user_events, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(step(i)->err, 0);
        cr_assert(plan->user_events[i].repeat);
        cr_assert_eq(plan->user_events[i].useq, 5 + (int64_t)i);
        cr_assert_not(plan->users[i].dirty);
    }
}

Test(plan, only_public_rooms_can_be_joined)
{
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_JOIN, 7, 2);
    next(ENTRY_JOIN, 7, 3);
    next(ENTRY_JOIN, 7, 4);
    start();
    room_is(1, ROOM_PRIVATE, 0, 1);
    room_is(2, ROOM_GROUP, 0, 1);
    room_is(3, ROOM_DM, 0, 2);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(step(i)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan, who_is_disabled_cannot_join)
{
    next(ENTRY_JOIN, 7, 1);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_FORBIDDEN);
}

Test(plan, a_room_fills_up_within_a_batch_and_has_room_again_when_one_leaves)
{
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_JOIN, 8, 1);
    next_add(7, 1, 9);
    next(ENTRY_LEAVE, 7, 1);
    next(ENTRY_JOIN, 8, 1);
    start();
    room_is(1, ROOM_PUBLIC, 0, CAPACITY - 1);
    for (int64_t u = 7; u <= 9; u++)
        plan_user_is(plan, u, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_ROOM_FULL);
    cr_assert_eq(step(2)->err, ERR_ROOM_FULL);
    cr_assert_eq(step(3)->err, 0);
    cr_assert_eq(step(4)->err, 0);
    cr_assert_eq(plan->rooms[0].members, CAPACITY);
}

Test(plan, leaving_is_idempotent_in_public_and_unknown_in_private)
{
    next(ENTRY_LEAVE, 7, 1);
    next(ENTRY_LEAVE, 7, 2);
    next(ENTRY_LEAVE, 7, 3);
    next(ENTRY_LEAVE, 7, 4);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    room_is(2, ROOM_PRIVATE, 0, 1);
    room_is(3, ROOM_DM, 0, 2);
    plan_member_is(plan, 3, 7, false);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(3)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan, an_owner_who_leaves_asks_for_an_heir_and_comes_back_as_a_member)
{
    next(ENTRY_LEAVE, 7, 1);
    next(ENTRY_JOIN, 7, 1);
    start();
    room_is(1, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, 1, 7, true);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert(plan->rooms[0].owner_left);
    const struct plan_member *m = &plan->members[0];
    cr_assert(m->was && m->is && m->left);
    cr_assert_not(m->owner);
    cr_assert_eq(m->seq, 12);
    cr_assert_eq(plan->rooms[0].members, 2);
}

Test(plan, any_member_adds_and_the_added_may_send_at_once)
{
    next_add(7, 1, 9);
    next_send(9, 1, 1, "thanks");
    next_add(7, 1, 9);
    start();
    room_is(1, ROOM_PRIVATE, 0, 1);
    plan_member_is(plan, 1, 7, false);
    plan_user_is(plan, 9, 3);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(step(2)->err, 0, "adding twice is adding once");
    cr_assert_eq(plan->n_events, 2);
    cr_assert_eq(plan->events[0].type, EVENT_ADDED);
    cr_assert_eq(plan->events[0].sender, 7);
    cr_assert_eq(plan->events[0].member, 9);
    cr_assert_eq(plan->n_user_events, 1);
    cr_assert_eq(plan->user_events[0].user, 9);
    cr_assert_eq(plan->views[plan->user_events[0].view].user, 9);
}

Test(plan, adding_is_refused_to_outsiders_in_dms_and_of_strangers)
{
    next_add(7, 1, 9);
    next_add(7, 2, 9);
    next_add(7, 3, 9);
    next_add(7, 4, 10);
    next_add(7, 5, 9);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    room_is(2, ROOM_PRIVATE, 0, 1);
    room_is(3, ROOM_DM, 0, 2);
    room_is(4, ROOM_GROUP, 0, 1);
    plan_member_is(plan, 3, 7, false);
    plan_member_is(plan, 4, 7, false);
    plan_user_is(plan, 9, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(3)->err, ERR_USER_NOT_FOUND);
    cr_assert_eq(step(4)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan, a_full_batch_of_the_widest_entries_fits)
{
    for (int64_t i = 0; i < MAX; i++)
        next_add(1, 1 + i * SHARDS, 1000 + i);
    start();
    cr_assert_eq(plan->n_members, sizeof plan->members / sizeof plan->members[0]);
    for (int64_t i = 0; i < MAX; i++) {
        room_is(1 + i * SHARDS, ROOM_GROUP, 0, 1);
        plan_member_is(plan, 1 + i * SHARDS, 1, true);
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
    plan_member_is(plan, 2, 7, false);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_ROOM_NOT_FOUND);
}
