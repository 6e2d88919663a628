/* What a process costs, as /proc tells it: processor time and memory of it and of its children. */
#ifndef PARLEY_BENCH_PROCESS_STAT_H
#define PARLEY_BENCH_PROCESS_STAT_H

#include "str.h"

struct process_stat {
    double user_s, system_s; /* of it, of its children that live, and of those that ended and were waited for */
    int64_t rss;             /* bytes that lie in memory, of it and its children; shared ones count for each */
    unsigned processes;      /* 0: there is no such process */
};

/* One line of /proc/PID/stat. */
struct stat_line {
    int64_t pid, parent;
    int64_t user_ticks, system_ticks; /* its own */
    int64_t reaped_user_ticks, reaped_system_ticks;
    int64_t rss_pages;
};

/* False: no such line. A name may hold blanks and brackets. */
bool stat_line_parse(struct str line, struct stat_line *line_r);

/* Of `count` processes at once, by one look through /proc. The children are those of the moment. */
void process_stats_read(const int64_t *pids, size_t count, struct process_stat *stats_r);

#endif
