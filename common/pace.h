/* How often a process may try the same thing, whoever of its parts asks: what one fault took from all of them is not
 * asked for by all of them at once. Embedded; loop thread only. */
#ifndef PARLEY_PACE_H
#define PARLEY_PACE_H

#include <stdint.h>

struct pace {
    int64_t free_ms; /* the next moment nobody has, on clock_mono_ms() */
};

/* Take a moment, `after_ms` from now at the earliest and `each_ms` behind the one that was taken last. How long to wait
 * for it. */
uint64_t pace_wait_ms(struct pace *pace, uint64_t after_ms, uint64_t each_ms);

#endif
