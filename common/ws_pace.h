/* How long a round of writes that went to many holds the next one back. Each write costs a call of the kernel, whether
 * it brings one frame or ten: what comes in meanwhile shares the next one. */
#ifndef PARLEY_WS_PACE_H
#define PARLEY_WS_PACE_H

#include <stddef.h>
#include <stdint.h>

/* Of the last round: how long it took, to how many connections it wrote, and how many frames in all. Microseconds, from
 * the round's end. Few connections hold nothing back for long, as they take no time; in a burst, when each of them got
 * several frames, it pays to wait for more. */
int64_t ws_pace_us(int64_t took_us, size_t connections, size_t frames);

#endif
