/* Runs one process's bus for a test. */
#include "bus_world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "clock.h"

struct world w;

static void on_tick(void *arg)
{
    (void)arg;
    if (w.until(&w))
        loop_stop(w.loop);
    else if (clock_mono_ms() > w.end_ms)
        cr_fatal("not within the deadline: ready %d epoch %d replies %d confirmed %d messages %d entries %d", w.ready,
                 (int)w.epoch, w.replies, w.confirmed, w.messages, w.entries);
}

static void on_state(void *arg, bool ready, uint64_t epoch)
{
    (void)arg;
    w.ready = ready;
    w.epoch = epoch;
}

void world_begin(void)
{
    w = (struct world){0};
    cr_assert(eq(int, loop_create(&w.loop), 0));
    timer_make(&w.tick, w.loop, on_tick, NULL);
}

void world_connect(const char *url, size_t max_in_flight)
{
    struct bus_config config = {.url = url, .name = "test", .max_in_flight = max_in_flight};
    cr_assert(eq(int, bus_create(&w.bus, w.loop, &config, NULL), 0));
    bus_on_state(w.bus, on_state, NULL);
}

void world_end(void)
{
    bus_reader_destroy(&w.reader);
    bus_destroy(&w.bus);
    timer_destroy(&w.tick);
    loop_destroy(&w.loop);
}

void run_until(bool (*until)(struct world *w))
{
    w.until = until;
    w.end_ms = clock_mono_ms() + WORLD_DEADLINE_MS;
    timer_start(w.tick, 0, 2);
    loop_run(w.loop);
    timer_stop(w.tick);
}

bool is_ready(struct world *x)
{
    return x->ready;
}

bool is_not_ready(struct world *x)
{
    return !x->ready;
}

void on_confirmed(void *arg, int err)
{
    (void)arg;
    w.confirmed += err == 0;
    w.confirm_errs += err != 0;
}
