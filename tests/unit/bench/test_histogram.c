/* The histogram beside a sorted list of the same times. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "histogram.h"

static struct histogram h;

static int rising(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

Test(histogram, an_empty_one_has_nothing)
{
    cr_assert_eq(h.count, 0);
    cr_assert_eq(histogram_quantile(&h, 0.5), 0);
}

Test(histogram, one_value_is_every_quantile)
{
    histogram_add(&h, 12345);
    cr_assert_eq(histogram_quantile(&h, 0), 12345);
    cr_assert_eq(histogram_quantile(&h, 0.5), 12345);
    cr_assert_eq(histogram_quantile(&h, 1), 12345);
}

Test(histogram, what_is_below_128_us_is_exact)
{
    for (int64_t us = 0; us < 128; us++)
        histogram_add(&h, us);
    for (int64_t us = 0; us < 128; us++)
        cr_assert_eq(histogram_quantile(&h, (double)(us + 1) / 128), us);
}

/* Never less than the true one, and by less than 1/128 more. */
Test(histogram, quantiles_are_near_those_of_a_sorted_list)
{
    enum { COUNT = 100000 };
    static int64_t all[COUNT];
    uint64_t state = 42;
    for (size_t i = 0; i < COUNT; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        all[i] = (int64_t)((state >> 33) % ((uint64_t)1 << (1 + (state >> 59) * 26 / 32)));
        histogram_add(&h, all[i]);
    }
    qsort(all, COUNT, sizeof(all[0]), rising);
    static const double shares[] = {0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1};
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        int64_t is = all[(size_t)(shares[i] * COUNT) - 1], told = histogram_quantile(&h, shares[i]);
        cr_assert(told >= is && told <= is + is / 128, "%f: %lld for %lld", shares[i], (long long)told, (long long)is);
    }
}

Test(histogram, what_is_too_long_counts_as_the_longest)
{
    histogram_add(&h, INT64_MAX);
    histogram_add(&h, (int64_t)1 << HISTOGRAM_TOP);
    cr_assert_eq(h.count, 2);
    cr_assert_eq(h.max_us, INT64_MAX);
    cr_assert_eq(histogram_quantile(&h, 0.5), ((int64_t)1 << HISTOGRAM_TOP) - 1);
}

Test(histogram, a_negative_time_is_none)
{
    histogram_add(&h, -5);
    cr_assert_eq(h.count, 1);
    cr_assert_eq(histogram_quantile(&h, 1), 0);
}

Test(histogram, merged_is_as_if_all_were_added_to_one)
{
    static struct histogram more, both;
    for (int64_t us = 1; us < 1000000; us = us * 3 / 2 + 1) {
        histogram_add(us % 2 ? &h : &more, us);
        histogram_add(&both, us);
    }
    histogram_merge(&h, &more);
    cr_assert_eq(memcmp(&h, &both, sizeof(h)), 0);
}
