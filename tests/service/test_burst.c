/* Several people write into one room as fast as they may, at two gateways, while others come and go: every connection
 * has all of it, in the one order, and who is outside has nothing. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "stack.h"
#include "talker.h"

/* Authors, their second devices, and one who only reads; then those who come and go. */
enum { AUTHORS = 4, TALKERS = 2 * AUTHORS + 1, GUESTS = 2, MESSAGES = 1000, COMINGS = 300, STAY_MS = 10 };
enum { DEADLINE_MS = 240000, QUIET_MS = 500 };

struct guest {
    struct person who;
    struct ws_client *ws;
    pthread_t thread;
    int64_t seqs[TALKER_MAX * 3]; /* of the room's events that came */
    size_t count;
    int heads; /* so often it was told to fetch instead */
};

static struct stack *stack;
static char *room;
static struct guest guests[GUESTS];
static atomic_bool over;

/* In and out by REST, at the other gateway than its socket's; out at the end. */
static void *guest_runs(void *arg)
{
    const struct guest *g = arg;
    int port = stack_port(stack, g == &guests[0] ? 1 : 0);
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/leave", room);
    for (int i = 0; i < COMINGS && !atomic_load(&over); i++) {
        room_join(port, &g->who, room);
        usleep(STAY_MS * 1000);
        struct http_answer a = api(port, g->who.token, "POST", path, "{}");
        http_answer_fini(&a);
        usleep(STAY_MS * 1000);
    }
    return NULL;
}

static void guest_takes(struct guest *g, int wait_ms)
{
    for (struct jval *v = ws_client_next(g->ws, wait_ms); v; v = ws_client_next(g->ws, 0)) {
        struct str t = {"", 0}, in = {"", 0};
        int64_t seq = 0;
        jval_get_str(v, "t", &t);
        jval_get_str(v, "room", &in);
        g->heads += str_is(t, "head");
        if (str_is(t, "event") && str_is(in, room) && jval_get_int(v, "seq", &seq)) {
            cr_assert(g->count == 0 || seq > g->seqs[g->count - 1], "%lld comes behind %lld", (long long)seq,
                      (long long)g->seqs[g->count - 1]);
            g->seqs[g->count++] = seq;
        }
        jval_free(v);
    }
}

/* Of the room's log: how many events, or how many of those that came, are of a time when the guest was in: from its
 * joining to its leaving, both included. */
static size_t within(const struct guest *g, const char *only)
{
    struct buf sql = {0};
    buf_printf(&sql,
               "WITH own AS (SELECT seq, type FROM chat.events WHERE room_id = %s AND type IN ('joined', 'left') AND "
               "coalesce(data->>'user', sender::text) = '%s') "
               "SELECT count(*) FROM chat.events e WHERE room_id = %s %s AND (EXISTS (SELECT FROM own WHERE own.seq = "
               "e.seq) OR (SELECT type FROM own WHERE own.seq < e.seq ORDER BY seq DESC LIMIT 1) = 'joined')",
               room, g->who.id, room, only);
    char *n = stack_sql(stack, buf_c(&sql));
    size_t count = strtoul(n, NULL, 10);
    free(n);
    buf_fini(&sql);
    return count;
}

static void check_guest(const struct guest *g)
{
    struct buf only = {0};
    buf_cstr(&only, "AND seq IN (0");
    for (size_t i = 0; i < g->count; i++)
        buf_printf(&only, ",%lld", (long long)g->seqs[i]);
    buf_char(&only, ')');
    cr_assert_gt(g->count, 0);
    cr_assert_eq(within(g, buf_c(&only)), g->count, "something came to who was outside");
    if (g->heads == 0)
        cr_assert_eq(within(g, ""), g->count, "something did not come to who was in");
    buf_fini(&only);
}

