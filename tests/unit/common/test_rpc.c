/* Requests between processes, both ends against a real Redis. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "err.h"
#include "redis_server.h"
#include "rpc.h"

enum { DEADLINE_MS = 20000, MAX_HELD = 64 };

static struct world {
    struct redis_server *redis;
    struct loop *loop;
    struct timer *tick;
    struct bus *bus;
    struct rpc *rpc;
    struct rpc_server *server;
    struct metrics *metrics;
    int64_t end_ms;
    bool (*until)(void);
    int done, errs, last_err;
    char body[512];
    int pushes;
    char push[256];
    int served;
    struct rpc_request *held[MAX_HELD]; /* asked, not answered yet */
    int held_n;
} w;

static void on_tick(void *arg)
{
    (void)arg;
    if (w.until())
        loop_stop(w.loop);
    else if (clock_mono_ms() > w.end_ms)
        cr_fatal("not within the deadline: done %d errs %d served %d held %d", w.done, w.errs, w.served, w.held_n);
}

static void run_until(bool (*until)(void))
{
    w.until = until;
    w.end_ms = clock_mono_ms() + DEADLINE_MS;
    timer_start(w.tick, 0, 2);
    loop_run(w.loop);
    timer_stop(w.tick);
}

static bool is_ready(void)
{
    return bus_ready(w.bus);
}
static bool one_done(void)
{
    return w.done == 1;
}
static bool two_done(void)
{
    return w.done == 2;
}
static bool one_held(void)
{
    return w.held_n == 1;
}
static bool some_time(void)
{
    return clock_mono_ms() > w.end_ms - DEADLINE_MS + 300;
}

static void on_done(void *arg, int err, struct str body)
{
    (void)arg;
    w.done++;
    w.errs += err != 0;
    w.last_err = err;
    snprintf(w.body, sizeof w.body, "%.*s", (int)body.n, body.p);
}

/* ---- a service ---- */

static void call_echo(void *service, struct rpc_request *req)
{
    const struct caller *c = rpc_caller(req);
    struct str word = STR("");
    struct buf out = {0};
    (void)service;
    w.served++;
    jval_get_str(rpc_args(req), "word", &word);
    buf_printf(&out, "{\"word\":\"%.*s\",\"user\":%lld,\"from\":\"%.*s/%.*s/%.*s/%.*s\"}", (int)word.n, word.p,
               (long long)c->user, (int)c->session.n, c->session.p, (int)c->address.n, c->address.p, (int)c->agent.n,
               c->agent.p, (int)c->trace.n, c->trace.p);
    rpc_reply(req, buf_view(&out));
    buf_fini(&out);
}

static void call_refuse(void *service, struct rpc_request *req)
{
    (void)service;
    w.served++;
    rpc_fail(req, ERR_ROOM_NOT_FOUND, "no room 7");
}

static void call_hold(void *service, struct rpc_request *req)
{
    (void)service;
    w.served++;
    cr_assert(lt(int, w.held_n, MAX_HELD));
    w.held[w.held_n++] = req;
}

static const struct rpc_row rows[] = {{"echo", call_echo}, {"refuse", call_refuse}, {"hold", call_hold}};

static void serve(size_t max_open)
{
    rpc_server_create(&w.server, w.loop, w.bus, "thing", "00000000000000bb", rows, 3, max_open, NULL, w.metrics);
}

static void begin(void)
{
    w = (struct world){0};
    w.redis = redis_server_start(NULL);
    cr_assert(eq(int, loop_create(&w.loop), 0));
    timer_make(&w.tick, w.loop, on_tick, NULL);
    metrics_create(&w.metrics);
    struct bus_config config = {.url = redis_server_url(w.redis), .name = "test"};
    cr_assert(eq(int, bus_create(&w.bus, w.loop, &config, w.metrics), 0));
    rpc_create(&w.rpc, w.loop, w.bus, "00000000000000aa", w.metrics);
    run_until(is_ready);
}

static void end(void)
{
    rpc_server_destroy(&w.server);
    rpc_destroy(&w.rpc);
    bus_destroy(&w.bus);
    metrics_destroy(&w.metrics);
    timer_destroy(&w.tick);
    loop_destroy(&w.loop);
    redis_server_stop(&w.redis);
}

static int ask(const char *call, const char *args, unsigned deadline_ms)
{
    struct caller caller = {
        .user = 7, .session = STR("s"), .address = STR("127.0.0.1"), .agent = STR("two words"), .trace = STR("t-1")};
    return rpc_call(w.rpc, "thing", call, &caller, str_of(args), deadline_ms, on_done, NULL);
}

static void expect_metric(const char *line)
{
    struct buf out = {0};
    metrics_write(w.metrics, &out);
    cr_expect(strstr(buf_c(&out), line) != NULL, "%s not in:\n%s", line, buf_c(&out));
    buf_fini(&out);
}

