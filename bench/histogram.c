/* A histogram whose steps grow with the value. */
#include "histogram.h"

#include <math.h>

enum { STEPS = 1 << HISTOGRAM_BITS };

static const int64_t top_us = ((int64_t)1 << HISTOGRAM_TOP) - 1;

/* Values below STEPS have a place each; above, each power of two has STEPS places. */
static unsigned place_of(uint64_t us)
{
    if (us < STEPS)
        return (unsigned)us;
    unsigned shift = 63 - (unsigned)__builtin_clzll(us) - HISTOGRAM_BITS;
    return (shift << HISTOGRAM_BITS) + (unsigned)(us >> shift);
}

/* The largest value of a place: what is told is never better than what was. */
static int64_t value_of(unsigned place)
{
    if (place < STEPS)
        return place;
    unsigned shift = (place >> HISTOGRAM_BITS) - 1;
    return (((int64_t)(place & (STEPS - 1)) + STEPS + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, int64_t us)
{
    int64_t value = us < 0 ? 0 : us;
    if (value > h->max_us)
        h->max_us = value;
    h->places[place_of((uint64_t)(value > top_us ? top_us : value))]++;
    h->count++;
}

void histogram_merge(struct histogram *h, const struct histogram *more)
{
    for (unsigned i = 0; i < HISTOGRAM_PLACES; i++)
        h->places[i] += more->places[i];
    h->count += more->count;
    if (more->max_us > h->max_us)
        h->max_us = more->max_us;
}

int64_t histogram_quantile(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)ceil(share * (double)h->count), seen = 0;
    if (wanted == 0)
        wanted = 1;
    for (unsigned i = 0; i < HISTOGRAM_PLACES; i++) {
        seen += h->places[i];
        if (seen >= wanted) {
            int64_t value = value_of(i);
            return value < h->max_us ? value : h->max_us;
        }
    }
    return h->max_us;
}
