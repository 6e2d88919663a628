/* Hellos are taken in the order they came, some at a time, and a place that is left is the next one's. */
#include <criterion/criterion.h>

#include "hello_line.h"

enum { MANY = 100, AT_A_TIME = 64 };

static struct hello_line line;
static struct hello_place places[MANY];

static void start(void)
{
    hello_line_init(&line);
    for (int i = 0; i < MANY; i++) {
        hello_place_init(&places[i]);
        hello_line_join(&line, &places[i]);
    }
}

TestSuite(hello_line, .init = start);

Test(hello_line, some_at_a_time_in_order)
{
    for (int i = 0; i < AT_A_TIME; i++)
        cr_assert_eq(hello_line_next(&line), &places[i]);
    cr_assert_null(hello_line_next(&line));
    hello_line_leave(&line, &places[7]);
    hello_line_leave(&line, &places[7]);
    cr_assert_eq(hello_line_next(&line), &places[AT_A_TIME]);
    cr_assert_null(hello_line_next(&line));
}

Test(hello_line, who_leaves_while_waiting_is_passed_over)
{
    hello_line_leave(&line, &places[0]);
    cr_assert_eq(hello_line_next(&line), &places[1]);
}

Test(hello_line, who_asks_again_stands_at_the_end)
{
    for (int i = 0; i < AT_A_TIME; i++)
        hello_line_next(&line);
    hello_line_join(&line, &places[0]);
    for (int i = AT_A_TIME; i < MANY; i++) {
        cr_assert_eq(hello_line_next(&line), &places[i]);
        hello_line_leave(&line, &places[i]);
    }
    cr_assert_eq(hello_line_next(&line), &places[0]);
}
