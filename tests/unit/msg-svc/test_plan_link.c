/* What a batch decides of links in messages and of what is shown of them. */
#include "err.h"
#include "jval.h"
#include "plan_batch.h"
#include "preview.h"

enum { ROOM = 1, SEQ = 5, ANA = 7, BEN = 8, OWNER = 9 };
#define OLD "https://example.org/old"
#define NEW "https://example.org/new"

static struct jval *args;

static void begin(void)
{
    set_up();
    args = jval_parse(STR("{\"url\":\"" OLD "\",\"preview\":{\"title\":\"A page\"}}"));
}

static void end(void)
{
    jval_free(args);
    tear_down();
}

TestSuite(plan_link, .init = begin, .fini = end);

static struct entry *next_act(enum entry_kind kind, int64_t user)
{
    struct entry *e = next(kind, user, ROOM);
    e->about = SEQ;
    return e;
}

static void next_edit(const char *text, const char *url)
{
    struct entry *e = next_act(ENTRY_EDIT, ANA);
    e->body = str_of(text);
    e->url = str_of(url);
    digest_of(e->body, 0, 0, e->digest);
}

static void next_preview(const char *url)
{
    struct entry *e = next_act(ENTRY_PREVIEW, ANA);
    e->url = str_of(url);
    e->args = args;
}

/* Ana, Ben and the owner are in; Ana wrote message 5, whose link is the old one. */
static const struct plan_target *run_with(enum plan_link_state state, bool previewed)
{
    struct plan_target t = {.room = ROOM, .seq = SEQ, .type = EVENT_MESSAGE, .sender = ANA, .previewed = previewed};
    t.link.state = state;
    digest_of(STR(OLD), 0, 0, t.link.digest);
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 3);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
    plan_member_is(plan, ROOM, BEN, ROLE_MEMBER);
    plan_member_is(plan, ROOM, OWNER, ROLE_OWNER);
    plan_target_is(plan, &t);
    plan_run(plan, TS);
    return &plan->targets[0];
}

Test(plan_link, a_new_message_with_a_link_waits_and_a_poll_does_not)
{
    next_send(ANA, ROOM, 1, "words");
    next_send(ANA, ROOM, 2, "see " OLD)->url = STR(OLD);
    start();
    room_is(ROOM, ROOM_PUBLIC, 10, 3);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
    plan_run(plan, TS);
    cr_assert_eq(plan->n_links, 1);
    cr_expect_eq(plan->links[0].seq, 12);
    cr_expect(str_is(plan->links[0].url, OLD));
}

Test(plan_link, what_is_known_of_it_is_an_event_once)
{
    next_preview(OLD);
    next_preview(OLD);
    const struct plan_target *t = run_with(LINK_WAITING, false);
    cr_assert_eq(plan->n_events, 1);
    cr_expect_eq(plan->events[0].type, EVENT_PREVIEWED);
    cr_expect_eq(plan->events[0].about, SEQ);
    cr_expect(str_is(plan->events[0].data, "{\"preview\":{\"url\":\"" OLD "\",\"title\":\"A page\"}}"));
    cr_expect(str_is(t->preview, "{\"url\":\"" OLD "\",\"title\":\"A page\"}"));
    cr_expect_eq(t->link.state, LINK_SETTLED);
}

Test(plan_link, an_answer_about_another_link_or_to_nobody_is_of_no_use)
{
    next_preview(NEW);
    const struct plan_target *t = run_with(LINK_WAITING, false);
    cr_expect_eq(plan->n_events, 0);
    cr_expect_eq(t->link.state, LINK_WAITING);
    cr_expect_not(t->link.dirty);
}

Test(plan_link, taken_away_before_it_came_it_does_not_come)
{
    next_act(ENTRY_UNPREVIEW, ANA);
    next_preview(OLD);
    const struct plan_target *t = run_with(LINK_WAITING, false);
    cr_expect_eq(plan->n_events, 0);
    cr_expect_eq(t->link.state, LINK_REMOVED);
    cr_expect(plan_writes(plan), "which is to be remembered");
}

Test(plan_link, it_goes_with_its_link_and_stays_with_other_words)
{
    next_edit("other words " OLD, OLD);
    next_edit("see " NEW, NEW);
    const struct plan_target *t = run_with(LINK_SETTLED, true);
    cr_assert_eq(plan->n_events, 3, "two edits, and it is gone with the second");
    cr_expect_eq(plan->events[2].type, EVENT_PREVIEWED);
    cr_expect_eq(plan->events[2].data.n, 0);
    cr_expect_eq(t->link.state, LINK_WAITING);
    cr_expect(str_is(t->link.url, NEW));
    cr_expect_eq(t->preview_seq, plan->events[2].seq);
    cr_expect_eq(t->preview.n, 0);
}

Test(plan_link, who_took_it_away_has_it_away_as_long_as_it_is_the_same)
{
    next_edit("other words " OLD, OLD);
    const struct plan_target *t = run_with(LINK_REMOVED, false);
    cr_expect_eq(plan->n_events, 1);
    cr_expect_not(t->link.dirty);
}

Test(plan_link, its_author_takes_it_away_and_who_may_delete_the_message)
{
    next_act(ENTRY_UNPREVIEW, BEN);
    next_act(ENTRY_UNPREVIEW, OWNER);
    next_act(ENTRY_UNPREVIEW, ANA);
    run_with(LINK_SETTLED, true);
    cr_expect_eq(step(0)->err, ERR_FORBIDDEN);
    cr_expect_eq(step(1)->err, 0);
    cr_expect_eq(step(2)->err, 0, "gone is gone");
    cr_assert_eq(plan->n_events, 1);
    cr_expect_eq(plan->events[0].sender, OWNER);
}

Test(plan_link, a_deletion_takes_what_came_in_the_same_batch)
{
    next_preview(OLD);
    next_act(ENTRY_DELETE, ANA);
    next_preview(OLD);
    const struct plan_target *t = run_with(LINK_WAITING, false);
    cr_assert_eq(plan->n_events, 2);
    cr_expect_eq(plan->events[0].data.n, 0);
    cr_expect_eq(t->link.state, LINK_NONE);
    cr_expect(t->link.dirty);
}

static int check(const char *json)
{
    struct jval *v = jval_parse(str_of(json));
    struct str link = {0}, files = {0};
    size_t count = 0;
    int err = preview_check(v, &link, &files, &count);
    jval_free(v);
    return err;
}

Test(plan_link, an_answer_is_checked_like_what_strangers_say)
{
    cr_expect_eq(check("{\"url\":\"https://a\"}"), 0);
    cr_expect_eq(
        check("{\"url\":\"https://a\",\"preview\":{\"title\":\"b\",\"image\":\"00000000000000000000000000000001\"}}"),
        0);
    static const char *const wrong[] = {"{}",
                                        "{\"url\":\"\"}",
                                        "{\"url\":1}",
                                        "{\"url\":\"https://a\",\"preview\":1}",
                                        "{\"url\":\"https://a\",\"preview\":{}}",
                                        "{\"url\":\"https://a\",\"preview\":{\"title\":\"\"}}",
                                        "{\"url\":\"https://a\",\"preview\":{\"title\":\"a\\nb\"}}",
                                        "{\"url\":\"https://a\",\"preview\":{\"title\":\"b\",\"site\":1}}",
                                        "{\"url\":\"https://a\",\"preview\":{\"title\":\"b\",\"image\":\"x\"}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(check(wrong[i]), ERR_BAD_REQUEST, "%s", wrong[i]);
}
