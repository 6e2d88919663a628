/* How long rounds of writes wait for more. */
#include <criterion/criterion.h>

#include "ws_pace.h"

Test(ws_pace, who_is_alone_holds_nothing_back_that_one_could_notice)
{
    cr_assert_lt(ws_pace_us(10, 1, 1), 100);
    cr_assert_eq(ws_pace_us(0, 0, 0), 0);
}

Test(ws_pace, rounds_take_a_quarter_of_the_time)
{
    cr_assert_eq(ws_pace_us(700, 100, 100), 2100);
    cr_assert_eq(ws_pace_us(7000, 1000, 1000), 21000);
}

Test(ws_pace, a_burst_to_many_is_worth_five_milliseconds)
{
    cr_assert_eq(ws_pace_us(100, 100, 400), 5000);
    cr_assert_eq(ws_pace_us(100, 100, 399), 300);
    cr_assert_eq(ws_pace_us(100, 2, 100), 300, "two connections cost nothing");
    cr_assert_eq(ws_pace_us(7000, 1000, 9000), 21000, "a round that took longer holds longer");
}

Test(ws_pace, nobody_waits_longer_than_one_sees)
{
    cr_assert_eq(ws_pace_us(150000, 10000, 10000), 25000);
}
