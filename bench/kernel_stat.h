/* What the kernel itself keeps in memory, of the whole machine: connections are kept there too, at both ends. */
#ifndef PARLEY_BENCH_KERNEL_STAT_H
#define PARLEY_BENCH_KERNEL_STAT_H

#include "str.h"

struct kernel_stat {
    int64_t slab;    /* bytes of its small objects, sockets among them (Slab of /proc/meminfo) */
    int64_t buffers; /* bytes that wait in TCP sockets (mem of /proc/net/sockstat) */
};

/* The number behind `label` in the line that begins with `line`; -1: there is none. */
int64_t kernel_stat_number(struct str text, struct str line, struct str label);

void kernel_stat_read(struct kernel_stat *stat_r);

#endif
