/* The bus against a real Redis Cluster of three masters. That a master dies is tests/service/test_cluster.c's. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus_slot.h"
#include "bus_world.h"
#include "clock.h"
#include "err.h"
#include "redis_cluster.h"
#include "redis_server.h"
#include "rpc.h"

enum { MASTERS = 3, STREAMS = 16 };

/* What these tests alone look at. */
static struct {
    struct redis_cluster *cluster;
    struct rpc *rpc; /* or NULL */
    uint64_t epoch_before;
    int due, wrong, claimed, claims;
    char reply[64];
    int entry[STREAMS]; /* how many came of each stream */
} own;

static bool has_new_epoch(struct world *x)
{
    return x->ready && x->epoch > own.epoch_before;
}

static void begin_apart(void)
{
    world_begin();
    memset(&own, 0, sizeof own);
    own.cluster = redis_cluster_start(MASTERS, 0);
}

static void begin(void)
{
    begin_apart();
    world_connect(redis_cluster_url(own.cluster), 0);
    run_until(is_ready);
}

static void end(void)
{
    rpc_destroy(&own.rpc);
    world_end();
    redis_cluster_stop(&own.cluster);
}

static int owner_of(const char *name)
{
    return redis_cluster_owner(own.cluster, bus_slot(str_of(name)));
}

/* The slot of a name to the next master. */
static void move_away(const char *name, void (*between)(void))
{
    int from = owner_of(name);
    cr_assert(ge(int, from, 0));
    redis_cluster_move(own.cluster, bus_slot(str_of(name)), from, (from + 1) % MASTERS, between);
}

static void on_reply(void *arg, int err, const struct bus_reply *reply)
{
    struct str s = bus_str(reply);
    (void)arg;
    w.replies++;
    own.wrong += err != 0 || bus_type(reply) == BUS_ERROR;
    snprintf(own.reply, sizeof own.reply, "%.*s", (int)s.n, s.p);
}

static bool all_replied(struct world *x)
{
    return x->replies == own.due;
}

/* One more command that must be answered without an error. */
static void expect_good(const char *command)
{
    own.due++;
    cr_assert(eq(int, bus_commandf(w.bus, on_reply, NULL, command), 0), "%s", command);
}

TestSuite(bus_cluster, .init = begin, .fini = end, .timeout = 60);

/* ---- commands ---- */

Test(bus_cluster, each_command_goes_where_its_key_is)
{
    for (int i = 0; i < 100; i++) {
        char command[40];
        snprintf(command, sizeof command, "SET k:{%d} %d", i, i);
        expect_good(command);
    }
    expect_good("EVAL return{} 2 a:{1} b:{1}");
    expect_good("TIME");
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
    for (int i = 0; i < MASTERS; i++) {
        char *keys = redis_server_command(redis_cluster_node(own.cluster, i), "DBSIZE");
        cr_expect(gt(int, atoi(keys), 10), "node %d has %s keys", i, keys);
        free(keys);
    }
}

Test(bus_cluster, a_slot_that_moved_is_found_again)
{
    expect_good("SET {k} 1");
    run_until(all_replied);
    move_away("k", NULL);
    expect_good("GET {k}");
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
    cr_expect_str_eq(own.reply, "1");
}

/* What is there already is, what is not comes into being where it will be. */
static void ask_in_the_middle(void)
{
    expect_good("SET {k}:new 2");
    expect_good("GET {k}");
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
    cr_expect_str_eq(own.reply, "1");
}

Test(bus_cluster, a_slot_on_its_way_is_followed)
{
    expect_good("SET {k} 1");
    run_until(all_replied);
    move_away("k", ask_in_the_middle);
    expect_good("GET {k}:new");
    run_until(all_replied);
    cr_expect_str_eq(own.reply, "2");
}

static void on_unavailable(void *arg, int err, const struct bus_reply *reply)
{
    (void)arg;
    (void)reply;
    w.replies++;
    own.wrong += err != ERR_UNAVAILABLE;
}

