/* Redis is a cluster of three masters, each with a replica. People write in rooms of every shard through two gateways
 * while slots move, while a master stands still and while one dies: what was acknowledged is there once and in order,
 * and all goes on by itself. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "redis_cluster.h"
#include "redis_server.h"
#include "stack.h"
#include "talker.h"

enum {
    ROOMS = 16, /* one of each shard: ids are given in a row */
    MASTERS = 3,
    FEW = 4,
    SOME = 20, /* messages of each person in each room, at a time */
    DEADLINE_MS = 60000,
    SILENT = 1,     /* the master that stands still … */
    DEAD = 2,       /* … and the one that dies */
    BACK_MS = 15000 /* from then on until sends of its shards succeed */
};

/* Two people in a room, each at a gateway of their own. */
struct pair {
    char *room;
    struct talker *a, *b;
    int64_t head;
};

static struct {
    struct stack *stack;
    struct person alice, bob;
    struct pair pairs[ROOMS];
    int messages; /* of each person in each room so far */
} w;

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    w.stack = stack_start(&(struct stack_options){.gateways = 2, .msg_svcs = 2, .cluster = true, .env = env});
    w.alice = person_register(stack_port(w.stack, 0), "alice");
    w.bob = person_register(stack_port(w.stack, 1), "bob");
    for (int i = 0; i < ROOMS; i++) {
        struct pair *p = &w.pairs[i];
        char name[24];
        snprintf(name, sizeof name, "room%d", i);
        p->room = room_create(stack_port(w.stack, 0), &w.alice, name, "public");
        room_join(stack_port(w.stack, 1), &w.bob, p->room);
        p->a = calloc(1, sizeof *p->a);
        p->b = calloc(1, sizeof *p->b);
        talker_init(p->a, &w.alice, 2 * i + 1, stack_ports(w.stack), 2, 0, p->room, 0);
        talker_init(p->b, &w.bob, 2 * i + 2, stack_ports(w.stack), 2, 1, p->room, 0);
    }
}

static void stop(void)
{
    for (int i = 0; i < ROOMS; i++) {
        struct pair *p = &w.pairs[i];
        talker_fini(p->a);
        talker_fini(p->b);
        free(p->a);
        free(p->b);
        free(p->room);
    }
    person_fini(&w.alice);
    person_fini(&w.bob);
    stack_stop(&w.stack);
}

TestSuite(cluster, .init = start, .fini = stop, .timeout = 240);

static void step_all(void)
{
    for (int i = 0; i < ROOMS; i++)
        w.pairs[i].head = talker_step_both(w.pairs[i].a, w.pairs[i].b);
}

/* Everybody writes so many more, and has the first of them on their way. */
static void write_on(int messages)
{
    w.messages += messages;
    for (int i = 0; i < ROOMS; i++)
        w.pairs[i].a->to_send = w.pairs[i].b->to_send = w.messages;
    step_all();
}

static bool all_acked(void)
{
    for (int i = 0; i < ROOMS; i++)
        if (w.pairs[i].a->acked < w.messages || w.pairs[i].b->acked < w.messages)
            return false;
    return true;
}

static void expect_acks_within(int64_t ms)
{
    int64_t began = clock_mono_ms();
    while (!all_acked() && clock_mono_ms() - began < DEADLINE_MS)
        step_all();
    cr_assert(all_acked());
    cr_expect_leq(clock_mono_ms() - began, ms, "the last ack came after %lld ms", (long long)(clock_mono_ms() - began));
}

static bool all_done(void)
{
    for (int i = 0; i < ROOMS; i++)
        if (!talker_done(w.pairs[i].a, w.pairs[i].head) || !talker_done(w.pairs[i].b, w.pairs[i].head))
            return false;
    return true;
}

static void expect_sql(const char *sql, const char *want)
{
    char *said = stack_sql(w.stack, sql);
    cr_expect_str_eq(said, want, "%s: %s", sql, said);
    free(said);
}

