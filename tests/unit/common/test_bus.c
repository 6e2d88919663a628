/* The bus against a real Redis. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus_world.h"
#include "clock.h"
#include "err.h"
#include "redis_server.h"

/* What these tests alone look at. */
static struct {
    struct redis_server *redis;
    int errs[8], last_err;
    char reply[256], message[4096], entry[256];
    int reads, claimed_pages, claims_done, claim_err;
    bool hold; /* do not ask for the next entries */
} own;

static void connect_to(const char *url)
{
    world_connect(url, 500);
}

static void begin_with(const char *password)
{
    world_begin();
    memset(&own, 0, sizeof own);
    own.redis = redis_server_start(password);
}

static void begin(void)
{
    begin_with(NULL);
    connect_to(redis_server_url(own.redis));
    run_until(is_ready);
}

static void end(void)
{
    world_end();
    redis_server_stop(&own.redis);
}

static void command(const char *text)
{
    free(redis_server_command(own.redis, text));
}

static void expect_redis(const char *text, const char *answer)
{
    char *said = redis_server_command(own.redis, text);
    cr_expect_str_eq(said, answer, "%s: %s", text, said);
    free(said);
}

static void on_reply(void *arg, int err, const struct bus_reply *reply)
{
    int *slot = arg;
    struct str s = bus_str(reply);
    w.replies++;
    own.last_err = err;
    if (slot)
        *slot = err;
    snprintf(own.reply, sizeof own.reply, "%.*s", (int)s.n, s.p);
}

static bool one_reply(struct world *x)
{
    return x->replies == 1;
}

static bool two_replies(struct world *x)
{
    return x->replies == 2;
}

static void on_message(void *arg, struct str channel, struct str payload)
{
    size_t n = strlen(own.message);
    (void)arg;
    w.messages++;
    if (n < sizeof own.message - 64)
        snprintf(own.message + n, sizeof own.message - n, "%.*s=%.*s;", (int)channel.n, channel.p, (int)payload.n,
                 payload.p);
}

static bool one_confirmed(struct world *x)
{
    return x->confirmed == 1;
}

static bool two_confirmed(struct world *x)
{
    return x->confirmed == 2;
}

static bool one_message(struct world *x)
{
    return x->messages == 1;
}

/* ---- commands ---- */

TestSuite(bus, .init = begin, .fini = end, .timeout = 60);

Test(bus, a_command_is_answered)
{
    struct str value = STR("two words\r\n\0and a NUL");
    cr_assert(eq(int, bus_commandf(w.bus, NULL, NULL, "SET {%s}:%lld %b", "k", 7LL, &value), 0));
    cr_assert(eq(int, bus_commandf(w.bus, on_reply, NULL, "STRLEN {k}:7"), 0));
    cr_expect(eq(int, w.replies, 0), "never before the call returns");
    run_until(one_reply);
    cr_expect(eq(int, own.last_err, 0));
    expect_redis("STRLEN {k}:7", "21");
}

Test(bus, an_error_of_redis_is_a_reply)
{
    bus_commandf(w.bus, on_reply, NULL, "INCR");
    run_until(one_reply);
    cr_expect(eq(int, own.last_err, 0));
    cr_expect(strstr(own.reply, "wrong number") != NULL);
}

static void on_reply_ask_again(void *arg, int err, const struct bus_reply *reply)
{
    on_reply(arg, err, reply);
    bus_commandf(w.bus, on_reply, NULL, "PING");
}

Test(bus, a_callback_may_send_a_command)
{
    bus_commandf(w.bus, on_reply_ask_again, NULL, "PING");
    run_until(two_replies);
    cr_expect_str_eq(own.reply, "PONG");
}

Test(bus, more_commands_than_the_bound_are_refused_and_never_called_back)
{
    int taken = 0;
    for (int i = 0; i < 1000; i++)
        taken += bus_commandf(w.bus, on_reply, NULL, "PING") == 0;
    cr_expect(lt(int, taken, 501));
    cr_expect(gt(int, taken, 490));
    w.until = NULL;
    bus_destroy(&w.bus);
    cr_expect(eq(int, w.replies, taken), "each that was taken is called");
    cr_expect(eq(int, own.last_err, ERR_UNAVAILABLE));
}

