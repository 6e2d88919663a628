/* Reads /proc/meminfo and /proc/net/sockstat: proc(5). */
#include "kernel_stat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 8192 };

/* The line of `text` that begins so; empty: none. */
static struct str line_of(struct str text, struct str begin)
{
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end ? (size_t)(end - text.p) : text.n;
        if (n >= begin.n && memcmp(text.p, begin.p, begin.n) == 0)
            return (struct str){text.p, n};
        text = (struct str){text.p + n + (end != NULL), text.n - n - (end != NULL)};
    }
    return (struct str){0};
}

int64_t kernel_stat_number(struct str text, struct str line, struct str label)
{
    struct str found = line_of(text, line);
    const char *at = found.n > 0 ? memmem(found.p, found.n, label.p, label.n) : NULL;
    if (!at)
        return -1;
    char digits[24];
    const char *from = at + label.n, *end = found.p + found.n;
    while (from < end && *from == ' ')
        from++;
    size_t n = 0;
    while (from + n < end && n < sizeof(digits) - 1 && from[n] >= '0' && from[n] <= '9')
        n++;
    memcpy(digits, from, n);
    digits[n] = '\0';
    return n > 0 ? strtoll(digits, NULL, 10) : -1;
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
