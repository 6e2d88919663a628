/* Does what the files of PARLEY_FAILPOINT_DIR say; empty outside of test builds. */
#include "failpoint.h"

#ifdef PARLEY_FAILPOINTS

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

/* The text of a failpoint's file; false: it is not armed. */
static bool read_file(const char *name, bool take, char text[64])
{
    const char *dir = getenv("PARLEY_FAILPOINT_DIR");
    char path[512];
    if (dir == NULL || snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return false;
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return false;
    size_t n = fread(text, 1, 63, f);
    text[n] = '\0';
    fclose(f);
    /* Who removes it has it: of two processes that share a directory only one strikes. */
    return !take || unlink(path) == 0;
}

void failpoint_hit(const char *name)
{
    char text[64];
    if (!read_file(name, true, text))
        return;
    if (strncmp(text, "kill", 4) == 0)
        raise(SIGKILL);
    else if (strncmp(text, "stop", 4) == 0)
        raise(SIGSTOP);
    else if (strncmp(text, "sleep ", 6) == 0)
        usleep((useconds_t)strtoul(text + 6, NULL, 10) * 1000);
}

bool failpoint_fails(const char *name)
{
    char text[64];
    return read_file(name, true, text) && strncmp(text, "fail", 4) == 0;
}

/* Not clock.h's: that one asks here. */
static int64_t mono_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t failpoint_clock_offset_ms(void)
{
    static int64_t offset_ms, looked_ms;
    char text[64];
    int64_t now_ms = mono_ms();
    if (looked_ms == 0 || now_ms - looked_ms >= LOOK_MS) {
        looked_ms = now_ms;
        offset_ms = read_file("clock.offset_ms", false, text) ? strtoll(text, NULL, 10) : 0;
    }
    return offset_ms;
}

bool failpoint_memory_is_out(void)
{
    static _Atomic int64_t looked_ms;
    int64_t now_ms = mono_ms(), before = looked_ms;
    if (now_ms - before < LOOK_MS || !atomic_compare_exchange_strong(&looked_ms, &before, now_ms))
        return false;
    return failpoint_fails("alloc.fails");
}

#else

/* A translation unit must hold something. */
extern const bool failpoints_built_in;
const bool failpoints_built_in = false;

#endif
