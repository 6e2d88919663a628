/* What a decoder would do that somebody else has taken over, for tests: only in builds with PARLEY_FAILPOINTS. */
#ifndef PARLEY_DECODE_MISCHIEF_H
#define PARLEY_DECODE_MISCHIEF_H

#include <stdbool.h>

#ifdef PARLEY_FAILPOINTS

/* Whether the arguments name one: "test/socket" and its like. */
bool mischief_is(int argc, char **argv);
/* Tries it. Returns the exit status: 0 it was refused, 1 it worked. */
int mischief_do(const char *name);

#else

static inline bool mischief_is(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return false;
}
static inline int mischief_do(const char *name)
{
    (void)name;
    return 1;
}

#endif

#endif
