/* Ended login sessions are remembered for as long as their tokens may live. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "clock.h"
#include "revoked.h"

Test(revoked, is_remembered_until_its_tokens_have_expired)
{
    struct revoked *r;
    clock_fake(0, 1000);
    revoked_create(&r);
    revoked_add(r, STR("a"));
    cr_assert(revoked_has(r, STR("a")));
    cr_assert_not(revoked_has(r, STR("b")));
    clock_fake(0, 1000 + REVOKED_KEEP_MS - 1);
    cr_assert(revoked_has(r, STR("a")));
    clock_fake(0, 1000 + REVOKED_KEEP_MS);
    cr_assert_not(revoked_has(r, STR("a")));
    cr_assert_eq(revoked_count(r), 0);
    revoked_destroy(&r);
}

Test(revoked, twice_counts_from_the_second_time)
{
    struct revoked *r;
    clock_fake(0, 1000);
    revoked_create(&r);
    revoked_add(r, STR("a"));
    clock_fake(0, 5000);
    revoked_add(r, STR("a"));
    cr_assert_eq(revoked_count(r), 1);
    clock_fake(0, 1000 + REVOKED_KEEP_MS);
    cr_assert(revoked_has(r, STR("a")));
    revoked_destroy(&r);
}

Test(revoked, is_bounded_and_forgets_the_oldest)
{
    struct revoked *r;
    char sid[16];
    clock_fake(0, 1000);
    revoked_create(&r);
    for (int i = 0; i <= REVOKED_MAX; i++) {
        snprintf(sid, sizeof(sid), "%d", i);
        revoked_add(r, str_of(sid));
    }
    cr_assert_eq(revoked_count(r), REVOKED_MAX);
    cr_assert_not(revoked_has(r, STR("0")));
    cr_assert(revoked_has(r, STR("1")));
    revoked_destroy(&r);
}
