/* What a batch decides of membership: joining, leaving, adding and removing, also within one batch. */
#include "err.h"
#include "plan_batch.h"

TestSuite(plan_members, .init = set_up, .fini = tear_down);

Test(plan_members, join_then_send_then_leave_then_send_follow_each_other)
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

Test(plan_members, joining_twice_is_joining_once)
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

Test(plan_members, a_redelivered_change_is_told_again_but_not_written_again)
{
    next(ENTRY_JOIN, 7, 1)->redelivered = true;
    next(ENTRY_LEAVE, 8, 1)->redelivered = true;
    struct entry *add = next_add(7, 1, 9);
    add->redelivered = true;
    start();
    room_is(1, ROOM_GROUP, 6, 2);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 1, 9, ROLE_MEMBER);
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

Test(plan_members, the_event_of_a_redelivered_change_is_said_again_as_it_was)
{
    next(ENTRY_JOIN, 7, 1)->redelivered = true;
    next(ENTRY_LEAVE, 8, 1)->redelivered = true;
    next_send(9, 1, 1, "a");
    start();
    room_is(1, ROOM_PUBLIC, 20, 2);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 1, 9, ROLE_MEMBER);
    plan_user_is(plan, 7, 5);
    plan_user_is(plan, 8, 6);
    plan_past_is(plan, 1, 7, &(struct plan_past){.type = EVENT_JOINED, .seq = 19, .n = 10, .sender = 7, .useq = 4});
    /* Joined after he left: that the entry made him leave is not the last that is known. */
    plan_past_is(plan, 1, 8, &(struct plan_past){.type = EVENT_JOINED, .seq = 18, .n = 10, .sender = 8, .useq = 3});
    plan_run(plan, TS);
    cr_assert(step(0)->again);
    cr_assert_eq(step(0)->past->seq, 19);
    cr_assert_eq(plan->user_events[0].useq, 4);
    cr_assert_not(step(1)->again);
    cr_assert_eq(plan->user_events[1].useq, 6);
    cr_assert_eq(plan_mver_at(step(0)->room, 19, 10), 2,
                 "of 21 events 11 are messages; mver is 3 at the last, and was "
                 "at 20, too");
    cr_assert_eq(plan_mver_at(step(0)->room, 21, 11), 3);
}

Test(plan_members, a_change_of_the_same_batch_is_not_said_twice)
{
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_JOIN, 7, 1)->redelivered = true;
    start();
    room_is(1, ROOM_PUBLIC, 20, 2);
    plan_user_is(plan, 7, 5);
    plan_past_is(plan, 1, 7, &(struct plan_past){.type = EVENT_LEFT, .seq = 19, .n = 10, .sender = 7, .useq = 4});
    plan_run(plan, TS);
    cr_assert_not(step(1)->again);
    cr_assert_eq(plan->n_user_events, 1);
}

Test(plan_members, only_public_rooms_can_be_joined)
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

Test(plan_members, who_is_disabled_cannot_join)
{
    next(ENTRY_JOIN, 7, 1);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_FORBIDDEN);
}

Test(plan_members, a_room_fills_up_within_a_batch_and_has_room_again_when_one_leaves)
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

