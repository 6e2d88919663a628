/* What a run found, as one JSON object. */
#ifndef PARLEY_BENCH_REPORT_H
#define PARLEY_BENCH_REPORT_H

#include "kernel_stat.h"
#include "process_stat.h"
#include "worker.h"

struct report {
    const struct options *options;
    const struct board *board;
    int64_t deadline_us;
    bool ready, done; /* all clients were; all processes came to the end of the run */
    double connect_s, run_s;
    /* Of each watched process: before anybody connected, when all were settled, and around what was counted. */
    struct kernel_stat kernel_before, kernel_settled;
    struct process_stat before[WATCHED_MAX], settled[WATCHED_MAX], from[WATCHED_MAX], until[WATCHED_MAX];
};

/* On standard output. True: all clients were ready, all came to the end, and nothing was lost, doubled or refused. */
bool report_print(const struct report *report);

#endif
