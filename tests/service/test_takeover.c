/* The owner of the shards ends, or stands still, at the worst moments of a transaction: the other one takes over,
 * nothing acked is lost, nothing is stored twice, and nothing is committed late. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "failpoints.h"
#include "stack.h"
#include "talker.h"

enum { MESSAGES = 200, DEADLINE_MS = 120000, STILL_MS = 12000 };

struct world {
    struct failpoints points;
    const char *env[2];
    struct stack *stack;
    struct person alice, bob;
    char *room;
    struct talker *a, *b;
    int64_t head;
};

static struct world w;

static void set_up(void)
{
    failpoints_init(&w.points);
    w.env[0] = w.points.env;
    w.stack = stack_start(&(struct stack_options){.gateways = 2, .msg_svcs = 2, .env = w.env});
    w.alice = person_register(stack_port(w.stack, 0), "alice");
    w.bob = person_register(stack_port(w.stack, 1), "bob");
    w.room = room_dm(stack_port(w.stack, 0), &w.alice, &w.bob);
    w.a = calloc(1, sizeof *w.a);
    w.b = calloc(1, sizeof *w.b);
    talker_init(w.a, &w.alice, 1, stack_ports(w.stack), 2, 0, w.room, MESSAGES);
    talker_init(w.b, &w.bob, 2, stack_ports(w.stack), 2, 1, w.room, MESSAGES);
}

static void tear_down(void)
{
    talker_fini(w.a);
    talker_fini(w.b);
    free(w.a);
    free(w.b);
    free(w.room);
    person_fini(&w.alice);
    person_fini(&w.bob);
    stack_stop(&w.stack);
    failpoints_fini(&w.points);
}

static bool is_done(void)
{
    return talker_done(w.a, w.head) && talker_done(w.b, w.head);
}

/* Both have so many acks, or the time is over. */
static void exchange(int acks, int64_t deadline)
{
    while ((w.a->acked < acks || w.b->acked < acks) && clock_mono_ms() < deadline)
        w.head = talker_step_both(w.a, w.b);
    cr_assert(w.a->acked >= acks && w.b->acked >= acks, "%d and %d acks", w.a->acked, w.b->acked);
}

static void check_all(int64_t deadline)
{
    while (!is_done() && clock_mono_ms() < deadline)
        w.head = talker_step_both(w.a, w.b);
    cr_assert(is_done(), "%d and %d acks, heads %lld and %lld of %lld", w.a->acked, w.b->acked, (long long)w.a->head,
              (long long)w.b->head, (long long)w.head);
    talker_check_own(w.a);
    talker_check_own(w.b);
    talker_check_same(w.a, w.b);
    char *log =
        stack_sql(w.stack, "SELECT count(*) || ' ' || count(DISTINCT cmid) FROM chat.events WHERE type = 'message'");
    char *holes = stack_sql(w.stack, "SELECT count(*) FROM chat.rooms r WHERE last_seq <> "
                                     "(SELECT count(*) FROM chat.events e WHERE e.room_id = r.id)");
    char want[32];
    snprintf(want, sizeof want, "%d %d", 2 * MESSAGES, 2 * MESSAGES);
    cr_expect_str_eq(log, want);
    cr_expect_str_eq(holes, "0");
    free(log);
    free(holes);
}

static const char *dead_one(void)
{
    if (!stack_alive(w.stack, "msg-svc-0"))
        return "msg-svc-0";
    return stack_alive(w.stack, "msg-svc-1") ? NULL : "msg-svc-1";
}

struct moment {
    char name[24];
};

ParameterizedTestParameters(takeover, the_other_one_goes_on_when_the_owner_dies_at)
{
    static struct moment moments[] = {{"msg.before_commit"}, {"msg.after_commit"}, {"msg.before_ack"}};
    return cr_make_param_array(struct moment, moments, sizeof moments / sizeof *moments);
}

ParameterizedTest(struct moment *moment, takeover, the_other_one_goes_on_when_the_owner_dies_at, .timeout = 240)
{
    set_up();
    int64_t deadline = clock_mono_ms() + DEADLINE_MS;
    exchange(MESSAGES / 4, deadline);
    failpoints_arm(&w.points, moment->name, "kill");
    while (dead_one() == NULL && clock_mono_ms() < deadline)
        w.head = talker_step_both(w.a, w.b);
    const char *dead = dead_one();
    cr_assert_not_null(dead, "%s did not strike", moment->name);
    check_all(deadline);
    cr_expect_not(stack_alive(w.stack, dead));
    stack_restart(w.stack, dead);
    stack_wait_ready(w.stack, dead);
    tear_down();
}

Test(takeover, an_owner_that_stood_still_in_a_transaction_commits_nothing_late, .timeout = 240)
{
    set_up();
    int64_t deadline = clock_mono_ms() + DEADLINE_MS;
    exchange(MESSAGES / 4, deadline);
    failpoints_arm(&w.points, "msg.before_commit", "stop");
    while (failpoints_armed(&w.points, "msg.before_commit") && clock_mono_ms() < deadline)
        w.head = talker_step_both(w.a, w.b);
    int64_t until = clock_mono_ms() + STILL_MS;
    exchange(MESSAGES / 2, until); /* The other one has taken over meanwhile. */
    while (clock_mono_ms() < until)
        w.head = talker_step_both(w.a, w.b);
    char *writers =
        stack_sql(w.stack, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parley-msg-writer'");
    cr_expect_str_eq(writers, "1", "the session of who stands still lives");
    free(writers);
    /* Only one of them stands still; to the other this says nothing. */
    stack_signal(w.stack, "msg-svc-0", SIGCONT);
    stack_signal(w.stack, "msg-svc-1", SIGCONT);
    stack_wait_ready(w.stack, "msg-svc-0");
    stack_wait_ready(w.stack, "msg-svc-1");
    check_all(deadline);
    tear_down();
}

/* Of shards 1 to 8, those of eight rooms made in a row: how many holders there are, and the fewest that one of them
 * has. */
static bool shares_are(void *want)
{
    char *shares = stack_sql(w.stack, "SELECT count(*) || ' ' || min(held) || ' ' || sum(held) FROM "
                                      "(SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND granted "
                                      "AND objsubid = 2 AND objid BETWEEN 1 AND 8 GROUP BY pid) AS h");
    bool same = strcmp(shares, want) == 0;
    free(shares);
    return same;
}

Test(takeover, who_comes_back_gets_its_part_of_rooms_with_neighbouring_numbers, .timeout = 120)
{
    set_up();
    stack_kill(w.stack, "msg-svc-0", SIGKILL);
    char all[] = "1 8 8", half[] = "2 4 8";
    cr_assert(stack_until(shares_are, all, 30000), "the one that is left has not taken all");
    stack_restart(w.stack, "msg-svc-0");
    stack_wait_ready(w.stack, "msg-svc-0");
    cr_expect(stack_until(shares_are, half, 30000), "neighbours are not shared out");
    tear_down();
}