static void check_all(void)
{
    char want[32];
    for (int64_t end = clock_mono_ms() + DEADLINE_MS; !all_done() && clock_mono_ms() < end;)
        step_all();
    for (int i = 0; i < ROOMS; i++) {
        struct pair *p = &w.pairs[i];
        cr_assert(talker_done(p->a, p->head) && talker_done(p->b, p->head), "room %d: heads %lld and %lld of %lld", i,
                  (long long)p->a->head, (long long)p->b->head, (long long)p->head);
        talker_check_own(p->a);
        talker_check_own(p->b);
        talker_check_same(p->a, p->b);
    }
    snprintf(want, sizeof want, "%d %d", 2 * ROOMS * w.messages, 2 * ROOMS * w.messages);
    expect_sql("SELECT count(*) || ' ' || count(DISTINCT cmid) FROM chat.events WHERE type = 'message'", want);
    expect_sql("SELECT count(*) FROM chat.rooms r WHERE last_seq <> "
               "(SELECT count(*) FROM chat.events e WHERE e.room_id = r.id)",
               "0");
}

static int owner_of_shard(const struct pair *p)
{
    char command[48];
    snprintf(command, sizeof command, "CLUSTER KEYSLOT ingest:{%d}", atoi(p->room) % 16);
    char *slot = redis_server_command(redis_cluster_node(stack_cluster(w.stack), 0), command);
    int owner = redis_cluster_owner(stack_cluster(w.stack), (unsigned)atoi(slot));
    free(slot);
    return owner;
}

/* Redis has neither keys nor channels of a slot in two places at any moment, but each learns of it at another. */
static void move_on(const char *name)
{
    struct redis_cluster *cluster = stack_cluster(w.stack);
    char command[64];
    snprintf(command, sizeof command, "CLUSTER KEYSLOT %s", name);
    char *text = redis_server_command(redis_cluster_node(cluster, 0), command);
    unsigned slot = (unsigned)atoi(text);
    int from = redis_cluster_owner(cluster, slot);
    free(text);
    cr_assert(from >= 0 && from < MASTERS);
    write_on(FEW);
    redis_cluster_move(cluster, slot, from, (from + 1) % MASTERS, step_all);
}

static void move_slots(void)
{
    char name[40];
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "ingest:{%d}", atoi(w.pairs[i].room) % 16);
        move_on(name);
        snprintf(name, sizeof name, "room:{%s}", w.pairs[i + 4].room);
        move_on(name);
    }
    move_on("rpc:{msg}");
    expect_acks_within(BACK_MS);
    for (int i = 0; i < 2; i++) {
        const char *gateway = i ? "gateway-1" : "gateway-0";
        cr_expect_eq(stack_metric(w.stack, gateway, "parley_bus_nodes"), MASTERS);
        cr_expect_gt(stack_metric(w.stack, gateway, "parley_bus_redirected_total"), 0, "nothing was sent on");
    }
}

/* Some messages are on their way to it. */
static void lose(int master, int signum)
{
    struct redis_server *lost = redis_cluster_node(stack_cluster(w.stack), master);
    write_on(SOME);
    if (signum == SIGKILL)
        redis_server_kill(lost, SIGKILL);
    else
        kill(redis_server_pid(lost), signum);
    write_on(SOME);
    expect_acks_within(BACK_MS);
}

static void count_shards(int of[2 * MASTERS])
{
    memset(of, 0, 2 * MASTERS * sizeof *of);
    for (int i = 0; i < ROOMS; i++) {
        int owner = owner_of_shard(&w.pairs[i]);
        cr_assert_geq(owner, 0);
        of[owner]++;
    }
}

/* One test, as most of its time is the start of everything. */
Test(cluster, slots_move_and_masters_stand_still_and_die_while_people_write)
{
    struct redis_cluster *cluster = stack_cluster(w.stack);
    int of[2 * MASTERS];
    count_shards(of);
    cr_expect(of[0] > 0 && of[SILENT] > 0 && of[DEAD] > 0, "shards of masters: %d %d %d", of[0], of[1], of[2]);
    move_slots();
    lose(SILENT, SIGSTOP);
    kill(redis_server_pid(redis_cluster_node(cluster, SILENT)), SIGCONT);
    write_on(SOME);
    expect_acks_within(BACK_MS);
    lose(DEAD, SIGKILL);
    count_shards(of);
    cr_expect_eq(of[DEAD], 0);
    redis_server_restart(redis_cluster_node(cluster, DEAD));
    write_on(SOME);
    expect_acks_within(BACK_MS);
    check_all();
    for (int i = 0; i < 2; i++)
        stack_wait_ready(w.stack, i ? "gateway-1" : "gateway-0");
}
