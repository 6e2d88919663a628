/* Reads /proc/meminfo and /proc/net/sockstat: proc(5). */
#include "kernel_stat.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 8192 };

/* The line of `text` that begins so; empty: none. */
static struct str line_of(struct str text, struct str begin)
{
    while (text.n > 0) {
        struct str line;
        text = str_cut(text, '\n', &line);
        if (str_starts(line, begin))
            return line;
    }
    return (struct str){0};
}

int64_t kernel_stat_number(struct str text, struct str line, struct str label)
{
    struct str found = line_of(text, line), word;
    const char *at = found.n > 0 ? memmem(found.p, found.n, label.p, label.n) : NULL;
    if (!at)
        return -1;
    const char *from = at + label.n, *end = found.p + found.n;
    while (from < end && *from == ' ')
        from++;
    int64_t number;
    str_cut((struct str){from, (size_t)(end - from)}, ' ', &word);
    return str_i64(word, &number) ? number : -1;
}

static int64_t number_in(const char *path, const char *line, const char *label, int64_t unit)
{
    char text[TEXT_MAX];
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    size_t n = fread(text, 1, sizeof(text), file);
    fclose(file);
    int64_t number = kernel_stat_number((struct str){text, n}, str_of(line), str_of(label));
    return number > 0 ? number * unit : 0;
}

void kernel_stat_read(struct kernel_stat *stat_r)
{
    stat_r->slab = number_in("/proc/meminfo", "Slab:", "Slab:", 1024);
    stat_r->buffers = number_in("/proc/net/sockstat", "TCP:", "mem", sysconf(_SC_PAGESIZE));
}