/* They have found out that one is missing, and refuse everything. */
static bool others_are_down(struct world *x)
{
    (void)x;
    int down = 0;
    for (int i = 0; i < MASTERS; i++) {
        struct redis_server *node = redis_cluster_node(own.cluster, i);
        char *info = redis_server_pid(node) ? redis_server_command(node, "CLUSTER INFO") : NULL;
        down += info && strstr(info, "cluster_state:fail");
        free(info);
    }
    return down == MASTERS - 1;
}

Test(bus_cluster, without_one_master_no_command_is_an_error_of_its_own)
{
    int dead = owner_of("k"), other = (dead + 1) % MASTERS;
    char name[24] = "0", command[40];
    for (int i = 0; owner_of(name) != other; i++)
        snprintf(name, sizeof name, "%d", i);
    redis_server_kill(redis_cluster_node(own.cluster, dead), SIGKILL);
    run_until(is_not_ready);
    cr_expect(bus_reaches(w.bus));
    cr_expect(eq(int, bus_commandf(w.bus, on_reply, NULL, "GET {k}"), ERR_UNAVAILABLE));
    run_until(others_are_down);
    own.due++;
    snprintf(command, sizeof command, "GET {%s}", name);
    cr_assert(eq(int, bus_commandf(w.bus, on_unavailable, NULL, command), 0));
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
    redis_server_restart(redis_cluster_node(own.cluster, dead));
    run_until(is_ready);
    expect_good("GET {k}");
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
}

static void on_late(void *arg, int err, const struct bus_reply *reply)
{
    (void)arg;
    (void)reply;
    w.replies++;
    own.wrong += err != ERR_TIMEOUT;
}

static bool some_time(struct world *x)
{
    return clock_mono_ms() > x->end_ms - WORLD_DEADLINE_MS + 3500;
}

/* The first answers late that it is elsewhere, and there nobody answers: that makes one wait, not two. */
Test(bus_cluster, a_command_has_its_five_seconds_wherever_it_goes)
{
    int from = owner_of("k");
    struct redis_server *first = redis_cluster_node(own.cluster, from);
    struct redis_server *second = redis_cluster_node(own.cluster, (from + 1) % MASTERS);
    for (int i = 0; i < MASTERS; i++)
        redis_cluster_tell(own.cluster, i, "CONFIG SET cluster-node-timeout 30000", "OK");
    move_away("k", NULL);
    int64_t began = clock_mono_ms();
    kill(redis_server_pid(first), SIGSTOP);
    cr_assert(eq(int, bus_commandf(w.bus, on_late, NULL, "GET {k}"), 0));
    own.due++;
    run_until(some_time);
    kill(redis_server_pid(second), SIGSTOP);
    kill(redis_server_pid(first), SIGCONT);
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
    cr_expect(lt(i64, clock_mono_ms() - began, 7000));
}

/* ---- subscriptions ---- */

static void on_message(void *arg, struct str channel, struct str payload)
{
    (void)arg;
    (void)channel;
    w.messages += str_is(payload, "hello");
}

enum { CHANNELS = 300 };

static bool all_confirmed(struct world *x)
{
    return x->confirmed == CHANNELS;
}

static bool each_has_one(struct world *x)
{
    return x->messages == CHANNELS;
}

static bool one_more(struct world *x)
{
    return x->messages == CHANNELS + 1;
}

static void channel_of(int i, char name[24])
{
    snprintf(name, 24, "room:{%d}", i);
}

static void subscribe_all(void)
{
    char name[24];
    for (int i = 0; i < CHANNELS; i++) {
        channel_of(i, name);
        bus_subscribe(w.bus, str_of(name), on_message, NULL, on_confirmed, NULL);
    }
    run_until(all_confirmed);
}

static void publish_all(void)
{
    char name[24];
    for (int i = 0; i < CHANNELS; i++) {
        channel_of(i, name);
        cr_assert(eq(int, bus_publish(w.bus, str_of(name), STR("hello")), 0));
    }
}

