/* One ingest shard as this replica reads it: its stream, whether it may be read, and what of it is in hand. The
 * decision when something is stuck in Redis is made here, without I/O. Owned by ingest. */
#ifndef PARLEY_MSG_LANE_H
#define PARLEY_MSG_LANE_H

#include "entry.h"

enum lane_state {
    LANE_CLOSED,   /* not ours: nothing is read, what arrives late is left to Redis */
    LANE_CLAIMING, /* ours: what earlier owners left unacknowledged comes before anything new */
    LANE_OPEN,     /* ours: new entries are read */
    LANE_CLOSING,  /* to be given up when nothing of it is in hand */
};

struct lane {
    unsigned shard;
    char stream[20];
    enum lane_state state;
    unsigned tenure; /* grows with each take-over: what an older claim says no longer counts */
    bool claiming;   /* a claim is under way, of whatever tenure */
    size_t in_hand;
    char oldest[40]; /* of the pending entries at the last look; empty: none */
};

void lane_init(struct lane *lane, unsigned shard);
/* Redis says which pending entry is the oldest (empty: none). `in_hand`: it is being worked on. True: it has been
 * pending since the last look and nobody works on it (a lost reply, a lost XACK, a reader that lost its lock), so
 * it must be claimed. */
bool lane_stuck(struct lane *lane, struct str oldest, bool in_hand);

#endif
