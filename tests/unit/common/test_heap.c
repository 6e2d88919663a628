/* When the heap is given back: after work, at rest, not too often. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

Test(heap, is_trimmed_when_work_is_followed_by_rest)
{
    struct heap_rest rest = {0};
    cr_expect_not(heap_rests(&rest, 20000, 500), "in the middle of work");
    cr_expect_not(heap_rests(&rest, 21000, 900), "still at work");
    cr_expect(heap_rests(&rest, 22000, 905), "at rest");
}

Test(heap, is_left_alone_while_nothing_happens)
{
    struct heap_rest rest = {0};
    heap_rests(&rest, 20000, 500);
    cr_assert(heap_rests(&rest, 21000, 501));
    for (int64_t now_ms = 22000, cpu_ms = 501; now_ms < 40000; now_ms += 1000, cpu_ms++)
        cr_expect_not(heap_rests(&rest, now_ms, cpu_ms), "at %lld ms", (long long)now_ms);
}

Test(heap, is_trimmed_once_in_ten_seconds_at_most)
{
    struct heap_rest rest = {0};
    int trims = 0;
    for (int64_t now_ms = 100000, cpu_ms = 1000; now_ms < 160000; now_ms += 1000, cpu_ms += 40)
        trims += heap_rests(&rest, now_ms, cpu_ms);
    /* The first look only sees all the work before it. */
    cr_expect_eq(trims, 6, "%d times in a minute", trims);
}

/* Bytes of this process that are in memory and come from files. */
static int64_t resident_file_kb(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[128];
    long kb = -1;
    cr_assert_not_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "RssFile:", 8) == 0)
            kb = strtol(line + 8, NULL, 10);
    fclose(file);
    return kb;
}

Test(heap, lets_code_go_that_comes_back_when_it_is_called)
{
    int64_t before = resident_file_kb();
    heap_trim();
    int64_t after = resident_file_kb();
    cr_expect_lt(after, before, "%lld kB before, %lld after", (long long)before, (long long)after);
    cr_expect_eq(strtol("42", NULL, 10), 42);
}

Test(heap, can_be_trimmed_with_blocks_in_use)
{
    heap_init();
    enum { BLOCKS = 2000 };
    static char *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc(4096);
        cr_assert_not_null(blocks[i]);
        blocks[i][4095] = (char)i;
    }
    for (size_t i = 0; i < BLOCKS; i += 2)
        free(blocks[i]);
    struct heap_rest rest = {.looked_cpu_ms = INT64_MAX / 2, .trimmed_cpu_ms = -1000};
    heap_tick(&rest, 100000);
    cr_expect_eq(rest.trimmed_ms, 100000, "not trimmed");
    for (size_t i = 1; i < BLOCKS; i += 2) {
        cr_expect_eq(blocks[i][4095], (char)i);
        free(blocks[i]);
    }
}
