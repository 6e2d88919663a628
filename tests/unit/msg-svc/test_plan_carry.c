/* What a batch decides of files: those that come with a send, and those of what it forwards. */
#include "err.h"
#include "plan_batch.h"

enum { ROOM = 1, ANA = 7 };
#define FILE_A "0123456789abcdef0123456789abcdef"
#define FILE_B "0123456789abcdef0123456789abcdee"

TestSuite(plan_carry, .init = set_up, .fini = tear_down);

static void next_with(int cmid, const char *files)
{
    struct entry *e = next_send(ANA, ROOM, cmid, "");
    e->files = str_of(files);
    e->files_n = file_list_count(e->files);
}

static void start_in(enum role lowest)
{
    struct plan_room row = {.id = ROOM, .kind = ROOM_PRIVATE, .last_seq = 10, .last_n = 5, .mver = 3, .members = 3};
    start();
    row.rules.lowest[PERMISSION_ATTACH_FILES] = (unsigned char)(lowest + 1);
    plan_room_is(plan, &row);
    plan_member_is(plan, ROOM, ANA, ROLE_MEMBER);
}

Test(plan_carry, sends_of_one_batch_have_each_their_own_files)
{
    next_with(1, FILE_A);
    next_send(ANA, ROOM, 2, "words");
    next_with(3, FILE_A "," FILE_B);
    start_in(ROLE_GUEST);
    plan_files_are(plan, 0, 1, 10 * 1, STR("[1]"));
    plan_files_are(plan, 1, 1, 10 * 1, STR("[9]"));
    plan_files_are(plan, 2, 2, 10 * 2, STR("[1,2]"));
    plan_run(plan, TS);
    cr_assert_eq(plan->n_events, 3);
    cr_expect(str_is(plan->events[0].data, "{\"files\":[1]}"));
    cr_expect_eq(plan->events[1].data.n, 0, "it asked for none");
    cr_expect(str_is(plan->events[2].data, "{\"files\":[1,2]}"));
    cr_assert_eq(plan->n_carriers, 2);
    cr_expect_eq(plan->carriers[0].seq, 11);
    cr_expect_eq(plan->carriers[1].seq, 13);
}

Test(plan_carry, one_file_that_is_missing_refuses_the_message)
{
    next_with(1, FILE_A "," FILE_B);
    next_with(2, FILE_A);
    start_in(ROLE_GUEST);
    plan_files_are(plan, 0, 1, 10 * 1, STR("[1]"));
    plan_run(plan, TS);
    cr_expect_eq(step(0)->err, ERR_FILE_UNKNOWN);
    cr_expect_eq(step(1)->err, ERR_FILE_UNKNOWN);
    cr_expect_eq(plan->n_events, 0);
    cr_expect_eq(plan->n_carriers, 0);
}

Test(plan_carry, nothing_of_an_earlier_batch_is_left)
{
    next_with(1, FILE_A);
    start_in(ROLE_GUEST);
    plan_files_are(plan, 0, 1, 10 * 1, STR("[1]"));
    plan_run(plan, TS);
    n = 0;
    next_with(2, FILE_B);
    start_in(ROLE_GUEST);
    plan_run(plan, TS);
    cr_expect_eq(step(0)->err, ERR_FILE_UNKNOWN);
}

Test(plan_carry, a_forward_with_files_needs_the_permission_too)
{
    for (int round = 0; round < 2; round++) {
        n = 0;
        struct entry *e = next_send(ANA, ROOM, round, "");
        e->from_room = 4;
        e->from_seq = 2;
        start_in(round == 0 ? ROLE_MODERATOR : ROLE_MEMBER);
        plan_forward_is(plan, 0, &(struct plan_forward){.room = 4, .seq = 2, .sender = 9, .ts = 5}, STR("x"),
                        STR("[1]"));
        plan_run(plan, TS);
        cr_expect_eq(step(0)->err, round == 0 ? ERR_FORBIDDEN : 0);
    }
    cr_expect(str_is(plan->events[0].data, "{\"forward\":{\"room\":\"4\",\"seq\":2,\"sender\":\"9\",\"ts\":5,"
                                           "\"body\":\"x\",\"files\":[1]}}"));
    cr_expect_eq(plan->n_carriers, 1);
}
