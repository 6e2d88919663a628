/* What a message of the bench carries, so that whoever sees it, in whatever frame, knows when it was due and which it
 * is:
 * "^^" run time number in hexadecimal digits "^", and words up to the size that is wanted. */
#ifndef PARLEY_BENCH_MARK_H
#define PARLEY_BENCH_MARK_H

#include "str.h"

enum { MARK_SIZE = 2 + 8 + 16 + 8 + 1, MARK_BODY_MAX = 16384 };

struct mark {
    uint32_t run, number;
    int64_t due_us; /* when it was to be sent, on clock_mono_us() */
};

/* Write a text of `size` bytes, at least MARK_SIZE and at most MARK_BODY_MAX, that begins with the mark. */
void mark_put(char *out, size_t size, const struct mark *mark);
/* The next mark in *bytes, which is moved behind it. False: there is none. */
bool mark_next(struct str *bytes, struct mark *mark_r);

#endif
