/* Whatever order events come in, a client knows what it has. */
#include <criterion/criterion.h>
#include <string.h>

#include "place.h"

static const struct place past = {.seen = 60, .head = 60};

Test(place, in_order_each_is_new_once)
{
    struct place p = past;
    for (uint64_t seq = 61; seq <= 63; seq++) {
        cr_assert(place_take(&p, seq));
        cr_assert_not(place_take(&p, seq));
        cr_assert_eq(p.seen, seq);
    }
    cr_assert_not(place_take(&p, 60));
    cr_assert_not(place_take(&p, 1));
}

Test(place, what_is_ahead_waits_for_what_is_missing)
{
    struct place p = past;
    cr_assert(place_take(&p, 62));
    cr_assert(place_take(&p, 64));
    cr_assert_not(place_take(&p, 64));
    cr_assert_eq(p.seen, 60);
    cr_assert_eq(p.head, 64);
    cr_assert(place_take(&p, 61));
    cr_assert_eq(p.seen, 62);
    cr_assert(place_take(&p, 63));
    cr_assert_eq(p.seen, 64);
    cr_assert_eq(p.ahead, 0);
}

Test(place, any_order_of_64_ends_with_all_of_them)
{
    for (uint64_t step = 1; step <= 63; step += 2) {
        struct place p = past;
        for (uint64_t i = 0; i < 64; i++)
            cr_assert(place_take(&p, 61 + i * step % 64), "%d of step %d", (int)i, (int)step);
        cr_assert_eq(p.seen, 124);
        cr_assert_eq(p.ahead, 0);
    }
}

Test(place, too_far_ahead_has_to_come_again)
{
    struct place p = past;
    cr_assert_not(place_take(&p, 61 + 65));
    cr_assert_eq(p.head, 126);
    cr_assert(place_take(&p, 61 + 64));
    place_hear(&p, 100);
    cr_assert_eq(p.head, 126);
}
