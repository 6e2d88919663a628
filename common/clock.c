/* The wall clock and the monotonic clock, or what a test put in their place. */
#include "clock.h"

#include <stdbool.h>
#include <time.h>

#include "failpoint.h"

static bool faked;
static int64_t fake_wall, fake_mono;

static int64_t read_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t wall_offset_ms(void)
{
#ifdef PARLEY_FAILPOINTS
    return failpoint_clock_offset_ms();
#else
    return 0;
#endif
}

int64_t clock_wall_ms(void)
{
    return faked ? fake_wall : read_us(CLOCK_REALTIME) / 1000 + wall_offset_ms();
}

int64_t clock_wall_us(void)
{
    return faked ? fake_wall * 1000 : read_us(CLOCK_REALTIME) + wall_offset_ms() * 1000;
}

int64_t clock_mono_ms(void)
{
    return faked ? fake_mono : read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_mono_us(void)
{
    return faked ? fake_mono * 1000 : read_us(CLOCK_MONOTONIC);
}

void clock_fake(int64_t wall_ms, int64_t mono_ms)
{
    faked = wall_ms >= 0;
    fake_wall = wall_ms;
    fake_mono = mono_ms;
}
