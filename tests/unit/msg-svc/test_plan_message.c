/* What a batch decides of messages that were there before: edits, deletions, reactions, pins; and what comes with new
 * ones. */
#include "err.h"
#include "plan_batch.h"

enum { ROOM = 1, SEQ = 5, ANA = 7, BEN = 8, OWNER = 9 };

TestSuite(plan_message, .init = set_up, .fini = tear_down);

static struct entry *next_act(enum entry_kind kind, int64_t user)
{
    struct entry *e = next(kind, user, ROOM);
    e->about = SEQ;
    return e;
}

static struct entry *next_edit(int64_t user, const char *text)
{
    struct entry *e = next_act(ENTRY_EDIT, user);
    e->body = str_of(text);
    digest_of(e->body, 0, 0, e->digest);
    return e;
}

static struct entry *next_reaction(int64_t user, const char *emoji, bool on)
{
    struct entry *e = next_act(ENTRY_REACT, user);
    e->emoji = str_of(emoji);
    e->on = on;
    return e;
}

static struct plan_target row(void)
{
    struct plan_target t = {.room = ROOM, .seq = SEQ, .type = EVENT_MESSAGE, .sender = ANA};
    digest_of(STR("as sent"), 0, 0, t.digest);
    return t;
}

/* Ana, Ben and the owner are in; Ana wrote message 5. */
static void run_with(struct plan_target t)
{
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 3);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
    plan_member_is(plan, ROOM, BEN, ROLE_MEMBER);
    plan_member_is(plan, ROOM, OWNER, ROLE_OWNER);
    plan_target_is(plan, &t);
    plan_run(plan, TS);
}

Test(plan_message, an_edit_is_an_event_and_the_same_edit_again_is_none)
{
    next_edit(ANA, "better");
    next_edit(ANA, "better");
    run_with(row());
    cr_assert_eq(plan->n_events, 1);
    cr_expect_eq(plan->events[0].type, EVENT_EDITED);
    cr_expect_eq(plan->events[0].about, SEQ);
    cr_expect(str_is(plan->events[0].body, "better"));
    cr_expect_eq(plan->events[0].n, 5, "it is no message");
    cr_expect_eq(plan->events[0].mver, 4);
    cr_expect_eq(step(1)->err, 0);
    cr_expect_eq(plan->targets[0].changed, 11);
    cr_expect(str_is(plan->targets[0].body, "better"));
}

Test(plan_message, who_may_edit_and_delete)
{
    next_edit(BEN, "mine now");
    next_edit(OWNER, "mine now");
    next_act(ENTRY_DELETE, BEN);
    next_act(ENTRY_DELETE, OWNER);
    run_with(row());
    cr_expect_eq(step(0)->err, ERR_FORBIDDEN);
    cr_expect_eq(step(1)->err, ERR_FORBIDDEN);
    cr_expect_eq(step(2)->err, ERR_FORBIDDEN);
    cr_expect_eq(step(3)->err, 0);
    cr_expect_eq(plan->n_events, 1);
}

Test(plan_message, a_deletion_takes_the_text_of_an_edit_in_the_same_batch)
{
    next_edit(ANA, "secret");
    next_act(ENTRY_PIN, BEN)->on = true;
    next_act(ENTRY_DELETE, ANA);
    next_edit(ANA, "back again");
    next_reaction(BEN, "x", true);
    run_with(row());
    cr_expect_eq(plan->n_events, 3);
    cr_expect_eq(plan->events[0].body.n, 0);
    cr_expect_eq(plan->targets[0].body.n, 0);
    cr_expect_eq(plan->targets[0].pinned_ms, 0);
    cr_expect_eq(plan->targets[0].deleted_ms, TS);
    cr_expect_eq(step(3)->err, ERR_MESSAGE_NOT_FOUND);
    cr_expect_eq(step(4)->err, ERR_MESSAGE_NOT_FOUND);
}

Test(plan_message, reactions_say_how_it_is_to_be)
{
    next_reaction(BEN, "x", true);
    next_reaction(BEN, "x", true);
    next_reaction(BEN, "x", false);
    next_reaction(ANA, "x", false);
    run_with(row());
    cr_assert_eq(plan->n_events, 2);
    cr_expect(str_is(plan->events[0].data, "{\"emoji\":\"x\",\"on\":true,\"to\":\"7\"}"));
    cr_expect(str_is(plan->events[1].data, "{\"emoji\":\"x\",\"on\":false,\"to\":\"7\"}"));
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(step(i)->err, 0);
    for (size_t i = 0; i < plan->n_reactions; i++)
        cr_expect_not(plan->reactions[i].is);
}

Test(plan_message, different_reactions_are_bounded)
{
    struct plan_target t = row();
    t.kinds = 50;
    next_reaction(BEN, "x", true);
    run_with(t);
    cr_expect_eq(step(0)->err, ERR_TOO_MANY_REACTIONS);
    cr_expect_eq(plan->n_events, 0);
}

Test(plan_message, what_is_not_there_cannot_be_changed)
{
    next_act(ENTRY_DELETE, ANA);
    next_edit(ANA, "x");
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 1);
    plan_member_is(plan, ROOM, ANA, ROLE_OWNER);
    plan_run(plan, TS);
    cr_expect_eq(step(0)->err, ERR_MESSAGE_NOT_FOUND);
    cr_expect_eq(step(1)->err, ERR_MESSAGE_NOT_FOUND);
}

Test(plan_message, to_outsiders_messages_are_as_unknown_as_the_room)
{
    next_reaction(33, "x", true);
    next_act(ENTRY_DELETE, 33);
    start();
    room_is(ROOM, ROOM_PRIVATE, 10, 1);
    struct plan_target t = row();
    plan_target_is(plan, &t);
    plan_run(plan, TS);
    cr_expect_eq(step(0)->err, ERR_ROOM_NOT_FOUND);
    cr_expect_eq(step(1)->err, ERR_ROOM_NOT_FOUND);
}