TestSuite(rpc, .init = begin, .fini = end, .timeout = 60);

Test(rpc, a_request_is_answered_with_who_asked_passed_along)
{
    serve(100);
    cr_assert(eq(int, ask("echo", "{\"word\":\"hi\"}", 5000), 0));
    cr_expect(eq(int, w.done, 0), "never before the call returns");
    run_until(one_done);
    cr_expect(eq(int, w.last_err, 0));
    cr_expect_str_eq(w.body, "{\"word\":\"hi\",\"user\":7,\"from\":\"s/127.0.0.1/two words/t-1\"}");
    expect_metric("parley_rpc_served_total{call=\"echo\",code=\"ok\"} 1");
}

Test(rpc, a_deadline_means_the_same_to_machines_whose_clocks_differ)
{
    serve(100);
    ask("echo", "{}", 5000);
    run_until(one_done);
    clock_fake(clock_wall_ms() - 3600000, clock_mono_ms());
    ask("echo", "{}", 5000);
    clock_fake(-1, 0);
    run_until(two_done);
    cr_expect(eq(int, w.last_err, 0), "the asker's clock is an hour late");
    cr_expect(eq(int, w.served, 2));
}

Test(rpc, an_error_arrives_with_its_code_and_detail)
{
    serve(100);
    ask("refuse", "{}", 5000);
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_ROOM_NOT_FOUND));
    cr_expect_str_eq(w.body, "no room 7");
    expect_metric("parley_rpc_served_total{call=\"refuse\",code=\"room_not_found\"} 1");
}

Test(rpc, an_unknown_call_and_bad_arguments_are_refused)
{
    serve(100);
    ask("nothing", "{}", 5000);
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_UNKNOWN_OP));
    ask("echo", "[1]", 5000);
    run_until(two_done);
    cr_expect(eq(int, w.last_err, ERR_BAD_JSON));
    cr_expect(eq(int, w.served, 0));
}

Test(rpc, nobody_there_is_a_timeout_and_the_request_is_not_served_later)
{
    ask("echo", "{}", 200);
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_TIMEOUT));
    serve(100);
    ask("refuse", "{}", 5000);
    run_until(two_done);
    cr_expect(eq(int, w.served, 1), "the expired one is dropped");
    expect_metric("parley_rpc_expired_total 1");
}

Test(rpc, requests_are_deleted_from_the_stream)
{
    serve(100);
    ask("echo", "{}", 5000);
    run_until(one_done);
    char *n = redis_server_command(w.redis, "XLEN rpc:{thing}");
    cr_expect_str_eq(n, "0");
    free(n);
}

enum { MANY = 40 };

static bool many_done(void)
{
    return w.done == MANY;
}

/* Answer what is held, a few at a time, and never see more than the bound. */
static bool answer_some(void)
{
    cr_assert(le(int, (int)w.held_n, 8));
    while (w.held_n > 0)
        rpc_reply(w.held[--w.held_n], STR("{}"));
    return many_done();
}

static bool held_stops_growing(void)
{
    return w.held_n > 4 && some_time();
}

Test(rpc, at_most_max_open_requests_are_in_hand)
{
    serve(8);
    for (int i = 0; i < MANY; i++)
        cr_assert(eq(int, ask("hold", "{}", 15000), 0));
    run_until(held_stops_growing);
    cr_expect(le(int, w.held_n, 8));
    cr_expect(le(sz, rpc_server_open(w.server), 8));
    run_until(answer_some);
    cr_expect(eq(int, w.errs, 0));
    cr_expect(eq(int, w.served, MANY));
}

static bool server_drained(void)
{
    return rpc_server_open(w.server) == 0;
}

Test(rpc, a_paused_server_finishes_what_it_has_and_takes_no_more)
{
    serve(100);
    ask("hold", "{}", 15000);
    run_until(one_held);
    rpc_server_pause(w.server);
    run_until(some_time);
    cr_expect(eq(sz, rpc_server_open(w.server), 1));
    ask("echo", "{}", 300);
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_TIMEOUT));
    rpc_reply(w.held[0], STR("{\"late\":1}"));
    run_until(two_done);
    cr_expect_str_eq(w.body, "{\"late\":1}");
    run_until(server_drained);
}

Test(rpc, an_answer_after_the_server_went_is_dropped)
{
    serve(100);
    ask("hold", "{}", 300);
    run_until(one_held);
    rpc_server_destroy(&w.server);
    rpc_reply(w.held[0], STR("{}"));
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_TIMEOUT));
}

Test(rpc, a_reference_is_answered_like_a_call)
{
    char ref[32];
    cr_assert(eq(int, rpc_expect(w.rpc, 5000, on_done, NULL, ref), 0));
    rpc_answer(w.bus, rpc_inbox(w.rpc), str_of(ref), ERR_ROOM_FULL, STR("full"));
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_ROOM_FULL));
    cr_expect_str_eq(w.body, "full");
}

