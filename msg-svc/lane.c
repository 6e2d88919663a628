/* The state of one ingest shard. */
#include "lane.h"

#include <stdio.h>
#include <string.h>

void lane_init(struct lane *lane, unsigned shard)
{
    *lane = (struct lane){.shard = shard, .state = LANE_CLOSED};
    snprintf(lane->stream, sizeof lane->stream, "ingest:{%u}", shard);
}

bool lane_stuck(struct lane *lane, struct str oldest, bool in_hand)
{
    bool stuck = oldest.n > 0 && !in_hand && str_is(oldest, lane->oldest);
    size_t n = oldest.n < sizeof lane->oldest && !in_hand ? oldest.n : 0;
    if (n > 0)
        memcpy(lane->oldest, oldest.p, n);
    lane->oldest[n] = '\0';
    return stuck;
}
