/* Counts offences that are forgiven with time, kept as the time at which all will be. */
#include "patience.h"

#include "clock.h"

bool patience_try(int64_t *until_us, unsigned most, int64_t each_us)
{
    int64_t now = clock_mono_us();
    *until_us = (*until_us > now ? *until_us : now) + each_us;
    return *until_us - now <= (int64_t)most * each_us;
}