static void on_reply_refused(void *arg, int err, const struct bus_reply *reply)
{
    on_reply(arg, err, reply);
    own.errs[0] = bus_commandf(w.bus, on_reply, NULL, "PING");
}

Test(bus, a_command_inside_the_last_callbacks_is_refused)
{
    bus_commandf(w.bus, on_reply_refused, NULL, "PING");
    bus_destroy(&w.bus);
    cr_expect(eq(int, w.replies, 1));
    cr_expect(eq(int, own.errs[0], ERR_UNAVAILABLE));
}

Test(bus, a_lost_connection_ends_its_commands_and_comes_back)
{
    /* Redis holds this one for ever: its connection breaks first. */
    bus_commandf(w.bus, on_reply, NULL, "BLPOP {none} 0");
    run_until(is_ready);
    redis_server_kill(own.redis, SIGKILL);
    run_until(one_reply);
    cr_expect(eq(int, own.last_err, ERR_UNAVAILABLE));
    run_until(is_not_ready);
    cr_expect(eq(int, bus_commandf(w.bus, on_reply, NULL, "PING"), ERR_UNAVAILABLE));
    redis_server_restart(own.redis);
    run_until(is_ready);
    cr_expect(eq(int, bus_commandf(w.bus, on_reply, NULL, "PING"), 0));
    run_until(two_replies);
    cr_expect_str_eq(own.reply, "PONG");
}

Test(bus, a_frozen_redis_times_out)
{
    kill(redis_server_pid(own.redis), SIGSTOP);
    bus_commandf(w.bus, on_reply, NULL, "PING");
    run_until(one_reply);
    kill(redis_server_pid(own.redis), SIGCONT);
    cr_expect(eq(int, own.last_err, ERR_TIMEOUT));
    run_until(is_ready);
}

/* ---- subscriptions ---- */

Test(bus, a_message_arrives_once_the_subscription_is_confirmed)
{
    bus_subscribe(w.bus, STR("room:{1}"), on_message, NULL, on_confirmed, NULL);
    cr_expect(eq(int, w.confirmed, 0));
    cr_expect(not(bus_subscribed(w.bus, STR("room:{1}"))));
    run_until(one_confirmed);
    cr_expect(bus_subscribed(w.bus, STR("room:{1}")));
    cr_expect(w.ready, "one more subscription leaves the bus ready");
    bus_publish(w.bus, STR("room:{1}"), STR("hello"));
    run_until(one_message);
    cr_expect_str_eq(own.message, "room:{1}=hello;");
}

static void on_second(void *arg, struct str channel, struct str payload)
{
    on_message(arg, channel, payload);
    snprintf(own.reply, sizeof own.reply, "second");
}

Test(bus, leaving_and_joining_again_confirms_the_second_time_only)
{
    bus_subscribe(w.bus, STR("c"), on_message, NULL, on_confirmed, NULL);
    bus_unsubscribe(w.bus, STR("c"));
    bus_subscribe(w.bus, STR("c"), on_second, NULL, on_confirmed, NULL);
    run_until(one_confirmed);
    expect_redis("PUBLISH c x", "1");
    run_until(one_message);
    cr_expect_str_eq(own.reply, "second");
    cr_expect(eq(int, w.confirm_errs, 0), "the first was taken back");
}

static void on_message_leave(void *arg, struct str channel, struct str payload)
{
    on_message(arg, channel, payload);
    bus_unsubscribe(w.bus, channel);
    bus_subscribe(w.bus, STR("d"), on_message, NULL, on_confirmed, NULL);
}

Test(bus, a_message_callback_may_unsubscribe_and_subscribe)
{
    bus_subscribe(w.bus, STR("c"), on_message_leave, NULL, on_confirmed, NULL);
    run_until(one_confirmed);
    command("PUBLISH c x");
    run_until(two_confirmed);
    expect_redis("PUBSUB NUMSUB c d", "c\n0\nd\n1");
}

