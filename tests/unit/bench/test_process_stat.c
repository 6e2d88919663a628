/* Lines of /proc/PID/stat, and this process in it. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process_stat.h"

Test(process_stat, a_line_is_read_by_its_fields)
{
    struct stat_line line;
    cr_assert(stat_line_parse(
        STR("42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 11 12 13 14 20 0 3 0 999 1000000 25 18446744073709551615 1"),
        &line));
    cr_assert_eq(line.pid, 42);
    cr_assert_eq(line.parent, 7);
    cr_assert_eq(line.user_ticks, 11);
    cr_assert_eq(line.system_ticks, 12);
    cr_assert_eq(line.reaped_user_ticks, 13);
    cr_assert_eq(line.reaped_system_ticks, 14);
    cr_assert_eq(line.rss_pages, 25);
}

Test(process_stat, what_is_no_line_is_refused)
{
    struct stat_line line;
    cr_assert_not(stat_line_parse(STR(""), &line));
    cr_assert_not(stat_line_parse(STR("42"), &line));
    cr_assert_not(stat_line_parse(STR("42 (name)"), &line));
    cr_assert_not(stat_line_parse(STR("42 (name) S 1 2 3"), &line));
}

Test(process_stat, children_count)
{
    struct process_stat alone, both;
    const int64_t self = getpid();
    process_stats_read(&self, 1, &alone);
    cr_assert_eq(alone.processes, 1);
    cr_assert_gt(alone.rss, 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        pause();
        _exit(0);
    }
    process_stats_read(&self, 1, &both);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cr_assert_eq(both.processes, 2);
    cr_assert_gt(both.rss, alone.rss);
}

Test(process_stat, who_does_not_exist_costs_nothing)
{
    const int64_t pids[] = {INT32_MAX, getpid()};
    struct process_stat stats[2];
    process_stats_read(pids, 2, stats);
    cr_assert_eq(stats[0].processes, 0);
    cr_assert_eq(stats[0].rss, 0);
    cr_assert_eq(stats[1].processes, 1);
}
