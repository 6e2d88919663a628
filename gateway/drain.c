/* Says how a drain, and the return from a gateway that is lost, are spread. */
#include "drain.h"

enum { EACH_MS = 2, MIN_MS = 1000, MAX_MS = 10000, RETURN_MAX_MS = 9000 };

static int64_t span_of(size_t connections, int64_t max_ms)
{
    return connections > (size_t)max_ms / EACH_MS ? max_ms : (int64_t)connections * EACH_MS;
}

int64_t drain_span_ms(size_t connections, int64_t drain_ms)
{
    int64_t span = span_of(connections, MAX_MS);
    int64_t most = drain_ms > INT64_C(2) * DRAIN_CLOSE_MS ? drain_ms - DRAIN_CLOSE_MS : drain_ms / 2;
    if (span < MIN_MS)
        span = MIN_MS;
    return span < most ? span : most;
}

int64_t drain_return_ms(size_t connections)
{
    return span_of(connections, RETURN_MAX_MS);
}
