/* What is done to rooms and their members, decided. */
#include "err.h"
#include "plan_batch.h"

enum { OWNER = 1, MODERATOR = 2, MEMBER = 3, GUEST = 4, STRANGER = 5 };

static void room_of_four(void)
{
    start();
    room_is(1, ROOM_PRIVATE, 10, 4);
    plan_member_is(plan, 1, OWNER, ROLE_OWNER);
    plan_member_is(plan, 1, MODERATOR, ROLE_MODERATOR);
    plan_member_is(plan, 1, MEMBER, ROLE_MEMBER);
    plan_member_is(plan, 1, GUEST, ROLE_GUEST);
    plan_profile_is(plan, 1, STR("old"), STR("topic"), STR(""), STR(""));
    for (int64_t user = OWNER; user <= STRANGER; user++)
        plan_user_is(plan, user, 1);
}

static struct entry *next_on(enum entry_kind kind, int64_t user, int64_t target)
{
    struct entry *e = next(kind, user, 1);
    e->target = target;
    return e;
}

static struct entry *next_role(int64_t user, int64_t target, enum role role)
{
    struct entry *e = next_on(ENTRY_ROLE, user, target);
    e->role = role;
    return e;
}

static struct entry *next_rename(int64_t user, const char *name)
{
    struct entry *e = next(ENTRY_SETTINGS, user, 1);
    e->settings.has_name = true;
    e->settings.name = str_of(name);
    return e;
}

static struct entry *next_archive(int64_t user, bool on)
{
    struct entry *e = next(ENTRY_ARCHIVE, user, 1);
    e->on = on;
    return e;
}

TestSuite(plan_room, .init = set_up, .fini = tear_down);

Test(plan_room, settings_say_what_changed_and_the_same_twice_is_once)
{
    struct entry *e = next_rename(MODERATOR, "new");
    e->settings.has_topic = true;
    e->settings.topic = STR("topic");
    next_rename(MODERATOR, "new");
    next_rename(MEMBER, "other");
    room_of_four();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(plan->n_events, 1);
    cr_assert_eq(plan->events[0].type, EVENT_SETTINGS);
    cr_assert(str_is(plan->events[0].data, "{\"name\":\"new\"}"));
    cr_assert(plan->profiles[0].dirty);
    cr_assert_not(plan->rooms[0].changed);
}

Test(plan_room, a_batch_remembers_the_name_it_gave)
{
    next_rename(OWNER, "new");
    next_rename(OWNER, "old");
    room_of_four();
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 2);
    cr_assert(str_is(buf_view(&plan->profiles[0].name), "old"));
}

Test(plan_room, only_owners_open_a_room_and_not_under_a_name_that_is_taken)
{
    struct entry *e = next(ENTRY_SETTINGS, MODERATOR, 1), *o = next(ENTRY_SETTINGS, OWNER, 1);
    e->settings = o->settings = (struct room_settings){.has_kind = true, .kind = ROOM_PUBLIC};
    room_of_four();
    plan_name_taken(plan, 1);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(1)->err, ERR_NAME_TAKEN);
    cr_assert_eq(plan->rooms[0].kind, ROOM_PRIVATE);
}

Test(plan_room, a_permission_changes_at_once_and_a_fixed_one_never)
{
    struct entry *e = next(ENTRY_PERMISSION, OWNER, 1), *fixed;
    e->what = PERMISSION_SETTINGS;
    e->role = ROLE_MEMBER;
    next_rename(MEMBER, "new");
    fixed = next(ENTRY_PERMISSION, OWNER, 1);
    fixed->what = PERMISSION_SET_ROLE;
    fixed->role = ROLE_GUEST;
    room_of_four();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert(str_is(plan->events[0].data, "{\"permissions\":{\"settings\":\"member\"}}"));
}

Test(plan_room, roles_are_given_by_owners_and_nobody_changes_his_own)
{
    next_role(OWNER, MEMBER, ROLE_MODERATOR);
    next_role(MEMBER, GUEST, ROLE_MEMBER);
    next_role(OWNER, OWNER, ROLE_MEMBER);
    next_role(OWNER, STRANGER, ROLE_MEMBER);
    next_role(OWNER, MEMBER, ROLE_MODERATOR);
    room_of_four();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(2)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(3)->err, ERR_USER_NOT_FOUND);
    cr_assert_eq(step(4)->err, 0);
    cr_assert_eq(plan->n_events, 1);
    cr_assert(str_is(plan->events[0].data, "{\"user\":\"3\",\"role\":\"moderator\"}"));
}

