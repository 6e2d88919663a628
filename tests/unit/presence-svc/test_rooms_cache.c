/* Which rooms a user is in, remembered. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "clock.h"
#include "rooms_cache.h"

static struct rooms_cache *cache;

static void begin(void)
{
    clock_fake(1000, 1000);
    rooms_cache_create(&cache, 3, 20, 60000);
}

static void end(void)
{
    rooms_cache_destroy(&cache);
}

static void expect_rooms(int64_t user, const char *rooms)
{
    struct str got;
    cr_assert(rooms_cache_get(cache, user, &got), "user %d", (int)user);
    cr_expect(str_is(got, rooms), "user %d: %.*s", (int)user, (int)got.n, got.p);
}

static void expect_unknown(int64_t user)
{
    struct str got;
    cr_expect(not(rooms_cache_get(cache, user, &got)), "user %d", (int)user);
}

TestSuite(rooms_cache, .init = begin, .fini = end);

Test(rooms_cache, what_was_put_is_found_until_it_is_too_old)
{
    rooms_cache_put(cache, 7, STR("1,2"));
    expect_rooms(7, "1,2");
    clock_fake(1000, 60999);
    expect_rooms(7, "1,2");
    clock_fake(1000, 61000);
    expect_unknown(7);
}

Test(rooms_cache, a_later_put_replaces)
{
    rooms_cache_put(cache, 7, STR("1,2"));
    rooms_cache_put(cache, 7, STR("3"));
    expect_rooms(7, "3");
}

Test(rooms_cache, nobody_in_no_room_is_known_too)
{
    rooms_cache_put(cache, 7, STR(""));
    expect_rooms(7, "");
}

Test(rooms_cache, the_oldest_user_goes_when_there_are_too_many)
{
    for (int64_t user = 1; user <= 4; user++)
        rooms_cache_put(cache, user, STR("1"));
    expect_unknown(1);
    expect_rooms(2, "1");
    expect_rooms(4, "1");
}

Test(rooms_cache, the_oldest_users_go_when_there_are_too_many_bytes)
{
    rooms_cache_put(cache, 1, STR("11111111"));
    rooms_cache_put(cache, 2, STR("22222222"));
    rooms_cache_put(cache, 3, STR("3333333333333333"));
    expect_unknown(1);
    expect_unknown(2);
    expect_rooms(3, "3333333333333333");
}

Test(rooms_cache, what_is_larger_than_all_room_is_not_kept)
{
    rooms_cache_put(cache, 1, STR("1"));
    rooms_cache_put(cache, 1, STR("111111111111111111111"));
    expect_unknown(1);
}