Test(bus_cluster, channels_of_all_masters_are_heard)
{
    subscribe_all();
    publish_all();
    run_until(each_has_one);
    for (int i = 0; i < MASTERS; i++) {
        char *list = redis_server_command(redis_cluster_node(own.cluster, i), "PUBSUB SHARDCHANNELS");
        cr_expect(strlen(list) > 100, "node %d has %s", i, list);
        free(list);
    }
}

Test(bus_cluster, a_channel_whose_slot_moves_is_heard_again_and_the_epoch_grows)
{
    subscribe_all();
    own.epoch_before = w.epoch;
    move_away("7", NULL);
    run_until(has_new_epoch);
    cr_expect(bus_subscribed(w.bus, STR("room:{7}")));
    publish_all();
    run_until(each_has_one);
    /* And twice from nowhere. */
    char *said = redis_server_command(redis_cluster_node(own.cluster, owner_of("7")), "SPUBLISH room:{7} hello");
    cr_expect_str_eq(said, "1");
    free(said);
    run_until(one_more);
}

static bool one_more_confirmed(struct world *x)
{
    return x->confirmed == CHANNELS + 1;
}

/* The bus hears of the move by the node's answer alone: it has not run meanwhile. */
Test(bus_cluster, a_node_that_sends_a_subscription_on_keeps_the_others)
{
    subscribe_all();
    own.epoch_before = w.epoch;
    move_away("apart", NULL);
    bus_subscribe(w.bus, STR("room:{apart}"), on_message, NULL, on_confirmed, NULL);
    run_until(one_more_confirmed);
    move_away("apart", NULL);
    bus_unsubscribe(w.bus, STR("room:{apart}"));
    bus_subscribe(w.bus, STR("room:{apart}"), on_message, NULL, on_confirmed, NULL);
    bus_unsubscribe(w.bus, STR("room:{apart}"));
    bus_subscribe(w.bus, STR("room:{apart}"), on_message, NULL, on_confirmed, NULL);
    w.confirmed--;
    run_until(one_more_confirmed);
    publish_all();
    cr_assert(eq(int, bus_publish(w.bus, STR("room:{apart}"), STR("hello")), 0));
    run_until(one_more);
    cr_expect(eq(u64, w.epoch, own.epoch_before), "nothing was lost");
    cr_expect(w.ready);
}

static bool one_failed(struct world *x)
{
    return x->confirm_errs == 1;
}

static bool apart_is_in_force(struct world *x)
{
    (void)x;
    return bus_subscribed(w.bus, STR("room:{apart}"));
}

Test(bus_cluster, a_channel_whose_slot_nobody_has_is_told_so_and_comes_with_it)
{
    int owner = owner_of("apart");
    char command[40];
    for (int i = 0; i < MASTERS; i++)
        redis_cluster_tell(own.cluster, i, "CONFIG SET cluster-require-full-coverage no", "OK");
    snprintf(command, sizeof command, "CLUSTER DELSLOTS %u", bus_slot(STR("apart")));
    for (int i = 0; i < MASTERS; i++)
        redis_cluster_tell(own.cluster, (owner + i) % MASTERS, command, "OK");
    run_until(is_not_ready);
    bus_subscribe(w.bus, STR("room:{apart}"), on_message, NULL, on_confirmed, NULL);
    int64_t began = clock_mono_ms();
    run_until(one_failed);
    cr_expect(lt(i64, clock_mono_ms() - began, 7000));
    snprintf(command, sizeof command, "CLUSTER ADDSLOTS %u", bus_slot(STR("apart")));
    redis_cluster_tell(own.cluster, owner, command, "OK");
    run_until(apart_is_in_force);
    run_until(is_ready);
    cr_expect(eq(int, w.confirmed, 0), "it was told once");
}