static bool epoch_grew(struct world *x)
{
    return x->ready && x->epoch >= 2;
}

Test(bus, subscriptions_return_after_a_cut_and_the_epoch_grows)
{
    bus_subscribe(w.bus, STR("c"), on_message, NULL, on_confirmed, NULL);
    run_until(one_confirmed);
    cr_expect(eq(u64, w.epoch, 1));
    command("CLIENT KILL TYPE pubsub");
    run_until(is_not_ready);
    cr_expect(not(bus_subscribed(w.bus, STR("c"))));
    run_until(epoch_grew);
    expect_redis("PUBLISH c x", "1");
    run_until(one_message);
    cr_expect(eq(int, w.confirmed, 1), "`on` is called once");
}

static bool one_refused(struct world *x)
{
    return x->confirm_errs == 1;
}

Test(bus, a_subscription_while_redis_is_away_fails_first_and_holds_later)
{
    redis_server_kill(own.redis, SIGKILL);
    run_until(is_not_ready);
    bus_subscribe(w.bus, STR("c"), on_message, NULL, on_confirmed, NULL);
    run_until(one_refused);
    redis_server_restart(own.redis);
    run_until(is_ready);
    cr_expect(bus_subscribed(w.bus, STR("c")));
    expect_redis("PUBLISH c x", "1");
    run_until(one_message);
    cr_expect(eq(int, w.confirmed, 0));
}

Test(bus, a_forgotten_memory_makes_a_new_epoch)
{
    bus_commandf(w.bus, on_reply, NULL, "GET rt:{nonce}");
    run_until(one_reply);
    cr_expect(gt(u64, strlen(own.reply), 0));
    command("FLUSHALL");
    run_until(epoch_grew);
    cr_expect(w.ready);
}

enum { CHANNELS = 5000, BURST = 20000 };

static bool all_confirmed(struct world *x)
{
    return x->confirmed == CHANNELS;
}

static bool burst_arrived(struct world *x)
{
    return x->messages == BURST;
}

static void send_burst(void *arg)
{
    int *sent = arg;
    char name[32];
    while (*sent < BURST) {
        snprintf(name, sizeof name, "room:{%d}", *sent % CHANNELS);
        if (bus_publish(w.bus, str_of(name), STR("x")))
            return;
        ++*sent;
    }
}

Test(bus, many_channels_and_a_burst_lose_nothing)
{
    char name[32];
    int sent = 0;
    struct timer *sender;
    for (int i = 0; i < CHANNELS; i++) {
        snprintf(name, sizeof name, "room:{%d}", i);
        bus_subscribe(w.bus, str_of(name), on_message, NULL, on_confirmed, NULL);
    }
    run_until(all_confirmed);
    timer_make(&sender, w.loop, send_burst, &sent);
    timer_start(sender, 0, 1);
    run_until(burst_arrived);
    timer_destroy(&sender);
}

/* ---- other ways to connect ---- */

TestSuite(bus_login, .fini = end, .timeout = 60);

Test(bus_login, a_password_is_sent)
{
    begin_with("sesame");
    connect_to(redis_server_url(own.redis));
    run_until(is_ready);
    bus_commandf(w.bus, on_reply, NULL, "CLIENT GETNAME");
    run_until(one_reply);
    cr_expect_str_eq(own.reply, "test:commands");
}

Test(bus_login, a_unix_socket_and_a_password_work)
{
    begin_with("sesame");
    connect_to(redis_server_unix_url(own.redis));
    run_until(is_ready);
}

Test(bus_login, a_name_is_looked_up)
{
    char url[64];
    begin_with(NULL);
    snprintf(url, sizeof url, "redis://localhost:%d/3", redis_server_port(own.redis));
    connect_to(url);
    run_until(is_ready);
    bus_commandf(w.bus, on_reply, NULL, "SET k 3");
    run_until(one_reply);
    expect_redis("GET k", "(nil)");
}

static bool some_time(struct world *x)
{
    return clock_mono_ms() > x->end_ms - WORLD_DEADLINE_MS + 300;
}

