/* Reads two lines of Redis' INFO. */
#include "redis_memory.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

enum { EVERY_MS = 15000, FIRST_MS = 1000 };

struct redis_memory {
    struct bus *bus;
    struct timer *timer;
    struct metric *used, *most;
};

/* Of the line "name:digits\r" in the text. */
static void take(struct str text, const char *name, struct metric *metric)
{
    struct str line, key;
    int64_t value;
    while (text.n > 0) {
        text = str_cut(text, '\n', &line);
        struct str rest = str_cut(line, ':', &key);
        if (rest.n > 0 && rest.p[rest.n - 1] == '\r')
            rest.n--;
        if (str_is(key, name) && str_i64(rest, &value))
            metric_set(metric, value);
    }
}

static void on_info(void *arg, int err, const struct bus_reply *reply)
{
    struct redis_memory *m = arg;
    if (err || bus_type(reply) != BUS_STRING)
        return;
    take(bus_str(reply), "used_memory", m->used);
    take(bus_str(reply), "maxmemory", m->most);
}

static void on_timer(void *arg)
{
    struct redis_memory *m = arg;
    /* Redis that is away is told of elsewhere. */
    (void)bus_commandf(m->bus, on_info, m, "INFO memory");
}

void redis_memory_create(struct redis_memory **memory_r, struct loop *loop, struct bus *bus, struct metrics *metrics)
{
    struct redis_memory *m = xcalloc(1, sizeof(*m));
    m->bus = bus;
    m->used = metrics_gauge(metrics, "parley_redis_memory_bytes", NULL,
                            "What Redis holds, as it says; a cluster: one of its masters.");
    m->most = metrics_gauge(metrics, "parley_redis_memory_max_bytes", NULL,
                            "What it may hold (maxmemory): beyond that it takes nothing more. 0: no bound.");
    timer_make(&m->timer, loop, on_timer, m);
    timer_start(m->timer, FIRST_MS, EVERY_MS);
    *memory_r = m;
}

void redis_memory_stop(struct redis_memory *memory)
{
    timer_destroy(&memory->timer);
}

void redis_memory_destroy(struct redis_memory **memory)
{
    free(*memory);
    *memory = NULL;
}