static void on_answer(void *arg, int err, struct str body)
{
    (void)arg;
    (void)body;
    w.replies++;
    own.wrong += err != ERR_UNAVAILABLE;
}

static bool inbox_is_in_force(struct world *x)
{
    (void)x;
    return bus_subscribed(w.bus, rpc_inbox(own.rpc));
}

static void open_call(void)
{
    struct caller caller = {0};
    rpc_create(&own.rpc, w.loop, w.bus, "asker", NULL);
    run_until(inbox_is_in_force);
    cr_assert(eq(int, rpc_call(own.rpc, "nobody", "thing", &caller, STR("{}"), 15000, on_answer, NULL), 0));
    own.epoch_before = w.epoch;
}

Test(bus_cluster, what_moved_is_of_the_channels_that_did)
{
    subscribe_all();
    open_call();
    move_away("7", NULL);
    run_until(has_new_epoch);
    cr_expect(eq(u64, bus_lost_epoch(w.bus, STR("room:{7}")), w.epoch));
    cr_expect(eq(u64, bus_lost_epoch(w.bus, STR("room:{8}")), own.epoch_before));
    cr_expect(eq(int, w.replies, 0), "the answer comes to another slot");
}

Test(bus_cluster, a_call_ends_when_the_slot_of_its_answer_moves)
{
    open_call();
    own.due++;
    move_away("asker", NULL);
    run_until(all_replied);
    cr_expect(eq(int, own.wrong, 0));
    cr_expect(gt(u64, w.epoch, own.epoch_before));
}

static bool has_two_epochs(struct world *x)
{
    return x->epoch == own.epoch_before + 2;
}

static bool all_in_force(struct world *x)
{
    char name[24];
    (void)x;
    for (int i = 0; i < CHANNELS; i++) {
        channel_of(i, name);
        if (!bus_subscribed(w.bus, str_of(name)))
            return false;
    }
    return true;
}

Test(bus_cluster, slots_that_move_one_by_one_are_two_epochs)
{
    char name[24];
    subscribe_all();
    own.epoch_before = w.epoch;
    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "%d", i);
        move_away(name, NULL);
        run_until(all_in_force);
        cr_expect(w.ready, "it stays ready");
    }
    run_until(has_two_epochs);
    publish_all();
    run_until(each_has_one);
    cr_expect(eq(u64, w.epoch, own.epoch_before + 2));
}

static bool is_left(struct world *x)
{
    (void)x;
    char *n = redis_server_command(redis_cluster_node(own.cluster, owner_of("7")), "PUBSUB SHARDNUMSUB room:{7}");
    bool left = strcmp(n, "room:{7}\n0") == 0;
    free(n);
    return left;
}

Test(bus_cluster, leaving_and_joining_again_confirms_the_second_time_only)
{
    subscribe_all();
    bus_unsubscribe(w.bus, STR("room:{7}"));
    run_until(is_left);
    w.confirmed--;
    bus_subscribe(w.bus, STR("room:{7}"), on_message, NULL, on_confirmed, NULL);
    bus_unsubscribe(w.bus, STR("room:{7}"));
    bus_subscribe(w.bus, STR("room:{7}"), on_message, NULL, on_confirmed, NULL);
    run_until(all_confirmed);
    publish_all();
    run_until(each_has_one);
}

Test(bus_cluster, a_master_that_forgot_all_makes_a_new_epoch)
{
    own.epoch_before = w.epoch;
    redis_cluster_tell(own.cluster, 1, "FLUSHALL", "OK");
    run_until(has_new_epoch);
}

/* ---- streams ---- */

static void on_entries(void *arg, const struct bus_entry *entries, size_t count)
{
    (void)arg;
    for (size_t i = 0; i < count; i++) {
        int64_t at = -1;
        struct str k = bus_entry_get(&entries[i], "k");
        w.entries += str_i64(k, &at) && at < STREAMS;
        if (at >= 0 && at < STREAMS)
            own.entry[at]++;
    }
    bus_reader_next(w.reader);
}

