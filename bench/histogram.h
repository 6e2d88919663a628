/* Counts of times in microseconds, as many as there are, in memory that is known beforehand: exact up to 128 µs, and
 * within 1/128 of the value up to two minutes; what is longer counts as that. Holds no pointer, so that it may lie in
 * memory that processes share; one writes. All zeros is an empty one. */
#ifndef PARLEY_BENCH_HISTOGRAM_H
#define PARLEY_BENCH_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_BITS = 7, /* a power of two has so many steps, as a power of two */
    HISTOGRAM_TOP = 27, /* values below 2^27 µs have a place of their own */
    HISTOGRAM_PLACES = (HISTOGRAM_TOP - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS,
};

struct histogram {
    uint64_t count;
    int64_t max_us;
    uint64_t places[HISTOGRAM_PLACES];
};

/* A negative time counts as none: clocks of one machine do not go back, but rounding does. */
void histogram_add(struct histogram *h, int64_t us);
/* Everything of `more` into `h`. */
void histogram_merge(struct histogram *h, const struct histogram *more);
/* The smallest value that at least this share (0 … 1) of all are not above; 0 when there are none. */
int64_t histogram_quantile(const struct histogram *h, double share);

#endif
