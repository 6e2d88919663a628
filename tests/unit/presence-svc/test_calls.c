/* The calls of presence-svc, asked over a real Redis; msg-svc is played here. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "err.h"
#include "presence_svc.h"
#include "world.h"

static struct presence_svc svc;
static struct rpc_server *msg;
static bool msg_is_there, hides;
static char peers_args[8192];
static int answered, last_err;
static char answer[16384];

/* Everybody with an even number, which is also the version of his profile, shares a room with everybody; and one more
 * that nobody asked about. */
static void call_peers(void *service, struct rpc_request *req)
{
    const struct jval *users = jval_get(rpc_args(req), "users");
    struct buf out = {0}, rest = {0}, hide = {0};
    (void)service;
    snprintf(peers_args, sizeof peers_args, "%d:%d", (int)rpc_caller(req)->user, (int)jval_count(users));
    if (!msg_is_there) {
        rpc_fail(req, ERR_UNAVAILABLE, NULL);
        return;
    }
    buf_cstr(&out, "{\"users\":[\"1000\"");
    buf_cstr(&rest, "],\"profiles\":[1");
    buf_cstr(&hide, "],\"hide\":[false");
    for (size_t i = 0; i < jval_count(users); i++) {
        struct str id = STR("1");
        jval_str(jval_at(users, i), &id);
        if ((id.p[id.n - 1] - '0') % 2 == 0) {
            buf_printf(&out, ",\"%.*s\"", (int)id.n, id.p);
            buf_printf(&rest, ",%.*s", (int)id.n, id.p);
            buf_cstr(&hide, hides ? ",true" : ",false");
        }
    }
    buf_str(&out, buf_view(&rest));
    buf_str(&out, buf_view(&hide));
    buf_cstr(&out, "]}");
    buf_fini(&rest);
    buf_fini(&hide);
    rpc_reply(req, buf_view(&out));
    buf_fini(&out);
}

static const struct rpc_row msg_rows[] = {{"peers", call_peers}};

static void begin(void)
{
    world_begin();
    answered = 0;
    msg_is_there = true;
    hides = false;
    svc = (struct presence_svc){.process = {.loop = w.loop, .bus = w.bus, .rpc = w.rpc}, .presence = w.presence};
    rpc_server_create(&svc.server, w.loop, w.bus, "presence", "00000000000000dd", presence_calls, presence_calls_count,
                      10, &svc, w.metrics);
    rpc_server_create(&msg, w.loop, w.bus, "msg", "00000000000000cc", msg_rows, 1, 100, NULL, NULL);
}

static void end(void)
{
    rpc_server_destroy(&msg);
    rpc_server_destroy(&svc.server);
    if (svc.publisher)
        publisher_stop(svc.publisher);
    world_close_bus();
    publisher_destroy(&svc.publisher);
    world_end();
}

static void on_answer(void *arg, int err, struct str body)
{
    (void)arg;
    answered++;
    last_err = err;
    snprintf(answer, sizeof answer, "%.*s", (int)body.n, body.p);
}

static bool is_answered(void)
{
    return answered > 0;
}

/* Ask and wait; the error. */
static int ask(const char *call, int64_t user, const char *args)
{
    struct caller caller = {.user = user};
    answered = 0;
    cr_assert(eq(int, rpc_call(w.rpc, "presence", call, &caller, str_of(args), 10000, on_answer, NULL), 0));
    world_until(is_answered);
    return last_err;
}

TestSuite(calls, .init = begin, .fini = end, .timeout = 60);

Test(calls, set_and_query_agree)
{
    cr_expect(eq(int, ask("set", 4, "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"online\"}"), 0));
    cr_expect_str_eq(answer, "{}");
    cr_expect(eq(int, ask("set", 6, "{\"gateway\":\"aa\",\"conn\":\"2\",\"state\":\"away\"}"), 0));
    cr_expect(eq(int, ask("query", 4, "{\"users\":\"4,6,8\"}"), 0));
    cr_expect_str_eq(answer, "{\"users\":[{\"user\":\"4\",\"state\":\"online\",\"profile\":4},"
                             "{\"user\":\"6\",\"state\":\"away\",\"profile\":6},"
                             "{\"user\":\"8\",\"state\":\"offline\",\"profile\":8}]}");
    cr_expect_str_eq(peers_args, "4:3", "asked of msg-svc in the caller's name");
}