static void add_entries(void)
{
    for (int i = 0; i < STREAMS; i++) {
        char command[64];
        snprintf(command, sizeof command, "XADD s:{%d} * k %d", i, i);
        expect_good(command);
    }
}

static bool all_read(struct world *x)
{
    return x->entries == STREAMS;
}

static bool all_read_twice(struct world *x)
{
    return x->entries == 2 * STREAMS;
}

static void on_claimed(void *arg, const struct bus_entry *entries, size_t count)
{
    (void)arg;
    (void)entries;
    own.claimed += (int)count;
}

static void on_claim_done(void *arg, int err)
{
    (void)arg;
    own.wrong += err != 0;
    own.claims++;
}

static bool all_claimed(struct world *x)
{
    (void)x;
    return own.claims == STREAMS;
}

static void read_all(void)
{
    char names[STREAMS][24];
    struct str streams[STREAMS];
    struct bus_reader_config config = {.group = "g", .consumer = "c", .count = 10, .block_ms = 200};
    bus_reader_create(&w.reader, w.bus, &config, on_entries, NULL);
    for (int i = 0; i < STREAMS; i++) {
        snprintf(names[i], sizeof names[i], "s:{%d}", i);
        streams[i] = str_of(names[i]);
    }
    bus_reader_streams(w.reader, streams, STREAMS);
}

Test(bus_cluster, streams_of_all_masters_are_read_and_claimed)
{
    add_entries();
    read_all();
    run_until(all_read);
    for (int i = 0; i < STREAMS; i++) {
        char name[24];
        snprintf(name, sizeof name, "s:{%d}", i);
        bus_reader_claim(w.reader, str_of(name), on_claimed, on_claim_done, NULL);
    }
    run_until(all_claimed);
    cr_expect(eq(int, own.claimed, STREAMS));
    cr_expect(eq(int, own.wrong, 0));
}

/* In the middle of the way and behind it, read once. */
static void add_in_the_middle(void)
{
    add_entries();
    run_until(all_read_twice);
}

Test(bus_cluster, a_stream_whose_slot_moves_is_read_on)
{
    add_entries();
    read_all();
    run_until(all_read);
    move_away("7", add_in_the_middle);
    w.entries = 0;
    add_entries();
    run_until(all_read);
    cr_expect(eq(int, own.wrong, 0));
    for (int i = 0; i < STREAMS; i++)
        cr_expect(eq(int, own.entry[i], 3), "stream %d", i);
}

static bool is_idle(struct world *x)
{
    return !bus_reader_busy(x->reader);
}

Test(bus_cluster, a_pause_ends_every_read)
{
    read_all();
    add_entries();
    run_until(all_read);
    bus_reader_streams(w.reader, NULL, 0);
    run_until(is_idle);
    struct str one = STR("s:{3}");
    bus_reader_streams(w.reader, &one, 1);
    w.entries = STREAMS - 1;
    expect_good("XADD s:{3} * k 3");
    run_until(all_read);
}

/* ---- the beginning ---- */

TestSuite(bus_seeds, .fini = end, .timeout = 60);

static bool is_in_force(struct world *x)
{
    (void)x;
    return bus_subscribed(w.bus, STR("room:{7}"));
}

Test(bus_seeds, one_that_is_away_does_no_harm)
{
    char url[120];
    begin_apart();
    redis_server_kill(redis_cluster_node(own.cluster, 1), SIGKILL);
    snprintf(url, sizeof url, "redis+cluster://127.0.0.1:%d,localhost:%d",
             redis_server_port(redis_cluster_node(own.cluster, 1)),
             redis_server_port(redis_cluster_node(own.cluster, 2)));
    world_connect(url, 0);
    bus_subscribe(w.bus, STR("room:{7}"), on_message, NULL, NULL, NULL);
    redis_server_restart(redis_cluster_node(own.cluster, 1));
    run_until(is_ready);
    run_until(is_in_force);
}
