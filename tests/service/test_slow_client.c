/* A client that does not read costs what it may cost and no more: its queue is bounded, it is told why it goes, and
 * nobody else feels it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum {
    WAIT_MS = 20000,
    STUCK = 50,
    BODY = 8000,
    BOUND = 1 << 20,         /* bytes queued on one connection */
    ENOUGH = 400,            /* messages: some three megabytes */
    STALL_MS = 10000,        /* without progress */
    LATE_MS = 3000,          /* what a loaded machine may add */
    OTHERS_MS = 2000,        /* for anybody else's delivery, at any time */
    STUCK_COST = 2000 * 1024 /* resident bytes a stuck client may add */
};

static struct stack *stack;
static struct person alice, bob, carol;
static char *room;
static struct ws_client *sender, *reader;
static char body[BODY + 1];

static void start(void)
{
    static const char *const env[] = {"PARLEY_MAX_PER_USER=1000", "PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
    int port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    room = room_create(port, &alice, "hot", "public");
    room_join(port, &bob, room);
    room_join(port, &carol, room);
    sender = ws_client_login(port, alice.token, "a");
    reader = ws_client_login(port, bob.token, "b");
    cr_assert(sender && reader);
    memset(body, 'x', BODY);
}

static void stop(void)
{
    ws_client_close(&sender);
    ws_client_close(&reader);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(slow_client, .init = start, .fini = stop, .timeout = 240);

static int64_t metric(const char *name)
{
    return stack_metric(stack, "gateway-0", name);
}

static struct ws_client *idle_client(int i)
{
    char device[16];
    snprintf(device, sizeof device, "c-%d", i);
    struct ws_client *c = ws_client_login(stack_port(stack, 0), carol.token, device);
    cr_assert_not_null(c);
    return c;
}

/* Never reads again, and its kernel takes little. */
static struct ws_client *stuck_client(int i)
{
    int little = 4096;
    struct ws_client *c = idle_client(i);
    cr_assert_eq(setsockopt(ws_client_fd(c), SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    return c;
}

static void reads_again(struct ws_client *c)
{
    int much = 1 << 20;
    cr_assert_eq(setsockopt(ws_client_fd(c), SOL_SOCKET, SO_RCVBUF, &much, sizeof much), 0);
}

/* Sends one message; returns when it was acked and the reader has it. How long the reader waited. */
static int64_t exchange_one(void)
{
    char *cmid = new_cmid();
    int64_t began = clock_mono_ms(), seq = 0, seen = 0;
    ws_client_send(sender, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"%s\"}", cmid, room, body);
    struct jval *ack = ws_client_wait(sender, "ack", WAIT_MS);
    cr_assert(ack && jval_get_int(ack, "seq", &seq), "no ack");
    while (seen < seq) {
        struct jval *e = ws_client_wait(reader, "event", WAIT_MS);
        cr_assert(e && jval_get_int(e, "seq", &seen), "%lld is not delivered", (long long)seq);
        jval_free(e);
    }
    jval_free(ack);
    free(cmid);
    return clock_mono_ms() - began;
}

static bool all_closed(void *arg)
{
    (void)arg;
    return metric("parley_ws_slow_total") >= STUCK && metric("parley_gateway_sessions") == 2;
}

Test(slow_client, fifty_who_do_not_read_are_closed_in_time_and_nobody_else_feels_them)
{
    static struct ws_client *stuck[STUCK];
    for (int i = 0; i < STUCK; i++)
        stuck[i] = stuck_client(i);
    exchange_one();
    int64_t before = metric("process_resident_memory_bytes"), most = 0, worst = 0;
    for (int i = 0; i < ENOUGH; i++) {
        int64_t ms = exchange_one();
        worst = ms > worst ? ms : worst;
        int64_t queued = i % 20 == 0 ? metric("parley_ws_queued_bytes") : 0;
        most = queued > most ? queued : most;
    }
    int64_t full_ms = clock_mono_ms();
    cr_expect_geq(most, STUCK * (int64_t)BOUND / 4, "%lld: they are stuck", (long long)most);
    cr_expect_leq(most, STUCK * (int64_t)BOUND, "%lld bytes queued", (long long)most);
    int64_t grown = metric("process_resident_memory_bytes") - before;
    cr_expect_leq(grown, STUCK * (int64_t)STUCK_COST, "%lld bytes more", (long long)grown);
    /* Whoever is stuck has been since before full_ms. */
    while (!all_closed(NULL) && clock_mono_ms() - full_ms < WAIT_MS) {
        int64_t ms = exchange_one();
        worst = ms > worst ? ms : worst;
    }
    cr_expect(all_closed(NULL), "%lld closed", (long long)metric("parley_ws_slow_total"));
    cr_expect_leq(clock_mono_ms() - full_ms, STALL_MS + LATE_MS + 2000, "their closing took too long");
    cr_expect_leq(worst, OTHERS_MS, "a delivery took %lld ms", (long long)worst);
    cr_expect_eq(metric("parley_ws_queued_bytes"), 0, "nothing stays queued");
    for (int i = 0; i < STUCK; i++)
        ws_client_close(&stuck[i]);
}

/* It reads again when it is told to go: the close frame comes behind what the kernel had. */
Test(slow_client, a_stuck_client_that_wakes_up_is_told_4008)
{
    struct ws_client *c = idle_client(0);
    for (int i = 0; i < ENOUGH / 4; i++)
        exchange_one();
    int64_t deadline = clock_mono_ms() + WAIT_MS;
    while (metric("parley_ws_slow_total") < 1 && clock_mono_ms() < deadline)
        exchange_one();
    cr_expect_eq(ws_client_wait_close(c, WAIT_MS), 4008);
    ws_client_close(&c);
}

static void type(bool on)
{
    ws_client_send(sender, "{\"t\":\"typing\",\"room\":\"%s\",\"on\":%s}", room, on ? "true" : "false");
    struct jval *t = ws_client_wait(reader, "typing", WAIT_MS);
    cr_assert_not_null(t, "who reads sees typing");
    jval_free(t);
}

/* Until a metric is at least this. */
static void exchange_until(const char *name, int64_t least)
{
    for (int i = 0; metric(name) < least; i++) {
        cr_assert_lt(i, ENOUGH, "%s stays at %lld", name, (long long)metric(name));
        exchange_one();
    }
}

struct seen {
    int64_t last, head; /* seq of the last event, told head */
    int typing, gaps;
};

static void look(struct seen *seen, const struct jval *v)
{
    struct str t = {0};
    int64_t seq = 0;
    jval_get_str(v, "t", &t);
    if (str_is(t, "event") && jval_get_int(v, "seq", &seq)) {
        seen->gaps += seen->last > 0 && seq != seen->last + 1;
        seen->last = seq;
    } else if (str_is(t, "head")) {
        jval_get_int(jval_get(v, "rooms"), room, &seen->head);
    } else if (str_is(t, "typing")) {
        seen->typing++;
    }
}

Test(slow_client, at_half_it_loses_typing_at_three_quarters_events_and_then_hears_where_the_room_stands)
{
    struct ws_client *c = stuck_client(0);
    struct seen seen = {0};
    type(true);
    /* Those who read may have a message or two queued at that moment, too. */
    exchange_until("parley_ws_queued_bytes", BOUND / 2 + 4 * BODY);
    int64_t left_out = metric("parley_gateway_left_out_total");
    type(false);
    cr_expect_eq(metric("parley_gateway_left_out_total"), left_out + 1, "typing is left out at half");
    exchange_until("parley_ws_queued_bytes", BOUND / 4 * 3 - 4 * BODY);
    left_out = metric("parley_gateway_left_out_total");
    for (int i = 0; i < 20; i++)
        exchange_one();
    cr_expect_geq(metric("parley_gateway_left_out_total"), left_out + 10, "events are left out at three quarters");
    cr_expect_leq(metric("parley_ws_queued_bytes"), BOUND / 4 * 3 + 2 * BODY, "and take no room");
    reads_again(c);
    struct jval *v;
    while (!seen.head && (v = ws_client_next(c, WAIT_MS))) {
        look(&seen, v);
        jval_free(v);
    }
    cr_expect_eq(seen.gaps, 0, "what it got is without a gap");
    cr_expect_eq(seen.typing, 1, "the one from before");
    cr_expect_gt(seen.head, seen.last, "and the rest is announced");
    cr_expect_eq(metric("parley_ws_slow_total"), 0);
    ws_client_close(&c);
}

static bool is_slow(void *arg)
{
    (void)arg;
    return metric("parley_ws_slow_total") >= 1;
}

/* Answers are not left out: what it asked for and does not take fills the queue, and that is the end at once. */
Test(slow_client, one_who_asks_and_does_not_read_is_closed_when_its_queue_is_full)
{
    struct ws_client *c = stuck_client(0);
    for (int i = 0; i < 60; i++)
        exchange_one();
    int64_t began = clock_mono_ms();
    for (int i = 0; i < 100; i++)
        ws_client_send(c, "{\"t\":\"fetch\",\"room\":\"%s\",\"after\":0,\"limit\":200}", room);
    cr_expect(stack_until(is_slow, NULL, WAIT_MS));
    cr_expect_lt(clock_mono_ms() - began, STALL_MS / 2, "not only when it has stalled for long");
    ws_client_close(&c);
}