Test(calls, who_was_there_has_a_last_seen)
{
    char expected[128];
    ask("set", 4, "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"online\"}");
    ask("set", 4, "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"offline\"}");
    cr_expect(eq(int, ask("query", 6, "{\"users\":\"4\"}"), 0));
    snprintf(expected, sizeof expected,
             "{\"users\":[{\"user\":\"4\",\"state\":\"offline\",\"last_seen\":%lld,\"profile\":4}]}",
             (long long)world_read(4).seen);
    cr_expect_str_eq(answer, expected);
    hides = true;
    cr_expect(eq(int, ask("query", 6, "{\"users\":\"4\"}"), 0));
    cr_expect_str_eq(answer, "{\"users\":[{\"user\":\"4\",\"state\":\"offline\",\"profile\":4}]}");
}

Test(calls, query_leaves_out_who_shares_no_room)
{
    ask("set", 5, "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"online\"}");
    cr_expect(eq(int, ask("query", 4, "{\"users\":\"5\"}"), 0));
    cr_expect_str_eq(answer, "{\"users\":[]}");
}

Test(calls, query_takes_two_hundred_and_no_more)
{
    struct buf args = {0};
    buf_cstr(&args, "{\"users\":\"2");
    for (int i = 2; i <= 200; i++)
        buf_printf(&args, ",%d", 2 * i);
    struct buf more = {0};
    buf_str(&more, buf_view(&args));
    buf_cstr(&args, "\"}");
    buf_cstr(&more, ",402\"}");
    cr_expect(eq(int, ask("query", 4, buf_c(&args)), 0));
    cr_expect(strstr(answer, "\"400\"") != NULL);
    cr_expect(eq(int, ask("query", 4, buf_c(&more)), ERR_BAD_REQUEST));
    buf_fini(&args);
    buf_fini(&more);
}

Test(calls, bad_arguments_are_refused)
{
    static const char *const bad[] = {
        "{}",
        "{\"gateway\":\"aa\",\"conn\":\"1\"}",
        "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"busy\"}",
        "{\"gateway\":\"a:a\",\"conn\":\"1\",\"state\":\"away\"}",
        "{\"gateway\":\"aa\",\"conn\":\"1 2\",\"state\":\"away\"}",
        "{\"gateway\":\"aa\",\"conn\":1,\"state\":\"away\"}",
        "{\"gateway\":\"\",\"conn\":\"1\",\"state\":\"away\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(eq(int, ask("set", 4, bad[i]), ERR_BAD_REQUEST), "%s", bad[i]);
    cr_expect(eq(int, ask("set", 0, "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"online\"}"), ERR_BAD_REQUEST));
    cr_expect(eq(int, ask("query", 4, "{}"), ERR_BAD_REQUEST));
    cr_expect(eq(int, ask("query", 4, "{\"users\":\"\"}"), ERR_BAD_REQUEST));
    cr_expect(eq(int, ask("query", 4, "{\"users\":[\"4\"]}"), ERR_BAD_REQUEST));
    cr_expect(eq(int, ask("query", 4, "{\"users\":\"4,x\"}"), ERR_BAD_REQUEST));
    cr_expect(eq(int, ask("query", 0, "{\"users\":\"4\"}"), ERR_UNAUTHORIZED));
    world_expect("KEYS presence*", "");
}

Test(calls, a_changed_profile_is_taken_from_a_person_only)
{
    publisher_create(&svc.publisher, w.loop, w.bus, w.rpc, w.presence, w.metrics);
    cr_expect(eq(int, ask("changed", 4, "{}"), 0));
    cr_expect_str_eq(answer, "{}");
    cr_expect(eq(sz, publisher_pending(svc.publisher), 1));
    cr_expect(eq(int, ask("changed", 0, "{}"), ERR_BAD_REQUEST));
}

Test(calls, without_msg_svc_a_query_fails_and_a_set_works)
{
    msg_is_there = false;
    cr_expect(eq(int, ask("query", 4, "{\"users\":\"4\"}"), ERR_UNAVAILABLE));
    cr_expect(eq(int, ask("set", 4, "{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"online\"}"), 0));
}

Test(calls, ending_in_the_middle_of_calls_leaks_nothing)
{
    struct caller caller = {.user = 4};
    answered = 0;
    rpc_call(w.rpc, "presence", "query", &caller, STR("{\"users\":\"4\"}"), 10000, on_answer, NULL);
    rpc_call(w.rpc, "presence", "set", &caller, STR("{\"gateway\":\"aa\",\"conn\":\"1\",\"state\":\"away\"}"), 10000,
             on_answer, NULL);
    world_until(is_answered);
    /* The other may be anywhere between its stream and its answer. */
}
