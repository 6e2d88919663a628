/* What a batch decides of polls: votes that say how they are to be, counts, closing, and what an anonymous one tells.
 */
#include "err.h"
#include "plan_batch.h"

enum { ROOM = 1, SEQ = 5, ANA = 7, BEN = 8, OWNER = 9 };

TestSuite(plan_poll, .init = set_up, .fini = tear_down);

static struct entry *next_act(enum entry_kind kind, int64_t user)
{
    struct entry *e = next(kind, user, ROOM);
    e->about = SEQ;
    return e;
}

static void next_vote(int64_t user, int64_t choices)
{
    next_act(ENTRY_VOTE, user)->choices = choices;
}

/* Ana's, of three answers. */
static struct plan_target a_poll(void)
{
    return (struct plan_target){
        .room = ROOM, .seq = SEQ, .type = EVENT_MESSAGE, .sender = ANA, .sealed = true, .poll = {.options = 3}};
}

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

Test(plan_poll, a_vote_is_counted_once_and_moves)
{
    next_vote(BEN, 1);
    next_vote(BEN, 1);
    next_vote(ANA, 1);
    next_vote(BEN, 4);
    next_vote(ANA, 0);
    run_with(a_poll());
    cr_assert_eq(plan->n_events, 4);
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(step(i)->err, 0);
    cr_expect(str_is(plan->events[0].data, "{\"options\":[0],\"counts\":[1,0,0],\"voters\":1}"));
    cr_expect(str_is(plan->events[2].data, "{\"options\":[2],\"counts\":[1,0,1],\"voters\":2}"));
    cr_expect(str_is(plan->events[3].data, "{\"options\":[],\"counts\":[0,0,1],\"voters\":1}"));
    cr_expect_eq(plan->events[0].sender, BEN);
    cr_expect_eq(plan->events[0].about, SEQ);
    cr_expect_eq(plan->events[0].n, 5, "it is no message");
    cr_expect_eq(plan->targets[0].changed, 14);
    cr_expect(plan->targets[0].poll.dirty);
    cr_expect_eq(step(0)->vote->since, 13);
}

Test(plan_poll, an_anonymous_vote_has_no_sender_and_leads_to_no_event)
{
    struct plan_target t = a_poll();
    t.poll.anonymous = true;
    next_vote(BEN, 2);
    run_with(t);
    cr_assert_eq(plan->n_events, 1);
    cr_expect_eq(plan->events[0].sender, 0);
    cr_expect(str_is(plan->events[0].data, "{\"counts\":[0,1,0],\"voters\":1}"));
    cr_expect_eq(step(0)->vote->since, 0);
}

Test(plan_poll, only_what_is_offered)
{
    next_vote(BEN, 8);
    next_vote(BEN, 3);
    run_with(a_poll());
    cr_expect_eq(step(0)->err, ERR_BAD_REQUEST);
    cr_expect_eq(step(1)->err, ERR_BAD_REQUEST, "one answer only");
    cr_expect_eq(plan->n_events, 0);
    struct plan_target many = a_poll(), text = a_poll();
    many.poll.multiple = true;
    text.poll.options = 0;
    n = 0;
    next_vote(BEN, 7);
    run_with(many);
    cr_expect_eq(step(0)->err, 0);
    n = 0;
    next_vote(BEN, 1);
    next_act(ENTRY_CLOSE_POLL, ANA);
    run_with(text);
    cr_expect_eq(step(0)->err, ERR_MESSAGE_NOT_FOUND);
    cr_expect_eq(step(1)->err, ERR_MESSAGE_NOT_FOUND);
}

Test(plan_poll, behind_its_end_no_vote_is_counted)
{
    next_vote(BEN, 1);
    next_act(ENTRY_CLOSE_POLL, BEN);
    next_act(ENTRY_CLOSE_POLL, OWNER);
    next_act(ENTRY_CLOSE_POLL, ANA);
    next_vote(BEN, 2);
    next_vote(BEN, 1);
    run_with(a_poll());
    cr_assert_eq(plan->n_events, 2);
    cr_expect_eq(step(1)->err, ERR_FORBIDDEN);
    cr_expect_eq(plan->events[1].type, EVENT_POLL_CLOSED);
    cr_expect_eq(step(3)->err, 0, "twice is once");
    cr_expect_eq(step(4)->err, ERR_POLL_CLOSED);
    cr_expect_eq(step(5)->err, 0, "it is so already");
    struct plan_target late = a_poll();
    late.poll.closes_ms = TS;
    n = 0;
    next_vote(BEN, 1);
    run_with(late);
    cr_expect_eq(step(0)->err, ERR_POLL_CLOSED);
}

Test(plan_poll, its_text_stays_and_goes_whole)
{
    struct entry *edit = next_act(ENTRY_EDIT, ANA);
    edit->body = STR("Dinner?");
    digest_of(edit->body, 0, 0, edit->digest);
    next_act(ENTRY_DELETE, ANA);
    next_vote(BEN, 1);
    run_with(a_poll());
    cr_expect_eq(step(0)->err, ERR_FORBIDDEN);
    cr_expect_eq(step(1)->err, 0);
    cr_expect_eq(step(2)->err, ERR_MESSAGE_NOT_FOUND);
}