Test(rpc, a_forgotten_reference_is_never_called)
{
    char ref[32];
    rpc_expect(w.rpc, 5000, on_done, NULL, ref);
    rpc_forget(w.rpc, ref);
    rpc_answer(w.bus, rpc_inbox(w.rpc), str_of(ref), 0, STR("{}"));
    run_until(some_time);
    cr_expect(eq(int, w.done, 0));
    expect_metric("parley_rpc_late_total 1");
}

static void on_push(void *arg, struct str channel, struct str payload)
{
    (void)arg;
    (void)channel;
    w.pushes++;
    snprintf(w.push, sizeof w.push, "%.*s", (int)payload.n, payload.p);
}

static bool one_push(void)
{
    return w.pushes == 1;
}

Test(rpc, what_is_no_answer_goes_to_the_push_function)
{
    rpc_on_push(w.rpc, on_push, NULL);
    bus_publish(w.bus, rpc_inbox(w.rpc), STR("S 7a\n{\"t\":\"ack\"}"));
    run_until(one_push);
    cr_expect_str_eq(w.push, "S 7a\n{\"t\":\"ack\"}");
}

Test(rpc, malformed_answers_and_requests_harm_nobody)
{
    static const char *const payloads[] = {"R", "R ", "R x ok\n{}", "R 99999999999999999999 ok\n", "R 1", ""};
    serve(100);
    ask("hold", "{}", 15000);
    run_until(one_held);
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        bus_publish(w.bus, rpc_inbox(w.rpc), str_of(payloads[i]));
    bus_commandf(w.bus, NULL, NULL, "XADD rpc:{thing} * x y");
    bus_commandf(w.bus, NULL, NULL, "XADD rpc:{thing} * c echo f inbox:{a} r -1 d 1 b {}");
    run_until(one_done);
    cr_expect(eq(int, w.last_err, ERR_INTERNAL), "\"R 1\" names the call and no code of the table");
    ask("echo", "{}", 5000);
    run_until(two_done);
    cr_expect(eq(int, w.last_err, 0));
    expect_metric("parley_rpc_malformed_total 2");
    rpc_fail(w.held[0], ERR_INTERNAL, NULL);
}

static bool not_ready(void)
{
    return !bus_ready(w.bus);
}

/* Soon after Redis is back it is seen to have lost its memory, which ends what was asked before that was known; and
 * what was asked before the service had its group again is lost with no word. */
static bool answered_at_last(void)
{
    static int asked;
    if (asked > 0 && w.done == asked && w.last_err == 0)
        return true;
    if (w.done == asked && bus_ready(w.bus) && ask("echo", "{}", 1000) == 0)
        asked++;
    return false;
}

Test(rpc, without_redis_a_call_is_refused_and_later_it_works_again)
{
    serve(100);
    redis_server_kill(w.redis, SIGKILL);
    run_until(not_ready);
    cr_expect(eq(int, ask("echo", "{}", 5000), ERR_UNAVAILABLE));
    redis_server_restart(w.redis);
    run_until(answered_at_last);
    cr_expect(eq(int, w.errs, w.done - 1), "every call ended, and only the last one well");
}

Test(rpc, destroying_ends_open_calls_once)
{
    ask("echo", "{}", 5000);
    ask("echo", "{}", 5000);
    rpc_destroy(&w.rpc);
    cr_expect(eq(int, w.done, 2));
    cr_expect(eq(int, w.last_err, ERR_UNAVAILABLE));
}

static void on_done_ask_again(void *arg, int err, struct str body)
{
    struct caller nobody = {.user = 0};
    on_done(arg, err, body);
    cr_expect(eq(int, rpc_call(w.rpc, "thing", "echo", &nobody, STR("{}"), 5000, on_done, NULL), 0));
}

Test(rpc, a_callback_may_ask_again_even_after_a_timeout)
{
    char ref[32];
    serve(100);
    rpc_expect(w.rpc, 50, on_done_ask_again, NULL, ref);
    run_until(two_done);
    cr_expect(eq(int, w.errs, 1));
}

/* The answer to a call under way may have been published to nobody: its asker is told now, not at the deadline. */
Test(rpc, a_call_open_when_the_inbox_was_lost_ends_at_once_and_may_be_asked_again)
{
    serve(100);
    cr_assert(zero(int, ask("hold", "{}", 15000)));
    run_until(one_held);
    int64_t began = clock_mono_ms();
    free(redis_server_command(w.redis, "CLIENT KILL TYPE pubsub"));
    run_until(one_done);
    cr_assert(eq(int, w.last_err, ERR_UNAVAILABLE));
    cr_assert(clock_mono_ms() - began < 10000);
    rpc_reply(w.held[0], STR("{}"));
    w.held_n = 0;
    run_until(is_ready);
    cr_assert(zero(int, ask("echo", "{}", 15000)));
    run_until(two_done);
    cr_assert(zero(int, w.last_err));
}
