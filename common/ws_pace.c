/* Trades milliseconds of a burst for calls of the kernel. */
#include "ws_pace.h"

enum {
    SHARE = 3, /* a quarter of the time goes into such rounds at most */
    MOST_US = 25000,
    MANY = 16, /* connections */
    BURST = 4, /* frames for each of them */
    BURST_US = 5000
};

int64_t ws_pace_us(int64_t took_us, size_t connections, size_t frames)
{
    int64_t us = took_us * SHARE;
    if (connections >= MANY && frames >= connections * BURST && us < BURST_US)
        us = BURST_US;
    return us < MOST_US ? us : MOST_US;
}