Test(plan_room, a_ban_takes_out_and_keeps_out_until_it_ends)
{
    next_on(ENTRY_BAN, MODERATOR, MEMBER);
    next_add(OWNER, 1, MEMBER);
    next_on(ENTRY_UNBAN, MODERATOR, MEMBER);
    next_add(OWNER, 1, MEMBER);
    room_of_four();
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_BANNED);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_eq(step(3)->err, 0);
    const enum event_type said[] = {EVENT_REMOVED, EVENT_BANNED, EVENT_BANNED, EVENT_ADDED};
    cr_assert_eq(plan->n_events, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(plan->events[i].type, said[i]);
}

Test(plan_room, moderators_do_nothing_to_their_equals)
{
    next_on(ENTRY_BAN, MODERATOR, OWNER);
    next_on(ENTRY_BAN, MODERATOR, MODERATOR);
    next_remove(MODERATOR, 1, OWNER);
    next_on(ENTRY_MUTE, MODERATOR, OWNER)->until_ms = TS + 1000;
    next_remove(MODERATOR, 1, GUEST);
    room_of_four();
    plan_run(plan, TS);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(step(i)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(4)->err, 0);
}

Test(plan_room, who_is_muted_writes_nothing_until_then)
{
    next_on(ENTRY_MUTE, MODERATOR, MEMBER)->until_ms = TS + 1000;
    next_send(MEMBER, 1, 1, "a");
    next_on(ENTRY_MUTE, MODERATOR, MEMBER)->until_ms = 0;
    next_send(MEMBER, 1, 2, "b");
    room_of_four();
    plan_run(plan, TS);
    cr_assert_eq(step(1)->err, ERR_MUTED);
    cr_assert_eq(step(3)->err, 0);
}

Test(plan_room, slow_mode_lets_one_message_pass_and_moderators_all)
{
    next_send(MEMBER, 1, 1, "a");
    next_send(MEMBER, 1, 2, "b");
    next_send(MODERATOR, 1, 3, "c");
    next_send(MODERATOR, 1, 4, "d");
    next_send(GUEST, 1, 5, "e");
    room_of_four();
    plan->rooms[0].slow_mode_s = 30;
    plan_member_limits(plan, 1, GUEST, 0, TS - 29999, false);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(1)->err, ERR_SLOW_MODE);
    cr_assert_eq(step(2)->err, 0);
    cr_assert_eq(step(3)->err, 0);
    cr_assert_eq(step(4)->err, ERR_SLOW_MODE);
}

Test(plan_room, a_refusal_of_slow_mode_is_decided_and_remembered)
{
    next_in_order(GUEST, 1, 1, 0, 1);
    next_in_order(GUEST, 1, 1, 0, 2);
    room_of_four();
    plan->rooms[0].slow_mode_s = 30;
    plan_member_limits(plan, 1, GUEST, 0, TS, false);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_SLOW_MODE);
    cr_assert_eq(step(1)->err, ERR_REFUSED);
}

Test(plan_room, announcements_are_made_by_moderators_and_answered_by_all)
{
    next_send(MEMBER, 1, 1, "a");
    next_send(MODERATOR, 1, 2, "b");
    struct entry *reply = next_send(GUEST, 1, 3, "c");
    reply->about = 9;
    room_of_four();
    plan->rooms[0].rules.announcement = true;
    plan_target_is(plan, &(struct plan_target){.room = 1, .seq = 9, .type = EVENT_MESSAGE, .sender = OWNER});
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_FORBIDDEN);
    cr_assert_eq(step(1)->err, 0);
    cr_assert_eq(step(2)->err, 0);
}

Test(plan_room, an_archived_room_takes_nothing_but_leaving_and_its_way_back)
{
    next_archive(MODERATOR, true);
    next_archive(OWNER, true);
    next_send(OWNER, 1, 1, "a");
    next_rename(OWNER, "new");
    next_add(OWNER, 1, STRANGER);
    next(ENTRY_LEAVE, GUEST, 1);
    next_archive(OWNER, false);
    next_send(OWNER, 1, 2, "b");
    room_of_four();
    plan_run(plan, TS);
    const int errs[] = {ERR_FORBIDDEN, 0, ERR_ARCHIVED, ERR_ARCHIVED, ERR_ARCHIVED, 0, 0, 0};
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(step(i)->err, errs[i], "entry %zu: %d", i, step(i)->err);
}

static struct entry *next_invited(int64_t user, unsigned char first)
{
    struct entry *e = next(ENTRY_JOIN, user, 1);
    e->invited = true;
    e->invite[0] = first;
    return e;
}

