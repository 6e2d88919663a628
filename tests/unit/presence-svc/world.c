/* A loop, a private Redis and a bus for a test. */
#include "world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "clock.h"

enum { DEADLINE_MS = 20000 };

struct world w;

static struct timer *tick;
static bool (*condition)(void);
static int64_t end_ms;

static void on_tick(void *arg)
{
    (void)arg;
    if (condition())
        loop_stop(w.loop);
    else if (clock_mono_ms() > end_ms)
        cr_fatal("not within the deadline");
}

void world_until(bool (*until)(void))
{
    condition = until;
    end_ms = clock_mono_ms() + DEADLINE_MS;
    timer_start(tick, 0, 2);
    loop_run(w.loop);
    timer_stop(tick);
}

static bool is_ready(void)
{
    return bus_ready(w.bus);
}

static void on_change(void *arg, int64_t user)
{
    (void)arg;
    w.changes++;
    w.changed_user = user;
}

void world_begin(void)
{
    w = (struct world){0};
    w.redis = redis_server_start(NULL);
    struct bus_config config = {.url = redis_server_url(w.redis), .name = "test"};
    cr_assert(eq(int, loop_create(&w.loop), 0));
    timer_make(&tick, w.loop, on_tick, NULL);
    metrics_create(&w.metrics);
    cr_assert(eq(int, bus_create(&w.bus, w.loop, &config, w.metrics), 0));
    rpc_create(&w.rpc, w.loop, w.bus, "00000000000000aa", w.metrics);
    presence_create(&w.presence, w.bus, w.metrics);
    presence_on_change(w.presence, on_change, NULL);
    world_until(is_ready);
}

void world_close_bus(void)
{
    rpc_destroy(&w.rpc);
    bus_destroy(&w.bus);
}

void world_end(void)
{
    world_close_bus();
    presence_destroy(&w.presence);
    timer_destroy(&tick);
    loop_destroy(&w.loop);
    metrics_destroy(&w.metrics);
    redis_server_stop(&w.redis);
}

static bool done;

static bool is_done(void)
{
    return done;
}

static void on_set(void *arg, int err)
{
    (void)arg;
    cr_expect(eq(int, err, 0));
    done = true;
}

void world_set(int64_t user, const char *gateway, const char *conn, enum presence_state state, const char *id)
{
    done = false;
    cr_assert(
        eq(int, presence_set(w.presence, user, str_of(gateway), str_of(conn), state, str_of(id), on_set, NULL), 0));
    world_until(is_done);
}

static struct presence_user seen;

static void on_read(void *arg, int err, const struct presence_user *user)
{
    (void)arg;
    cr_expect(eq(int, err, 0));
    seen = *user;
    done = true;
}

struct presence_user world_read(int64_t user)
{
    done = false;
    cr_assert(eq(int, presence_read(w.presence, user, on_read, NULL), 0));
    world_until(is_done);
    return seen;
}

void world_command(const char *command)
{
    free(redis_server_command(w.redis, command));
}

void world_expect(const char *command, const char *answer)
{
    char *said = redis_server_command(w.redis, command);
    cr_expect_str_eq(said, answer, "%s: %s", command, said);
    free(said);
}
