/* Tells glibc's allocator to keep little; gives back what is free, and code that only the start or a burst needed, when
 * nobody waits for it. */
#include "heap.h"

#include <link.h>
#include <malloc.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

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

void heap_keep(size_t block, size_t spare)
{
    mallopt(M_MMAP_THRESHOLD, (int)block);
    mallopt(M_TRIM_THRESHOLD, (int)spare);
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

/* Lets go of the pages of one object that nothing can have written to: code and constants. They are in its file, and
 * come back when they are touched. */
static int let_go(struct dl_phdr_info *object, size_t size, void *arg)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size;
    (void)arg;
    /* The kernel's own is no file. */
    if (strncmp(object->dlpi_name, "linux-vdso", 10) == 0)
        return 0;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t from = object->dlpi_addr + part->p_vaddr, to = from + part->p_memsz;
        /* What was relocated and then protected is in a part that is writable in the file. */
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0)
            continue;
        from &= ~(page - 1);
        to = (to + page - 1) & ~(page - 1);
        madvise((void *)from, to - from, MADV_DONTNEED);
    }
    return 0;
}

void heap_trim(void)
{
    malloc_trim(0);
    dl_iterate_phdr(let_go, NULL);
}

void heap_tick(struct heap_rest *rest, int64_t now_ms)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    int64_t cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000) +
                     (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    if (heap_rests(rest, now_ms, cpu_ms))
        heap_trim();
}
