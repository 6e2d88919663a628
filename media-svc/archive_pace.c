/* Keeps the time for which a client was waited for. */
#include "archive_pace.h"

void archive_pace_give(struct archive_pace *pace, int64_t bytes, int64_t now_ms)
{
    pace->held = bytes;
    pace->given_ms = now_ms;
}

void archive_pace_taken(struct archive_pace *pace, int64_t now_ms)
{
    if (pace->given_ms == 0)
        return;
    pace->bytes += pace->held;
    pace->waited_ms += now_ms - pace->given_ms;
    pace->held = pace->given_ms = 0;
}

static int64_t on_its_way_ms(const struct archive_pace *pace, int64_t now_ms)
{
    return pace->given_ms ? now_ms - pace->given_ms : 0;
}

bool archive_pace_stands(const struct archive_pace *pace, int64_t now_ms)
{
    return on_its_way_ms(pace, now_ms) > ARCHIVE_PIECE_MS;
}

int64_t archive_pace_slow(const struct archive_pace *pace, int64_t now_ms)
{
    int64_t waited_ms = pace->waited_ms + on_its_way_ms(pace, now_ms);
    int64_t bytes_s = waited_ms < ARCHIVE_SLOW_MS ? ARCHIVE_SLOW_BYTES_S : pace->bytes * 1000 / waited_ms;
    return bytes_s < ARCHIVE_SLOW_BYTES_S ? bytes_s : ARCHIVE_SLOW_BYTES_S;
}