Test(plan_members, leaving_is_idempotent_in_public_and_unknown_in_private)
{
    next(ENTRY_LEAVE, 7, 1);
    next(ENTRY_LEAVE, 7, 2);
    next(ENTRY_LEAVE, 7, 3);
    next(ENTRY_LEAVE, 7, 4);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    room_is(2, ROOM_PRIVATE, 0, 1);
    room_is(3, ROOM_DM, 0, 2);
    plan_member_is(plan, 3, 7, ROLE_MEMBER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(3)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan_members, an_owner_who_leaves_and_comes_back_is_a_member)
{
    next(ENTRY_LEAVE, 7, 1);
    next(ENTRY_JOIN, 7, 1);
    start();
    room_is(1, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, 1, 7, ROLE_OWNER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    const struct plan_member *m = &plan->members[0];
    cr_assert(m->was && m->is && m->left);
    cr_assert_neq(m->role, ROLE_OWNER);
    cr_assert_eq(m->seq, 12);
    cr_assert_eq(plan->rooms[0].members, 2);
}

/* Event i says that the room has a new owner. */
static void expect_heir(size_t i, const char *data)
{
    cr_assert_gt(plan->n_events, i);
    cr_expect_eq(plan->events[i].type, EVENT_ROLE);
    cr_expect(str_is(plan->events[i].data, data), "%.*s", (int)plan->events[i].data.n, plan->events[i].data.p);
}

Test(plan_members, who_is_next_in_line_inherits_and_an_event_says_so)
{
    next(ENTRY_LEAVE, 7, 1);
    start();
    room_is(1, ROOM_PRIVATE, 10, 4);
    plan_member_is(plan, 1, 7, ROLE_OWNER);
    plan_heir_is(plan, 1, 7, ROLE_OWNER);
    plan_heir_is(plan, 1, 8, ROLE_MODERATOR);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 2);
    expect_heir(1, "{\"user\":\"8\",\"role\":\"owner\"}");
    cr_expect_not(plan->heirs[0].inherits);
    cr_expect(plan->heirs[1].inherits);
}

Test(plan_members, nobody_inherits_while_an_owner_is_left)
{
    next(ENTRY_LEAVE, 7, 1);
    start();
    room_is(1, ROOM_PRIVATE, 10, 4);
    plan_member_is(plan, 1, 7, ROLE_OWNER);
    plan_heir_is(plan, 1, 7, ROLE_OWNER);
    plan_heir_is(plan, 1, 8, ROLE_OWNER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 1);
}

Test(plan_members, the_heir_leaves_in_the_same_batch_and_who_came_in_it_inherits)
{
    next(ENTRY_LEAVE, 7, 1);
    next(ENTRY_JOIN, 9, 1);
    next(ENTRY_LEAVE, 8, 1);
    start();
    room_is(1, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, 1, 7, ROLE_OWNER);
    plan_member_is(plan, 1, 8, ROLE_MEMBER);
    plan_heir_is(plan, 1, 7, ROLE_OWNER);
    plan_heir_is(plan, 1, 8, ROLE_MEMBER);
    plan_user_is(plan, 7, 0);
    plan_user_is(plan, 8, 0);
    plan_user_is(plan, 9, 0);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 5);
    expect_heir(1, "{\"user\":\"8\",\"role\":\"owner\"}");
    expect_heir(4, "{\"user\":\"9\",\"role\":\"owner\"}");
    cr_expect_eq(plan->members[2].user, 9);
    cr_expect_eq(plan->members[2].role, ROLE_OWNER);
}

Test(plan_members, any_member_adds_and_the_added_may_send_at_once)
{
    next_add(7, 1, 9);
    next_send(9, 1, 1, "thanks");
    next_add(7, 1, 9);
    start();
    room_is(1, ROOM_PRIVATE, 0, 1);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
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

Test(plan_members, adding_is_refused_to_outsiders_in_dms_and_of_strangers)
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
    plan_member_is(plan, 3, 7, ROLE_MEMBER);
    plan_member_is(plan, 4, 7, ROLE_MEMBER);
    plan_user_is(plan, 9, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(3)->err, ERR_USER_NOT_FOUND);
    cr_assert_eq(step(4)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan_members, an_owner_removes_a_member_and_another_owner_and_removing_twice_is_once)
{
    next_remove(7, 1, 8);
    next_remove(7, 1, 9);
    next_remove(7, 1, 8);
    next_send(8, 1, 1, "still here?");
    start();
    room_is(1, ROOM_PRIVATE, 0, 3);
    plan_member_is(plan, 1, 7, ROLE_OWNER);
    plan_member_is(plan, 1, 8, ROLE_MEMBER);
    plan_member_is(plan, 1, 9, ROLE_OWNER);
    plan_user_is(plan, 8, 3);
    plan_user_is(plan, 9, 0);
    plan_run(plan, TS);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(step(i)->err, 0);
    cr_assert_eq(step(3)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 2);
    cr_assert_eq(plan->events[0].type, EVENT_REMOVED);
    cr_assert_eq(plan->events[0].sender, 7);
    cr_assert_eq(plan->events[0].member, 8);
    cr_assert_eq(plan->events[0].mver, 4);
    cr_assert_eq(plan->n_user_events, 2);
    cr_assert_eq(plan->user_events[0].type, USER_ROOM_REMOVED);
    cr_assert_eq(plan->user_events[0].user, 8);
    cr_assert_eq(plan->user_events[0].useq, 4);
    cr_assert_eq(plan->rooms[0].members, 1);
}

Test(plan_members, removing_is_refused_to_members_outsiders_and_in_dms)
{
    next_remove(7, 1, 9);
    next_remove(7, 2, 9);
    next_remove(7, 3, 9);
    next_remove(7, 4, 9);
    next_remove(7, 5, 9);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    room_is(2, ROOM_PRIVATE, 0, 1);
    room_is(3, ROOM_DM, 0, 2);
    room_is(4, ROOM_GROUP, 0, 1);
    plan_member_is(plan, 3, 7, ROLE_MEMBER);
    plan_member_is(plan, 3, 9, ROLE_MEMBER);
    plan_member_is(plan, 4, 7, ROLE_MEMBER);
    plan_member_is(plan, 4, 9, ROLE_MEMBER);
    plan_user_is(plan, 9, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_NOT_MEMBER);
    cr_assert_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(3)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(4)->err, ERR_ROOM_NOT_FOUND);
    cr_assert_eq(plan->n_events, 0);
}

