/* Dead gateways, in a real Redis. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "expiry.h"
#include "world.h"

/* A gateway is dead after this; the looks come every 3 s. */
enum { DEAD_MS = 1000, USERS = 250 };

static struct expiry *expiry, *other;

static void begin(void)
{
    world_begin();
    expiry_create(&expiry, w.loop, w.bus, w.presence, DEAD_MS, w.metrics);
}

static void end(void)
{
    bus_on_state(w.bus, NULL, NULL);
    expiry_stop(expiry);
    if (other)
        expiry_stop(other);
    world_close_bus();
    expiry_destroy(&expiry);
    expiry_destroy(&other);
    world_end();
}

static void beat(const char *gateway, int64_t wall_ms)
{
    char command[120];
    snprintf(command, sizeof command, "ZADD gateways:{presence} %lld %s", (long long)wall_ms, gateway);
    world_command(command);
}

static bool answer_is(const char *command, const char *answer)
{
    char *said = redis_server_command(w.redis, command);
    bool same = strcmp(said, answer) == 0;
    free(said);
    return same;
}

static bool nobody_at_a(void)
{
    return answer_is("EXISTS presence-of:{a} dying:{presence}", "0");
}

TestSuite(expiry, .init = begin, .fini = end, .timeout = 60);

Test(expiry, users_of_a_gateway_that_stopped_beating_go_offline)
{
    char id[8];
    int64_t user;
    beat("a", clock_wall_ms());
    beat("b", clock_wall_ms() + 1000000);
    for (user = 1; user <= USERS; user++) {
        snprintf(id, sizeof id, "%d-0", (int)user);
        world_set(user, "a", "1", PRESENCE_ONLINE, id);
    }
    world_set(1, "b", "1", PRESENCE_AWAY, "1-0");
    cr_expect(eq(int, w.changes, USERS));
    world_until(nobody_at_a);
    cr_expect(eq(int, (int)world_read(1).state, PRESENCE_AWAY));
    for (user = 2; user <= USERS; user++)
        cr_expect(eq(int, (int)world_read(user).state, PRESENCE_OFFLINE), "user %d", (int)user);
    cr_expect(gt(i64, world_read(2).seen, 0));
    cr_expect(eq(int, w.changes, 2 * USERS), "each is published");
    world_expect("ZRANGE watched:{presence} 0 -1", "b");
    world_expect("ZRANGE gateways:{presence} 0 -1", "b");
}

Test(expiry, a_gateway_that_never_beat_is_dead_too)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(nobody_at_a);
    cr_expect(eq(int, (int)world_read(7).state, PRESENCE_OFFLINE));
}

Test(expiry, two_replicas_do_it_as_one)
{
    expiry_create(&other, w.loop, w.bus, w.presence, DEAD_MS, w.metrics);
    for (int64_t user = 1; user <= 50; user++)
        world_set(user, "a", "1", PRESENCE_ONLINE, "1-0");
    world_until(nobody_at_a);
    cr_expect(eq(int, w.changes, 100), "each user changed once");
}

static bool a_is_dying_or_dead(void)
{
    return answer_is("EXISTS watched:{presence}", "0");
}

static bool nothing_dies(void)
{
    return answer_is("EXISTS dying:{presence}", "0");
}

Test(expiry, what_a_gateway_says_after_it_was_given_up_stays)
{
    char id[32];
    world_set(7, "a", "1", PRESENCE_ONLINE, "1-0");
    world_set(8, "a", "2", PRESENCE_ONLINE, "1-1");
    world_until(a_is_dying_or_dead);
    /* It was only slow: it beats, is new to Redis, and tells of its connections again. */
    beat("a", clock_wall_ms() + 1000000);
    snprintf(id, sizeof id, "%lld-0", (long long)clock_wall_ms() + 1);
    world_set(7, "a", "1", PRESENCE_ONLINE, id);
    world_until(nothing_dies);
    cr_expect(eq(int, (int)world_read(7).state, PRESENCE_ONLINE));
    cr_expect(eq(int, (int)world_read(8).state, PRESENCE_OFFLINE));
    world_expect("SMEMBERS presence-of:{a}", "7");
    world_expect("ZRANGE watched:{presence} 0 -1", "a");
}
