/* What clock.h promises. */
#include <criterion/criterion.h>
#include <time.h>

#include "clock.h"

Test(clock, the_wall_clock_is_milliseconds_since_1970)
{
    int64_t now = (int64_t)time(NULL) * 1000;

    cr_assert_geq(clock_wall_ms(), now - 2000);
    cr_assert_leq(clock_wall_ms(), now + 5000);
}

Test(clock, the_monotonic_clock_does_not_go_back_and_both_units_agree)
{
    int64_t us = clock_mono_us(), ms = clock_mono_ms();

    cr_assert_geq(clock_mono_us(), us);
    cr_assert_geq(ms, us / 1000);
    cr_assert_leq(ms - us / 1000, 5000);
}

Test(clock, a_faked_clock_stands_still_until_real_time_is_asked_for)
{
    clock_fake(1000, 50);
    cr_assert_eq(clock_wall_ms(), 1000);
    cr_assert_eq(clock_mono_ms(), 50);
    cr_assert_eq(clock_mono_us(), 50000);
    clock_fake(0, 0);
    cr_assert_eq(clock_wall_ms(), 0);
    clock_fake(-1, 0);
    cr_assert_gt(clock_wall_ms(), INT64_C(1000000000000));
}
