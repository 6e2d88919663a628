/* Moments are dealt out one behind the other. */
#include <criterion/criterion.h>

#include "clock.h"
#include "pace.h"

Test(pace, who_comes_alone_waits_for_nothing_but_what_it_wants)
{
    struct pace pace = {0};
    clock_fake(0, 5000000);
    cr_expect_eq(pace_wait_ms(&pace, 0, 100), 0);
    clock_fake(0, 6000000);
    cr_expect_eq(pace_wait_ms(&pace, 250, 100), 250);
}

Test(pace, who_comes_together_goes_one_behind_the_other)
{
    struct pace pace = {0};
    clock_fake(0, 5000000);
    for (unsigned i = 0; i < 5; i++)
        cr_expect_eq(pace_wait_ms(&pace, 50, 100), 50 + 100 * i);
}
