/* Says how a drain is spread. */
#include "drain.h"

enum { EACH_MS = 2, MIN_MS = 1000, MAX_MS = 10000 };

int64_t drain_span_ms(size_t connections, int64_t drain_ms)
{
    int64_t span = connections > MAX_MS / EACH_MS ? MAX_MS : (int64_t)connections * EACH_MS;
    int64_t most = drain_ms > INT64_C(2) * DRAIN_CLOSE_MS ? drain_ms - DRAIN_CLOSE_MS : drain_ms / 2;
    if (span < MIN_MS)
        span = MIN_MS;
    return span < most ? span : most;
}