Test(plan_members, removing_oneself_is_leaving)
{
    next_remove(7, 1, 7);
    next_remove(7, 1, 7);
    next_remove(7, 2, 7);
    start();
    room_is(1, ROOM_PUBLIC, 0, 2);
    room_is(2, ROOM_DM, 0, 2);
    plan_member_is(plan, 1, 7, ROLE_MEMBER);
    plan_member_is(plan, 2, 7, ROLE_MEMBER);
    plan_user_is(plan, 7, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(plan->n_events, 1);
    cr_assert_eq(plan->events[0].type, EVENT_LEFT);
}

Test(plan_members, who_is_in_two_thousand_rooms_comes_into_no_other_before_he_leaves_one)
{
    next(ENTRY_JOIN, 7, 1);
    next_add(8, 1, 9);
    next(ENTRY_LEAVE, 7, 2);
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_JOIN, 7, 3);
    start();
    for (int room = 1; room <= 3; room++)
        room_is(room, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 1, 8, ROLE_OWNER);
    plan_member_is(plan, 2, 7, ROLE_MEMBER);
    plan_user_is(plan, 7, 0);
    plan_user_rooms_are(plan, 7, 2000);
    plan_user_is(plan, 9, 0);
    plan_user_rooms_are(plan, 9, 2001);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_TOO_MANY_ROOMS);
    cr_assert_eq(step(1)->err, ERR_TOO_MANY_ROOMS);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_eq(step(3)->err, 0, "there is space again");
    cr_assert_eq(step(4)->err, ERR_TOO_MANY_ROOMS);
}

Test(plan_members, who_comes_back_is_muted_as_when_he_went)
{
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_JOIN, 8, 1);
    next(ENTRY_LEAVE, 9, 1);
    next(ENTRY_JOIN, 9, 1);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 1, 9, ROLE_MEMBER);
    plan_member_limits(plan, 1, 9, TS + 3, 0, false);
    plan_member_muted(plan, 1, 7, TS + 1);
    plan_member_muted(plan, 1, 8, TS - 1);
    plan_member_muted(plan, 1, 9, 0);
    for (int64_t user = 7; user <= 9; user++)
        plan_user_is(plan, user, 0);
    plan_run(plan, TS);
    cr_assert_eq(plan->members[0].muted_ms, TS + 1);
    cr_assert_eq(plan->members[1].muted_ms, 0, "it is over");
    cr_assert_eq(plan->members[2].muted_ms, TS + 3, "of who is in his row says it");
}

Test(plan_members, who_was_made_a_guest_and_comes_back_by_himself_is_one)
{
    next(ENTRY_JOIN, 7, 1);
    next(ENTRY_LEAVE, 9, 1);
    next(ENTRY_JOIN, 9, 1);
    start();
    room_is(1, ROOM_PUBLIC, 0, 1);
    plan_member_is(plan, 1, 9, ROLE_GUEST);
    plan_member_lowered(plan, 1, 7);
    plan_user_is(plan, 7, 0);
    plan_user_is(plan, 9, 0);
    plan_run(plan, TS);
    cr_assert_eq(plan->members[0].role, ROLE_GUEST);
    cr_assert_eq(plan->members[1].role, ROLE_GUEST, "in one batch, too");
}

Test(plan_members, nobody_is_brought_in_by_whom_he_blocks)
{
    next_add(7, 1, 8);
    next_add(7, 1, 9);
    start();
    room_is(1, ROOM_GROUP, 0, 1);
    plan_member_is(plan, 1, 7, ROLE_OWNER);
    plan_user_is(plan, 8, 0);
    plan_user_is(plan, 9, 0);
    plan_unwanted(plan, 0);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_BLOCKED);
    cr_assert_eq(step(1)->err, 0);
}
