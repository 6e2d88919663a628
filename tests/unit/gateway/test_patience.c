/* Offences are forgiven with time, and not before. */
#include <criterion/criterion.h>

#include "clock.h"
#include "patience.h"

enum { MOST = 20, EACH_US = 3000000 };

static unsigned tries(int64_t *until)
{
    unsigned n = 0;
    while (n < 1000 && patience_try(until, MOST, EACH_US))
        n++;
    return n;
}

Test(patience, ends_after_so_many_at_once)
{
    int64_t until = 0;
    clock_fake(1000, 1000);
    cr_assert_eq(tries(&until), MOST);
}

Test(patience, forgives_one_by_one)
{
    int64_t until = 0;
    clock_fake(1000, 1000);
    for (int i = 0; i < MOST; i++)
        cr_assert(patience_try(&until, MOST, EACH_US));
    clock_fake(1000, 1000 + 2 * EACH_US / 1000);
    cr_assert_eq(tries(&until), 2);
}

Test(patience, has_none_of_a_long_life_held_against_it)
{
    int64_t until = 0;
    for (int64_t i = 0; i < 1000; i++) {
        clock_fake(1000, 1000 + i * EACH_US / 1000);
        cr_assert(patience_try(&until, MOST, EACH_US), "offence %d of a slow stream", (int)i);
    }
    clock_fake(1000, 10000000);
    cr_assert_eq(tries(&until), MOST);
}
