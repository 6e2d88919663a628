/* What is noted of messages: found by room and number or by request, the oldest forgotten first. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "hops.h"

static void note(struct hops *hops, int64_t seq, const char *request)
{
    struct hop hop = {.kind = HOP_STORED, .room = 7, .seq = seq, .last = seq, .at_us = {0, 2000, 3000}};
    snprintf(hop.request, sizeof hop.request, "%s", request);
    hops_note(hops, &hop);
}

Test(hops, a_message_is_found_by_its_number_and_by_its_request)
{
    struct hops *hops;
    struct buf out = {0}, again = {0};
    hops_create(&hops);
    hops_write(hops, 7, 1, (struct str){0}, &out);
    cr_assert_eq(out.n, 0);
    note(hops, 1, "a");
    note(hops, 2, "b");
    hops_write(hops, 7, 2, (struct str){0}, &out);
    cr_assert_str_eq(buf_c(&out), "2000\tqueued\t7\t2\tb\t-\n3000\tread\t7\t2\tb\t-\n");
    hops_write(hops, 0, 0, STR("b"), &again);
    cr_assert_str_eq(buf_c(&again), buf_c(&out));
    buf_fini(&out);
    buf_fini(&again);
    hops_destroy(&hops);
}

Test(hops, what_went_out_together_is_found_by_each_number)
{
    struct hops *hops;
    struct buf out = {0};
    hops_create(&hops);
    hops_note(hops,
              &(struct hop){.kind = HOP_FANNED, .room = 7, .seq = 3, .last = 5, .sockets = 2, .at_us = {10, 20, 30}});
    hops_write(hops, 7, 6, (struct str){0}, &out);
    hops_write(hops, 8, 4, (struct str){0}, &out);
    cr_assert_eq(out.n, 0);
    hops_write(hops, 7, 4, (struct str){0}, &out);
    cr_assert_str_eq(buf_c(&out),
                     "10\treceived\t7\t5\t-\t2\n20\tfirst-written\t7\t5\t-\t2\n30\tlast-written\t7\t5\t-\t2\n");
    buf_fini(&out);
    hops_destroy(&hops);
}

Test(hops, the_oldest_is_forgotten)
{
    struct hops *hops;
    struct buf out = {0};
    hops_create(&hops);
    for (int64_t seq = 1; seq <= HOPS_KEPT + 1; seq++)
        note(hops, seq, "x");
    hops_write(hops, 7, 1, (struct str){0}, &out);
    cr_assert_eq(out.n, 0);
    hops_write(hops, 7, 2, (struct str){0}, &out);
    cr_assert_gt(out.n, 0);
    buf_fini(&out);
    hops_destroy(&hops);
}

Test(hops, a_moment_of_the_steady_clock_becomes_one_of_the_wall)
{
    clock_fake(5000, 100);
    cr_assert_eq(hops_wall_us(90 * 1000), 4990 * 1000);
    clock_fake(-1, 0);
}
