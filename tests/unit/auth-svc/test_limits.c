/* Limits: which addresses count as one. */
#include <criterion/criterion.h>

#include "limits.h"

static void counts_as(const char *address, const char *expected)
{
    struct buf out = {0};
    limits_address(str_of(address), &out);
    cr_assert_str_eq(buf_c(&out), expected);
    buf_fini(&out);
}

Test(limits, an_ipv4_address_counts_by_itself_also_when_mapped)
{
    counts_as("192.0.2.7", "192.0.2.7");
    counts_as("::ffff:192.0.2.7", "192.0.2.7");
}

Test(limits, an_ipv6_network_counts_as_one)
{
    counts_as("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    counts_as("2001:db8:1:2::1", "2001:db8:1:2::");
    counts_as("2001:db8:1:3::1", "2001:db8:1:3::");
}

Test(limits, other_text_counts_as_it_is)
{
    counts_as("", "");
    counts_as("unix", "unix");
}