static struct talker *talkers_start(struct person *people)
{
    struct talker *talkers = xcalloc(TALKERS, sizeof(*talkers));
    room = room_create(stack_port(stack, 0), &people[0], "burst", "public");
    for (int i = 1; i <= AUTHORS; i++)
        room_join(stack_port(stack, 0), &people[i], room);
    for (int i = 0; i < TALKERS; i++)
        talker_init(&talkers[i], &people[i % (AUTHORS + 1)], i + 1, stack_ports(stack), 2, i % 2, room,
                    i < AUTHORS ? MESSAGES : 0);
    return talkers;
}

static bool step(struct talker *talkers, int64_t *head)
{
    bool done = true;
    for (int i = 0; i < TALKERS; i++) {
        talker_step(&talkers[i], 1);
        int64_t last = talker_last_ack(&talkers[i]);
        *head = last > *head ? last : *head;
    }
    for (int i = 0; i < GUESTS; i++)
        guest_takes(&guests[i], 0);
    for (int i = 0; i < TALKERS; i++)
        done &= talker_done(&talkers[i], *head);
    return done;
}

/* Those who came and went wrote themselves into the log behind the last message. */
static void settle(struct talker *talkers, int64_t deadline)
{
    char *text = stack_sql(stack, "SELECT max(last_seq) FROM chat.rooms WHERE name = 'burst'");
    int64_t last = atoll(text);
    free(text);
    while (!step(talkers, &last) && clock_mono_ms() < deadline)
        ;
    for (int i = 0; i < TALKERS; i++)
        cr_assert_eq(talkers[i].head, last, "talker %d is at %lld of %lld", i, (long long)talkers[i].head,
                     (long long)last);
    for (int i = 0; i < GUESTS; i++)
        guest_takes(&guests[i], QUIET_MS);
}

Test(burst, all_who_are_in_have_all_of_it_in_order_and_who_is_outside_nothing, .timeout = 420)
{
    static const char *const names[AUTHORS + 1] = {"alice", "bob", "carol", "dave", "erin"};
    static const char *const coming[GUESTS] = {"frank", "grace"};
    struct person people[AUTHORS + 1];
    int64_t head = 0, deadline = clock_mono_ms() + DEADLINE_MS;
    stack = stack_start(&(struct stack_options){.env = (const char *[]){"PARLEY_RATE_PERCENT=100000", NULL}});
    for (int i = 0; i <= AUTHORS; i++)
        people[i] = person_register(stack_port(stack, 0), names[i]);
    struct talker *talkers = talkers_start(people);
    for (int i = 0; i < GUESTS; i++) {
        guests[i].who = person_register(stack_port(stack, 0), coming[i]);
        guests[i].ws = ws_client_login(stack_port(stack, i % 2), guests[i].who.token, "phone");
        cr_assert_not_null(guests[i].ws);
        pthread_create(&guests[i].thread, NULL, guest_runs, &guests[i]);
    }
    while (!step(talkers, &head) && clock_mono_ms() < deadline)
        ;
    atomic_store(&over, true);
    for (int i = 0; i < GUESTS; i++)
        pthread_join(guests[i].thread, NULL);
    settle(talkers, deadline);
    for (int i = 0; i < TALKERS; i++) {
        talker_check_own(&talkers[i]);
        talker_check_same(&talkers[0], &talkers[i]);
        cr_expect_eq(talkers[i].repeats, 0, "an event came twice on one connection");
        cr_expect_eq(talkers[i].reconnects, 0);
    }
    for (int i = 0; i < GUESTS; i++)
        check_guest(&guests[i]);

    for (int i = 0; i < TALKERS; i++)
        talker_fini(&talkers[i]);
    for (int i = 0; i <= AUTHORS; i++)
        person_fini(&people[i]);
    for (int i = 0; i < GUESTS; i++) {
        ws_client_close(&guests[i].ws);
        person_fini(&guests[i].who);
    }
    free(talkers);
    free(room);
    stack_stop(&stack);
}
