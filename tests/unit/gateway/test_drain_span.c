/* A drain is spread in proportion to the connections, within bounds. */
#include <criterion/criterion.h>

#include "drain.h"

Test(drain_span, is_a_second_for_each_five_hundred_connections)
{
    cr_assert_eq(drain_span_ms(1500, 60000), 3000);
    cr_assert_eq(drain_span_ms(4000, 60000), 8000);
}

Test(drain_span, of_a_return_has_no_least_and_lets_all_be_back_within_ten_seconds)
{
    cr_assert_eq(drain_return_ms(0), 0);
    cr_assert_eq(drain_return_ms(20), 40);
    cr_assert_eq(drain_return_ms(3999), 7998);
    cr_assert_eq(drain_return_ms(50000), 9000);
    cr_assert_eq(drain_return_ms(SIZE_MAX), 9000);
}

Test(drain_span, is_a_second_at_least_and_ten_at_most)
{
    cr_assert_eq(drain_span_ms(0, 60000), 1000);
    cr_assert_eq(drain_span_ms(499, 60000), 1000);
    cr_assert_eq(drain_span_ms(5001, 60000), 10000);
    cr_assert_eq(drain_span_ms(SIZE_MAX, 60000), 10000);
}

Test(drain_span, leaves_time_for_closing_within_what_the_process_has)
{
    cr_assert_eq(drain_span_ms(50000, 13000), 10000);
    cr_assert_eq(drain_span_ms(50000, 10000), 7500);
    cr_assert_eq(drain_span_ms(50000, 3000), 1500);
    cr_assert_eq(drain_span_ms(50000, 0), 0);
}
