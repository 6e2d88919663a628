/* Who is there, in a real Redis. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "err.h"
#include "world.h"

static void expect_state(int64_t user, enum presence_state state)
{
    cr_expect(eq(int, (int)world_read(user).state, (int)state), "user %d", (int)user);
}

TestSuite(presence, .init = world_begin, .fini = world_end, .timeout = 60);

Test(presence, a_user_is_as_present_as_his_most_present_device)
{
    world_set(7, "a", "1", PRESENCE_AWAY, "1000-0");
    expect_state(7, PRESENCE_AWAY);
    world_set(7, "b", "1", PRESENCE_ONLINE, "1000-1");
    expect_state(7, PRESENCE_ONLINE);
    world_set(7, "b", "1", PRESENCE_AWAY, "1000-2");
    expect_state(7, PRESENCE_AWAY);
    world_set(7, "b", "1", PRESENCE_OFFLINE, "1000-3");
    expect_state(7, PRESENCE_AWAY);
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-4");
    expect_state(7, PRESENCE_OFFLINE);
    cr_expect(eq(int, w.changes, 4));
}

Test(presence, a_change_that_changes_nothing_for_others_is_none)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_set(7, "a", "2", PRESENCE_ONLINE, "1000-1");
    world_set(7, "a", "2", PRESENCE_OFFLINE, "1000-2");
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-3");
    cr_expect(eq(int, w.changes, 1));
    cr_expect(eq(i64, w.changed_user, 7));
}

Test(presence, last_seen_is_set_when_the_last_device_goes)
{
    cr_expect(eq(i64, world_read(7).seen, 0));
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    cr_expect(eq(i64, world_read(7).seen, 0));
    int64_t before = clock_wall_ms();
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-1");
    int64_t seen = world_read(7).seen;
    cr_expect(ge(i64, seen, before));
    cr_expect(le(i64, seen, clock_wall_ms()));
}

Test(presence, an_older_request_changes_nothing)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-5");
    world_set(7, "a", "1", PRESENCE_AWAY, "1000-4");
    expect_state(7, PRESENCE_ONLINE);
    world_set(7, "a", "1", PRESENCE_AWAY, "999-9");
    expect_state(7, PRESENCE_ONLINE);
    world_set(7, "a", "1", PRESENCE_AWAY, "1000-10");
    expect_state(7, PRESENCE_AWAY);
}

Test(presence, a_late_online_after_the_offline_changes_nothing)
{
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-5");
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-4");
    expect_state(7, PRESENCE_OFFLINE);
    cr_expect(eq(int, w.changes, 0));
}

Test(presence, connections_that_went_are_forgotten_after_a_minute)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_set(7, "a", "2", PRESENCE_OFFLINE, "1000-1");
    world_expect("HLEN presence:{7}", "2");
    world_set(7, "a", "3", PRESENCE_ONLINE, "61001-0");
    world_expect("HEXISTS presence:{7} a:2", "0");
    world_expect("HEXISTS presence:{7} a:1", "1");
}

Test(presence, the_same_again_is_harmless)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-1");
    expect_state(7, PRESENCE_ONLINE);
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-2");
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-2");
    expect_state(7, PRESENCE_OFFLINE);
    cr_expect(eq(int, w.changes, 2));
}

Test(presence, connections_beyond_the_bound_are_not_counted)
{
    char conn[8];
    for (int i = 0; i < 50; i++) {
        snprintf(conn, sizeof conn, "%x", i);
        world_set(7, "a", conn, PRESENCE_AWAY, "1000-0");
    }
    world_set(7, "a", "ffff", PRESENCE_ONLINE, "1000-1");
    expect_state(7, PRESENCE_AWAY);
    world_set(7, "a", "0", PRESENCE_ONLINE, "1000-2");
    expect_state(7, PRESENCE_ONLINE);
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-3");
    world_set(7, "b", "ffff", PRESENCE_ONLINE, "1000-4");
    world_expect("HEXISTS presence:{7} b:ffff", "1");
}

Test(presence, the_index_of_a_gateway_has_who_is_connected_there)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_set(7, "a", "2", PRESENCE_ONLINE, "1000-1");
    world_set(7, "b", "1", PRESENCE_ONLINE, "1000-2");
    world_set(8, "a", "3", PRESENCE_AWAY, "1000-3");
    world_expect("SMEMBERS presence-of:{a}", "7\n8");
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-4");
    world_expect("SISMEMBER presence-of:{a} 7", "1");
    world_set(7, "a", "2", PRESENCE_OFFLINE, "1000-5");
    (void)world_read(7); /* Behind it the index has been looked after. */
    world_expect("SMEMBERS presence-of:{a}", "8");
    world_expect("SMEMBERS presence-of:{b}", "7");
}

Test(presence, who_was_put_back_meanwhile_stays_in_the_index)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    /* Both under way at once, as from two replicas. */
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-1");
    world_set(7, "a", "2", PRESENCE_ONLINE, "1000-2");
    (void)world_read(7);
    world_expect("SMEMBERS presence-of:{a}", "7");
}

Test(presence, who_is_offline_is_forgotten_some_day_and_who_is_online_is_not)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_expect("TTL presence:{7}", "-1");
    world_set(7, "a", "1", PRESENCE_OFFLINE, "1000-1");
    char *ttl = redis_server_command(w.redis, "TTL presence:{7}");
    cr_expect(gt(long, strtol(ttl, NULL, 10), 7000000));
    free(ttl);
    world_set(7, "a", "2", PRESENCE_ONLINE, "1000-2");
    world_expect("TTL presence:{7}", "-1");
}

static int dropped;

static void on_dropped(void *arg, int err)
{
    (void)arg;
    cr_expect(eq(int, err, 0));
    dropped++;
}

static bool one_dropped(void)
{
    return dropped == 1;
}

Test(presence, a_dead_gateways_connections_are_dropped_and_no_newer_ones)
{
    world_set(7, "a", "1", PRESENCE_ONLINE, "1000-0");
    world_set(7, "a", "2", PRESENCE_AWAY, "2000-0");
    world_set(7, "ab", "1", PRESENCE_AWAY, "1000-0");
    dropped = 0;
    cr_assert(eq(int, presence_drop(w.presence, 7, STR("a"), 1500, on_dropped, NULL), 0));
    world_until(one_dropped);
    expect_state(7, PRESENCE_AWAY);
    world_expect("HEXISTS presence:{7} a:1", "0");
    world_expect("HEXISTS presence:{7} a:2", "1");
    world_expect("HEXISTS presence:{7} ab:1", "1");
    world_expect("SMEMBERS presence-of:{a}", "7");
}

Test(presence, a_hash_that_holds_nonsense_harms_nobody)
{
    world_command("HSET presence:{7} a:1 online junk x a:2 5 seen abc");
    expect_state(7, PRESENCE_ONLINE);
    world_set(7, "a", "3", PRESENCE_OFFLINE, "1000-0");
    cr_expect(eq(i64, world_read(7).seen, 0));
}

static int refused;

static void on_refused(void *arg, int err)
{
    (void)arg;
    refused = err;
}

static bool was_refused(void)
{
    return refused != 0;
}

Test(presence, an_error_of_redis_is_told)
{
    world_command("SET presence:{8} x");
    refused = 0;
    presence_set(w.presence, 8, STR("a"), STR("1"), PRESENCE_ONLINE, STR("1-0"), on_refused, NULL);
    world_until(was_refused);
    cr_expect(eq(int, refused, ERR_INTERNAL));
}
