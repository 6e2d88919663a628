/* What is due comes in the order of its moments. */
#include <criterion/criterion.h>

#include "agenda.h"

Test(agenda, gives_what_is_due_the_earliest_first)
{
    enum { COUNT = 1000 };
    struct agenda agenda = {0};
    struct entry e;
    for (uint32_t i = 0; i < COUNT; i++)
        agenda_put(&agenda, (struct entry){.at_us = i * 7919 % COUNT, .who = i, .what = i % 3});
    cr_assert_not(agenda_take(&agenda, -1, &e));
    for (int64_t i = 0; i < COUNT; i++) {
        cr_assert(agenda_take(&agenda, i, &e));
        cr_assert_eq(e.at_us, i);
        cr_assert_eq(e.who * 7919 % COUNT, i);
        cr_assert_eq(e.what, e.who % 3);
    }
    cr_assert_not(agenda_take(&agenda, INT64_MAX, &e));
    agenda_fini(&agenda);
}