Test(bus_login, a_wrong_password_never_makes_it_ready)
{
    char url[64];
    begin_with("sesame");
    snprintf(url, sizeof url, "redis://:other@127.0.0.1:%d", redis_server_port(own.redis));
    connect_to(url);
    run_until(some_time);
    cr_expect(not(bus_ready(w.bus)));
}

Test(bus_login, a_bad_url_is_refused)
{
    begin_with(NULL);
    struct bus_config config = {.url = "http://x", .name = "test"};
    cr_expect(eq(int, bus_create(&w.bus, w.loop, &config, NULL), ERR_INTERNAL));
    cr_expect(zero(ptr, w.bus));
}

/* ---- readers ---- */

static void on_entries(void *arg, const struct bus_entry *entries, size_t count)
{
    (void)arg;
    own.reads++;
    for (size_t i = 0; i < count; i++) {
        struct str k = bus_entry_get(&entries[i], "k"), s = entries[i].stream;
        snprintf(own.entry, sizeof own.entry, "%.*s:%.*s", (int)s.n, s.p, (int)k.n, k.p);
        w.entries++;
    }
    if (!own.hold)
        bus_reader_next(w.reader);
}

static void on_claimed_page(void *arg, const struct bus_entry *entries, size_t count)
{
    (void)arg;
    (void)entries;
    own.claimed_pages++;
    w.entries += (int)count;
}

static void on_claim_done(void *arg, int err)
{
    (void)arg;
    own.claims_done++;
    own.claim_err = err;
}

static void open_reader(const char *consumer, bool noack)
{
    struct bus_reader_config config = {
        .group = "g", .consumer = consumer, .count = 100, .block_ms = 2000, .noack = noack};
    bus_reader_create(&w.reader, w.bus, &config, on_entries, NULL);
}

static bool one_entry(struct world *x)
{
    return x->entries == 1;
}

static bool three_entries(struct world *x)
{
    return x->entries == 3;
}

static bool claim_done(struct world *x)
{
    (void)x;
    return own.claims_done == 1;
}

TestSuite(bus_reader, .init = begin, .fini = end, .timeout = 60);

Test(bus_reader, entries_before_the_group_are_read_too)
{
    command("XADD s:{1} * k one");
    open_reader("c", true);
    bus_reader_streams(w.reader, (struct str[]){STR("s:{1}"), STR("t:{1}")}, 2);
    run_until(one_entry);
    cr_expect_str_eq(own.entry, "s:{1}:one");
    command("XADD t:{1} * k two");
    command("XADD s:{1} * k three");
    run_until(three_entries);
    expect_redis("XPENDING s:{1} g", "0\n(nil)\n(nil)\n(nil)");
}

Test(bus_reader, nothing_is_read_before_next_is_asked_for)
{
    open_reader("c", false);
    own.hold = true;
    bus_reader_streams(w.reader, (struct str[]){STR("s")}, 1);
    command("XADD s * k one");
    run_until(one_entry);
    command("XADD s * k two");
    run_until(some_time);
    cr_expect(eq(int, w.entries, 1));
    cr_expect(not(bus_reader_busy(w.reader)));
    own.hold = false;
    bus_reader_next(w.reader);
    command("XADD s * k three");
    run_until(three_entries);
}

Test(bus_reader, the_group_is_made_again_after_a_flush)
{
    open_reader("c", true);
    bus_reader_streams(w.reader, (struct str[]){STR("s")}, 1);
    command("XADD s * k one");
    run_until(one_entry);
    command("FLUSHALL");
    command("XADD s * k two");
    command("XADD s * k three");
    run_until(three_entries);
}

Test(bus_reader, it_reads_on_after_its_connection_was_cut)
{
    open_reader("c", true);
    bus_reader_streams(w.reader, (struct str[]){STR("s")}, 1);
    command("XADD s * k one");
    run_until(one_entry);
    redis_server_restart(own.redis);
    command("XADD s * k two");
    command("XADD s * k three");
    run_until(three_entries);
}

