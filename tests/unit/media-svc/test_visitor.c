/* What each person may ask of media-svc: so often, so much at once, and nobody pays for another. */
#include <criterion/criterion.h>

#include "clock.h"
#include "err.h"
#include "visitor.h"

enum { PER_S = 5, BURST = PER_S * VISITOR_BURST_S, ADA = 1, BEN = 2 };

static struct visitors *visitors;

static void start(void)
{
    clock_fake(1700000000000, 1000000);
    visitors_create(&visitors, PER_S, 2, 3);
}

static void stop(void)
{
    visitors_destroy(&visitors);
}

TestSuite(visitor, .init = start, .fini = stop);

static int asks(int64_t user)
{
    int64_t retry_ms = 0;
    int err = visitor_asks(visitors, user, &retry_ms);
    cr_expect_eq(err != 0, retry_ms > 0);
    return err;
}

Test(visitor, a_burst_passes_then_as_many_as_come_back_in_a_second)
{
    for (int i = 0; i < BURST; i++)
        cr_assert_eq(asks(ADA), 0);
    cr_expect_eq(asks(ADA), ERR_RATE_LIMITED);
    cr_expect_eq(asks(BEN), 0, "somebody else's");
    clock_fake(1700000001000, 1001000);
    for (int i = 0; i < PER_S; i++)
        cr_expect_eq(asks(ADA), 0);
    cr_expect_eq(asks(ADA), ERR_RATE_LIMITED);
}

Test(visitor, so_many_bodies_at_once_and_no_more_until_one_ends)
{
    cr_expect_eq(visitor_enters(visitors, ADA), 0);
    cr_expect_eq(visitor_enters(visitors, ADA), 0);
    cr_expect_eq(visitor_enters(visitors, ADA), ERR_BUSY);
    cr_expect_eq(visitor_enters(visitors, BEN), 0);
    visitor_leaves(visitors, ADA);
    cr_expect_eq(visitor_enters(visitors, ADA), 0);
}

Test(visitor, who_has_something_under_way_is_not_forgotten)
{
    cr_assert_eq(visitor_enters(visitors, ADA), 0);
    for (int64_t other = 10; other < 50; other++)
        cr_assert_eq(asks(other), 0);
    cr_expect_eq(visitor_enters(visitors, ADA), 0);
    cr_expect_eq(visitor_enters(visitors, ADA), ERR_BUSY);
    /* Ten of those who ask were forgotten: their buckets are full again. */
    for (int i = 0; i < BURST; i++)
        cr_assert_eq(asks(10), 0);
}
