/* parley-bench-load: many WebSocket clients, and what they saw. The parent forks the processes that hold them, tells
 * them when to begin, looks at what the watched processes cost, and prints it all. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "report.h"

enum { LOOK_US = 1000, START_US = 20000, GRACE_US = 2000000 };

static void sleep_us(int64_t us)
{
    struct timespec wait = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    while (us > 0 && nanosleep(&wait, &wait) < 0 && errno == EINTR)
        ;
}

static void allow_files(void)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static void start(const struct options *o, struct board *board, int64_t deadline_us)
{
    int progress = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    for (size_t i = 0; i < (size_t)o->processes; i++) {
        pid_t pid = fork();
        if (pid < 0) {
            perror("fork");
            exit(1);
        }
        if (pid > 0)
            continue;
        /* Nobody is left behind by a parent that is killed. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct worker w = {.options = o,
                           .board = board,
                           .slot = &board->slots[i],
                           .index = i,
                           .progress = progress,
                           .deadline_us = deadline_us};
        worker_live(&w);
        _exit(0);
    }
    close(progress);
}

static bool all_prepared(const struct options *o, const struct board *board)
{
    for (size_t i = 0; i < (size_t)o->processes; i++)
        if (!atomic_load(&board->slots[i].prepared))
            return false;
    return true;
}

static bool all_done(const struct options *o, const struct board *board)
{
    for (size_t i = 0; i < (size_t)o->processes; i++)
        if (!atomic_load(&board->slots[i].done))
            return false;
    return true;
}

/* False: not in time. */
static bool wait_for(bool (*what)(const struct options *, const struct board *), const struct options *o,
                     const struct board *board, int64_t deadline_us)
{
    while (!what(o, board)) {
        if (clock_mono_us() > deadline_us)
            return false;
        sleep_us(LOOK_US);
    }
    return true;
}

static void watch(const struct options *o, struct process_stat stats[WATCHED_MAX])
{
    process_stats_read(o->watched, o->watched_count, stats);
}

static void run(const struct options *o, struct board *board, struct report *report)
{
    board->from_us = clock_mono_us() + START_US + o->warm_ms * 1000;
    board->until_us = board->from_us + o->run_ms * 1000;
    atomic_store(&board->phase, PHASE_RUN);
    sleep_us(board->from_us - clock_mono_us());
    watch(o, report->from);
    int64_t looked_us = clock_mono_us();
    report->done = wait_for(all_done, o, board, report->deadline_us + GRACE_US);
    report->run_s = (double)(clock_mono_us() - looked_us) / 1e6;
    watch(o, report->until);
}

int main(int argc, char **argv)
{
    static struct options options;
    static struct report report;
    options_read(&options, argc, argv);
    allow_files();
    struct board *board = board_create();
    int64_t began_us = clock_mono_us();
    report.options = &options;
    report.board = board;
    report.deadline_us = began_us + options.limit_ms * 1000;
    watch(&options, report.before);
    kernel_stat_read(&report.kernel_before);
    start(&options, board, report.deadline_us);
    report.ready = wait_for(all_prepared, &options, board, report.deadline_us);
    report.connect_s = (double)(clock_mono_us() - began_us) / 1e6;
    if (report.ready) {
        /* For who wants to begin something beside it. */
        if (options.kill)
            fputs("ready\n", stderr);
        sleep_us(options.settle_ms * 1000);
        watch(&options, report.settled);
        kernel_stat_read(&report.kernel_settled);
        run(&options, board, &report);
    }
    while (wait(NULL) > 0)
        ;
    return report_print(&report) ? 0 : 1;
}