Test(plan_message, a_reply_counts_in_its_thread_and_not_in_the_room)
{
    next_send(BEN, ROOM, 1, "yes")->about = SEQ;
    next_send(ANA, ROOM, 2, "good")->about = SEQ;
    run_with(row());
    cr_assert_eq(plan->n_events, 2);
    cr_expect_eq(plan->events[0].type, EVENT_REPLY);
    cr_expect_eq(plan->events[0].about, SEQ);
    cr_expect_eq(plan->rooms[0].last_n, 5);
    cr_expect_eq(plan->rooms[0].last_message, 0, "no preview of the room");
    cr_expect_eq(plan->targets[0].replies, 2);
    cr_expect_eq(plan->targets[0].changed, 12);
}

Test(plan_message, a_thread_hangs_on_no_reply)
{
    struct plan_target t = row();
    t.type = EVENT_REPLY;
    t.about = 2;
    next_send(BEN, ROOM, 1, "yes")->about = SEQ;
    next_send(BEN, ROOM, 2, "see above")->quote = SEQ;
    run_with(t);
    cr_expect_eq(step(0)->err, ERR_MESSAGE_NOT_FOUND);
    cr_expect_eq(step(1)->err, 0, "but a reply may be quoted");
    cr_expect(str_is(plan->events[0].data, "{\"quote\":5}"));
}

Test(plan_message, who_is_named_is_told_once_and_not_by_himself)
{
    struct entry *e = next_send(ANA, ROOM, 1, "@ben @Ben @ana @nobody @all");
    mentions_find(e->body, &e->mentions);
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
    plan_name_is(plan, STR("ben"), BEN);
    plan_name_is(plan, STR("Ben"), BEN);
    plan_name_is(plan, STR("ana"), ANA);
    plan_run(plan, TS);
    cr_expect(str_is(plan->events[0].data, "{\"mentions\":[\"8\"],\"everyone\":\"all\"}"), "%.*s",
              (int)plan->events[0].data.n, plan->events[0].data.p);
    cr_assert_eq(plan->n_mentions, 2);
    cr_expect_eq(plan->mentions[0].user, BEN);
    cr_expect_eq(plan->mentions[1].user, 0);
}

Test(plan_message, a_group_is_named_once_and_a_large_one_by_who_may_call_everyone)
{
    struct entry *first = next_send(ANA, ROOM, 1, "@ops @OPS @crowd");
    struct entry *second = next_send(BEN, ROOM, 2, "@ops @crowd");
    mentions_find(first->body, &first->mentions);
    mentions_find(second->body, &second->mentions);
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
    plan_member_is(plan, ROOM, BEN, ROLE_GUEST);
    plan_group_is(plan, 0, 3, STR("ops"), GROUP_CALLED_MOST);
    plan_group_is(plan, 0, 3, STR("ops"), GROUP_CALLED_MOST);
    plan_group_is(plan, 0, 4, STR("crowd"), GROUP_CALLED_MOST + 1);
    plan_group_is(plan, 1, 3, STR("ops"), GROUP_CALLED_MOST);
    plan_group_is(plan, 1, 4, STR("crowd"), GROUP_CALLED_MOST + 1);
    plan_run(plan, TS);
    cr_expect(str_is(plan->events[0].data,
                     "{\"groups\":[{\"id\":\"3\",\"handle\":\"ops\"},{\"id\":\"4\",\"handle\":\"crowd\"}]}"),
              "%.*s", (int)plan->events[0].data.n, plan->events[0].data.p);
    cr_expect(str_is(plan->events[1].data, "{\"groups\":[{\"id\":\"3\",\"handle\":\"ops\"}]}"), "%.*s",
              (int)plan->events[1].data.n, plan->events[1].data.p);
    cr_assert_eq(plan->n_group_mentions, 3);
    cr_expect_eq(plan->group_mentions[1].group, 4);
    cr_expect_eq(plan->group_mentions[2].seq, plan->events[1].seq);
}

Test(plan_message, a_batch_calls_so_many_people_and_no_more)
{
    struct entry *first = next_send(ANA, ROOM, 1, "@many");
    struct entry *second = next_send(ANA, ROOM, 2, "@few @one");
    mentions_find(first->body, &first->mentions);
    mentions_find(second->body, &second->mentions);
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
    plan_group_is(plan, 0, 3, STR("many"), BATCH_CALLED_MOST - 1);
    plan_group_is(plan, 1, 4, STR("few"), 2);
    plan_group_is(plan, 1, 5, STR("one"), 1);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_group_mentions, 2);
    cr_expect_eq(plan->group_mentions[0].group, 3);
    cr_expect_eq(plan->group_mentions[1].group, 5);
}

Test(plan_message, in_a_thread_nobody_can_call_everyone)
{
    struct entry *e = next_send(BEN, ROOM, 1, "@ana @all");
    e->about = SEQ;
    mentions_find(e->body, &e->mentions);
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 2);
    plan_member_is(plan, ROOM, BEN, ROLE_MEMBER);
    plan_name_is(plan, STR("ana"), ANA);
    struct plan_target t = row();
    plan_target_is(plan, &t);
    plan_run(plan, TS);
    cr_assert_eq(step(0)->err, 0);
    cr_expect(str_is(plan->events[0].data, "{\"mentions\":[\"7\"]}"), "%.*s", (int)plan->events[0].data.n,
              plan->events[0].data.p);
    cr_assert_eq(plan->n_mentions, 1);
    cr_expect_eq(plan->mentions[0].user, ANA);
}
