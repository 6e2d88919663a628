/* Reads /proc/PID/stat. */
#include "process_stat.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAT_MAX = 1024, FIELDS = 22 };

/* The fields behind the state, by their number in proc(5). */
enum { PARENT = 4, USER = 14, SYSTEM = 15, REAPED_USER = 16, REAPED_SYSTEM = 17, RSS = 24, FIRST = 4 };

bool stat_line_parse(struct str line, struct stat_line *line_r)
{
    char text[STAT_MAX];
    int64_t fields[FIELDS] = {0};
    if (line.n >= sizeof(text))
        return false;
    memcpy(text, line.p, line.n);
    text[line.n] = '\0';
    char *end = NULL, *behind = strrchr(text, ')');
    int64_t pid = strtoll(text, &end, 10);
    if (end == text || !behind || strlen(behind) < 4)
        return false;
    char *at = behind + 3; /* ") S" */
    for (unsigned i = 0; i < FIELDS; i++) {
        fields[i] = strtoll(at, &end, 10);
        if (end == at)
            return false;
        at = end;
    }
    *line_r = (struct stat_line){
        .pid = pid,
        .parent = fields[PARENT - FIRST],
        .user_ticks = fields[USER - FIRST],
        .system_ticks = fields[SYSTEM - FIRST],
        .reaped_user_ticks = fields[REAPED_USER - FIRST],
        .reaped_system_ticks = fields[REAPED_SYSTEM - FIRST],
        .rss_pages = fields[RSS - FIRST],
    };
    return true;
}

static bool stat_of(int64_t pid, struct stat_line *line_r)
{
    char path[64], text[STAT_MAX];
    snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t n = fread(text, 1, sizeof(text), file);
    fclose(file);
    return stat_line_parse((struct str){text, n}, line_r);
}

static void add(struct process_stat *stat, const struct stat_line *line)
{
    double tick_s = 1.0 / (double)sysconf(_SC_CLK_TCK);
    stat->user_s += (double)line->user_ticks * tick_s;
    stat->system_s += (double)line->system_ticks * tick_s;
    stat->rss += line->rss_pages * sysconf(_SC_PAGESIZE);
    stat->processes++;
}

static void add_reaped(struct process_stat *stat, const struct stat_line *line)
{
    double tick_s = 1.0 / (double)sysconf(_SC_CLK_TCK);
    stat->user_s += (double)line->reaped_user_ticks * tick_s;
    stat->system_s += (double)line->reaped_system_ticks * tick_s;
}

void process_stats_read(const int64_t *pids, size_t count, struct process_stat *stats_r)
{
    memset(stats_r, 0, count * sizeof(*stats_r));
    DIR *all = opendir("/proc");
    if (!all)
        return;
    for (const struct dirent *one; (one = readdir(all));) {
        struct stat_line line;
        int64_t pid;
        if (!str_i64(str_of(one->d_name), &pid) || !stat_of(pid, &line))
            continue;
        for (size_t i = 0; i < count; i++) {
            if (line.pid == pids[i] || line.parent == pids[i])
                add(&stats_r[i], &line);
            if (line.pid == pids[i])
                add_reaped(&stats_r[i], &line);
        }
    }
    closedir(all);
}
