/* Deals out moments. */
#include "pace.h"

#include "clock.h"

uint64_t pace_wait_ms(struct pace *pace, uint64_t after_ms, uint64_t each_ms)
{
    int64_t now_ms = clock_mono_ms(), at_ms = now_ms + (int64_t)after_ms;
    if (at_ms < pace->free_ms)
        at_ms = pace->free_ms;
    pace->free_ms = at_ms + (int64_t)each_ms;
    return (uint64_t)(at_ms - now_ms);
}