static bool reader_idle(struct world *x)
{
    return !bus_reader_busy(x->reader);
}

static bool reader_busy(struct world *x)
{
    return bus_reader_busy(x->reader);
}

static bool somebody_blocked(struct world *x)
{
    (void)x;
    char *info = redis_server_command(own.redis, "INFO clients");
    bool blocked = strstr(info, "blocked_clients:1") != NULL;
    free(info);
    return blocked;
}

Test(bus_reader, a_pause_ends_a_read_that_redis_holds)
{
    open_reader("c", true);
    bus_reader_streams(w.reader, (struct str[]){STR("s")}, 1);
    run_until(reader_busy);
    run_until(somebody_blocked);
    int64_t began = clock_mono_ms();
    bus_reader_streams(w.reader, NULL, 0);
    run_until(reader_idle);
    cr_expect(lt(i64, clock_mono_ms() - began, 1500));
    command("XADD s * k one");
    run_until(some_time);
    cr_expect(eq(int, w.entries, 0));
    bus_reader_streams(w.reader, (struct str[]){STR("s")}, 1);
    run_until(one_entry);
}

/* The end of it is asked for on another connection, which may come to Redis before the read itself, and then ends
 * nothing: here Redis does not obey it at first. */
Test(bus_reader, a_pause_is_asked_for_until_the_read_has_ended)
{
    open_reader("c", true);
    bus_reader_streams(w.reader, (struct str[]){STR("s")}, 1);
    run_until(reader_busy);
    run_until(somebody_blocked);
    command("ACL SETUSER default -client|unblock");
    bus_reader_streams(w.reader, NULL, 0);
    run_until(some_time);
    cr_expect(bus_reader_busy(w.reader));
    command("ACL SETUSER default +client|unblock");
    int64_t began = clock_mono_ms();
    run_until(reader_idle);
    cr_expect(lt(i64, clock_mono_ms() - began, 1500));
}

static bool all_claimed(struct world *x)
{
    return own.claims_done == 1 && x->entries == 300;
}

Test(bus_reader, a_claim_brings_what_another_consumer_left_page_by_page)
{
    command("XGROUP CREATE s g 0 MKSTREAM");
    for (int i = 0; i < 300; i++)
        command("XADD s * k x");
    command("XREADGROUP GROUP g other COUNT 1000 STREAMS s >");
    open_reader("c", false);
    cr_assert(eq(int, bus_reader_claim(w.reader, STR("s"), on_claimed_page, on_claim_done, NULL), 0));
    run_until(all_claimed);
    cr_expect(eq(int, own.claimed_pages, 3));
    cr_expect(eq(int, own.claim_err, 0));
}

Test(bus_reader, a_claim_skips_what_was_deleted)
{
    command("XGROUP CREATE s g 0 MKSTREAM");
    command("XADD s 1-1 k x");
    command("XADD s 1-2 k y");
    command("XREADGROUP GROUP g other STREAMS s >");
    command("XDEL s 1-1");
    open_reader("c", false);
    bus_reader_claim(w.reader, STR("s"), on_claimed_page, on_claim_done, NULL);
    run_until(claim_done);
    cr_expect(eq(int, w.entries, 1));
}

Test(bus_reader, a_claim_without_a_group_finds_nothing)
{
    open_reader("c", false);
    bus_reader_claim(w.reader, STR("none"), on_claimed_page, on_claim_done, NULL);
    run_until(claim_done);
    cr_expect(eq(int, own.claim_err, 0));
    cr_expect(eq(int, w.entries, 0));
}

Test(bus_reader, destroying_it_ends_a_claim)
{
    open_reader("c", false);
    bus_reader_claim(w.reader, STR("none"), on_claimed_page, on_claim_done, NULL);
    bus_reader_destroy(&w.reader);
    cr_expect(eq(int, own.claims_done, 1));
    cr_expect(eq(int, own.claim_err, ERR_UNAVAILABLE));
    bus_commandf(w.bus, on_reply, NULL, "PING");
    run_until(one_reply);
    cr_expect(eq(int, own.claims_done, 1));
}
