/* One question to a service, on a loop of its own. */
#include "rpc_asker.h"

#include <criterion/criterion.h>

#include "alloc.h"
#include "clock.h"
#include "metrics.h"
#include "rpc.h"

enum { ANSWER_MS = 5000, WAIT_MS = 20000 };

struct question {
    struct loop *loop;
    struct bus *bus;
    struct rpc *rpc;
    const char *service, *call, *args;
    int64_t end_ms;
    bool asked;
    struct buf answer;
};

static void on_answer(void *arg, int err, struct str body)
{
    struct question *q = arg;
    if (err != 0)
        buf_printf(&q->answer, "error %d", err);
    else
        buf_str(&q->answer, body);
    loop_stop(q->loop);
}

/* Redis may not be connected yet. */
static void on_tick(void *arg)
{
    struct question *q = arg;
    const struct caller nobody = {0};
    cr_assert_lt(clock_mono_ms(), q->end_ms, "no answer to %s %s", q->call, q->args);
    if (!q->asked && bus_ready(q->bus))
        q->asked = rpc_call(q->rpc, q->service, q->call, &nobody, str_of(q->args), ANSWER_MS, on_answer, q) == 0;
}

char *rpc_ask(const char *redis_url, const char *service, const char *call, const char *args)
{
    struct question q = {.service = service, .call = call, .args = args, .end_ms = clock_mono_ms() + WAIT_MS};
    struct metrics *metrics;
    struct timer *tick;
    cr_assert_eq(loop_create(&q.loop), 0);
    metrics_create(&metrics);
    const struct bus_config config = {.url = redis_url, .name = "test"};
    cr_assert_eq(bus_create(&q.bus, q.loop, &config, metrics), 0);
    rpc_create(&q.rpc, q.loop, q.bus, "00000000000000aa", metrics);
    timer_make(&tick, q.loop, on_tick, &q);
    timer_start(tick, 0, 10);
    loop_run(q.loop);
    timer_destroy(&tick);
    rpc_destroy(&q.rpc);
    bus_destroy(&q.bus);
    metrics_destroy(&metrics);
    loop_destroy(&q.loop);
    char *text = xstrdup(buf_c(&q.answer));
    buf_fini(&q.answer);
    return text;
}
