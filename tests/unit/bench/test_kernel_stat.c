/* Numbers out of /proc/meminfo and /proc/net/sockstat. */
#include <criterion/criterion.h>

#include "kernel_stat.h"

static const char meminfo[] = "MemTotal:       24660936 kB\nSlab:             451892 kB\nSReclaimable:     390000 kB\n";
static const char sockstat[] = "sockets: used 214\nTCP: inuse 37 orphan 0 tw 12 alloc 41 mem 9\nUDP: inuse 3 mem 1\n";

static int64_t number(const char *text, const char *line, const char *label)
{
    return kernel_stat_number(str_of(text), str_of(line), str_of(label));
}

Test(kernel_stat, a_number_stands_behind_its_label_in_its_line)
{
    cr_assert_eq(number(meminfo, "Slab:", "Slab:"), 451892);
    cr_assert_eq(number(sockstat, "TCP:", "mem"), 9);
    cr_assert_eq(number(sockstat, "UDP:", "mem"), 1);
}

Test(kernel_stat, what_is_not_there_is_no_number)
{
    cr_assert_eq(number(meminfo, "TCP:", "mem"), -1);
    cr_assert_eq(number(sockstat, "sockets:", "mem"), -1);
    cr_assert_eq(number("Slab:", "Slab:", "Slab:"), -1);
    cr_assert_eq(number("Slab:   kB\n", "Slab:", "Slab:"), -1);
    cr_assert_eq(number("", "Slab:", "Slab:"), -1);
}

Test(kernel_stat, this_kernel_keeps_something)
{
    struct kernel_stat stat;
    kernel_stat_read(&stat);
    cr_assert_gt(stat.slab, 0);
    cr_assert_geq(stat.buffers, 0);
}