Test(plan_room, an_invitation_is_used_up_and_lets_in_with_its_role)
{
    next_invited(STRANGER, 1);
    next_invited(6, 1);
    next_invited(MEMBER, 1);
    next_invited(7, 2);
    room_of_four();
    plan_user_is(plan, 6, 1);
    plan_user_is(plan, 7, 1);
    plan->rooms[0].members = 1;
    plan_invite_is(
        plan, &(struct plan_invite){.room = 1, .hash = entry_invite(batch[0]), .role = ROLE_GUEST, .uses_left = 1});
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_assert_eq(step(0)->who->role, ROLE_GUEST);
    cr_assert_eq(step(1)->err, ERR_INVITE_NOT_FOUND, "it was for one");
    cr_assert_eq(step(2)->err, 0, "who is in needs none");
    cr_assert_eq(step(3)->err, ERR_INVITE_NOT_FOUND);
    cr_assert_eq(plan->invites[0].uses_left, 0);
}

Test(plan_room, an_invitation_that_is_over_or_for_who_is_banned_lets_nobody_in)
{
    next_invited(STRANGER, 1);
    next_invited(6, 2);
    room_of_four();
    plan_user_is(plan, 6, 1);
    plan_invite_is(
        plan, &(struct plan_invite){
                  .room = 1, .hash = entry_invite(batch[0]), .role = ROLE_MEMBER, .uses_left = -1, .expires_ms = TS});
    plan_invite_is(
        plan, &(struct plan_invite){.room = 1, .hash = entry_invite(batch[1]), .role = ROLE_MEMBER, .uses_left = -1});
    plan_member_banned(plan, 1, 6);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, ERR_INVITE_NOT_FOUND);
    cr_assert_eq(step(1)->err, ERR_BANNED);
}

Test(plan_room, a_stranger_is_told_of_a_private_room_what_he_is_told_of_none)
{
    const enum entry_kind kinds[] = {ENTRY_SETTINGS, ENTRY_PERMISSION, ENTRY_ROLE,   ENTRY_BAN,
                                     ENTRY_UNBAN,    ENTRY_MUTE,       ENTRY_ARCHIVE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        next_on(kinds[i], STRANGER, MEMBER);
    room_of_four();
    plan->rooms[0].archived = true;
    plan_run(plan, TS);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(step(i)->err, ERR_ROOM_NOT_FOUND);
}

/* ---- reported messages ---- */

enum { TOLD = 5 };

static struct entry *next_settle(int64_t user, int64_t sender, enum settlement how)
{
    struct entry *e = next_on(ENTRY_SETTLE, user, sender);
    e->about = TOLD;
    e->settlement = how;
    return e;
}

static void told_by(int64_t sender)
{
    room_of_four();
    plan_target_is(plan, &(struct plan_target){.room = 1, .seq = TOLD, .type = EVENT_MESSAGE, .sender = sender});
}

Test(plan_room, a_report_is_settled_by_deleting_putting_out_and_shutting_out_and_is_settled_once)
{
    next_settle(MODERATOR, MEMBER, SETTLEMENT_BAN);
    next_settle(MODERATOR, MEMBER, SETTLEMENT_BAN);
    told_by(MEMBER);
    plan_report_is(plan, 0, true);
    plan_report_is(plan, 1, false);
    plan_run(plan, TS);
    cr_expect_eq(step(0)->err, 0);
    cr_expect_eq(step(1)->err, 0);
    cr_expect(step(0)->settled && !step(1)->settled);
    cr_assert_eq(plan->n_events, 3);
    cr_expect_eq(plan->events[0].type, EVENT_DELETED);
    cr_expect_eq(plan->events[0].about, TOLD);
    cr_expect_eq(plan->events[1].type, EVENT_REMOVED);
    cr_expect_eq(plan->events[2].type, EVENT_BANNED);
    cr_expect(plan_writes(plan));
}

Test(plan_room, a_report_that_is_dismissed_is_written_without_an_event)
{
    next_settle(MODERATOR, MEMBER, SETTLEMENT_DISMISS);
    told_by(MEMBER);
    plan_report_is(plan, 0, true);
    plan_run(plan, TS);
    cr_expect(step(0)->settled);
    cr_expect_eq(plan->n_events, 0);
    cr_expect(plan_writes(plan));
}

Test(plan_room, who_looks_after_the_server_settles_from_outside_and_nobody_else_does)
{
    next_settle(STRANGER, OWNER, SETTLEMENT_REMOVE);
    next_settle(STRANGER, OWNER, SETTLEMENT_REMOVE);
    told_by(OWNER);
    plan_report_is(plan, 0, true);
    plan_report_is(plan, 1, true);
    plan_power_is(plan, 1, true, false);
    plan_run(plan, TS);
    cr_expect_eq(step(0)->err, ERR_ROOM_NOT_FOUND);
    cr_expect_eq(step(1)->err, 0);
    cr_expect_eq(plan->n_events, 2);
}
