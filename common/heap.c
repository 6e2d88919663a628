/* Tells glibc's allocator to keep little, and to give back what is free when nobody waits for it. */
#include "heap.h"

#include <malloc.h>
#include <stddef.h>
#include <sys/resource.h>

enum {
    MAPPED_FROM = 128 * 1024, /* glibc would raise it with the first such block that is freed, and keep the next ones */
    TOP_MAX = 128 * 1024,
    EVERY_MS = 10000,
    REST_CPU_MS = 50, /* less between two looks: nobody waits for the milliseconds a trim may take */
    WORK_CPU_MS = 20  /* less since the last trim: nothing worth it can have been freed */
};

void heap_init(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
    mallopt(M_TRIM_THRESHOLD, TOP_MAX);
}

bool heap_rests(struct heap_rest *rest, int64_t now_ms, int64_t cpu_ms)
{
    bool resting = cpu_ms - rest->looked_cpu_ms < REST_CPU_MS;
    rest->looked_cpu_ms = cpu_ms;
    if (!resting || now_ms - rest->trimmed_ms < EVERY_MS || cpu_ms - rest->trimmed_cpu_ms < WORK_CPU_MS)
        return false;
    rest->trimmed_ms = now_ms;
    rest->trimmed_cpu_ms = cpu_ms;
    return true;
}

void heap_tick(struct heap_rest *rest, int64_t now_ms)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    int64_t cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000) +
                     (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    if (heap_rests(rest, now_ms, cpu_ms))
        malloc_trim(0);
}
