/* How fast the client of an archive takes it. What counts is the time it kept us waiting, never that which the rows
 * took to be found. Moments are monotonic ms, above 0. Pure. */
#ifndef PARLEY_MEDIA_ARCHIVE_PACE_H
#define PARLEY_MEDIA_ARCHIVE_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ARCHIVE_PIECE_MS = 60000,       /* for the client to take a piece */
    ARCHIVE_SLOW_MS = 30000,        /* who kept us waiting for so long in all, */
    ARCHIVE_SLOW_BYTES_S = 64 << 10 /* at less than this, may be ended for another one */
};

struct archive_pace {
    int64_t bytes, waited_ms; /* that it took, and how long it was waited for */
    int64_t held, given_ms;   /* a piece that is on its way, and since when; 0: none is */
};

void archive_pace_give(struct archive_pace *pace, int64_t bytes, int64_t now_ms);
/* All that was given is out. */
void archive_pace_taken(struct archive_pace *pace, int64_t now_ms);
/* It does not as much as take what is on its way. */
bool archive_pace_stands(const struct archive_pace *pace, int64_t now_ms);
/* Bytes a second, of who is slow; ARCHIVE_SLOW_BYTES_S of who is not. */
int64_t archive_pace_slow(const struct archive_pace *pace, int64_t now_ms);

#endif
