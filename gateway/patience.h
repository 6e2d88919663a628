/* Offences of a client that are forgiven with time: a few are an accident, many at once are not. Loop thread only. */
#ifndef PARLEY_GATEWAY_PATIENCE_H
#define PARLEY_GATEWAY_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

/* One more offence. `until_us` (0 at first) is when all will be forgiven, on clock_mono_us(); each takes `each_us` to
 * be. False: more than `most` are not forgiven yet. */
bool patience_try(int64_t *until_us, unsigned most, int64_t each_us);

#endif
