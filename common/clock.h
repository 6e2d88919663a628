/* Time. Everything that compares or waits asks here, so that tests can set the clock. */
#ifndef PARLEY_CLOCK_H
#define PARLEY_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970 UTC; may jump when the machine's clock is set. For what is shown or stored. */
int64_t clock_wall_ms(void);
/* Microseconds of the same clock. */
int64_t clock_wall_us(void);
/* Milliseconds since some start; never goes back. For deadlines inside one process. */
int64_t clock_mono_ms(void);
/* Microseconds of the same clock, for measuring. */
int64_t clock_mono_us(void);

/* Tests: from now on both clocks stand still at these values. Negative wall: back to real time. */
void clock_fake(int64_t wall_ms, int64_t mono_ms);

#endif
