/* URLs of a Redis. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "bus_address.h"
#include "err.h"

Test(bus_address, a_host_alone_gets_the_usual_port)
{
    struct bus_address a;
    cr_assert(eq(int, bus_address_parse(&a, "redis://cache"), 0));
    cr_expect_str_eq(a.host, "cache");
    cr_expect(eq(u16, a.port, 6379));
    cr_expect(zero(ptr, a.password));
    cr_expect(not(a.local));
    bus_address_fini(&a);
}

Test(bus_address, every_part_is_taken)
{
    struct bus_address a;
    cr_assert(eq(int, bus_address_parse(&a, "redis://parley:p%40ss%2fw@127.0.0.1:7000/3"), 0));
    cr_expect_str_eq(a.user, "parley");
    cr_expect_str_eq(a.password, "p@ss/w");
    cr_expect_str_eq(a.host, "127.0.0.1");
    cr_expect(eq(u16, a.port, 7000));
    cr_expect(eq(i64, a.db, 3));
    bus_address_fini(&a);
}

Test(bus_address, a_password_may_hold_an_at_sign)
{
    struct bus_address a;
    cr_assert(eq(int, bus_address_parse(&a, "redis://:a@b@h:1"), 0));
    cr_expect(zero(ptr, a.user));
    cr_expect_str_eq(a.password, "a@b");
    cr_expect_str_eq(a.host, "h");
    bus_address_fini(&a);
}

Test(bus_address, an_ipv6_address_stands_in_brackets)
{
    struct bus_address a;
    cr_assert(eq(int, bus_address_parse(&a, "redis://[::1]:7000"), 0));
    cr_expect_str_eq(a.host, "::1");
    cr_expect(eq(u16, a.port, 7000));
    bus_address_fini(&a);
    cr_assert(eq(int, bus_address_parse(&a, "redis://[::1]"), 0));
    cr_expect(eq(u16, a.port, 6379));
    bus_address_fini(&a);
}

Test(bus_address, a_unix_socket_has_a_path_and_perhaps_a_password)
{
    struct bus_address a;
    cr_assert(eq(int, bus_address_parse(&a, "unix:///run/redis.sock?a%3fb"), 0));
    cr_expect(a.local);
    cr_expect_str_eq(a.host, "/run/redis.sock");
    cr_expect_str_eq(a.password, "a?b");
    bus_address_fini(&a);
    cr_assert(eq(int, bus_address_parse(&a, "unix:///run/redis.sock"), 0));
    cr_expect(zero(ptr, a.password));
    bus_address_fini(&a);
}

Test(bus_address, what_is_no_such_url_is_refused_and_leaves_nothing)
{
    static const char *const bad[] = {"",
                                      "redis:/h",
                                      "http://h",
                                      "redis://",
                                      "redis://:1",
                                      "redis://h:0",
                                      "redis://h:65536",
                                      "redis://h:x",
                                      "redis://h:1/x",
                                      "redis://h:1/-1",
                                      "redis://u@h",
                                      "redis://u:@h",
                                      "redis://:%@h",
                                      "redis://:%4@h",
                                      "redis://:%00@h",
                                      "redis://:%zz@h",
                                      "redis://[::1",
                                      "redis://[::1]x",
                                      "redis://[]:1",
                                      "unix://",
                                      "unix:///",
                                      "unix://relative/path",
                                      "unix:///a?%f"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bus_address a;
        cr_expect(eq(int, bus_address_parse(&a, bad[i]), ERR_BAD_REQUEST), "%s", bad[i]);
        cr_expect(zero(ptr, a.host), "%s", bad[i]);
    }
}

Test(bus_address, a_socket_path_longer_than_the_kernel_takes_is_refused)
{
    struct bus_address a;
    char url[200] = "unix:///";
    for (int i = 8; i < 7 + 107; i++)
        url[i] = 'a';
    cr_expect(eq(int, bus_address_parse(&a, url), 0));
    bus_address_fini(&a);
    url[7 + 107] = 'a';
    cr_expect(eq(int, bus_address_parse(&a, url), ERR_BAD_REQUEST));
}

Test(bus_address, nodes_of_a_cluster_share_a_login)
{
    struct bus_seeds s;
    cr_assert(eq(int, bus_seeds_parse(&s, "redis+cluster://parley:p%40ss@a,b:7000,[::1]:7001/0"), 0));
    cr_assert(eq(sz, s.count, 3));
    cr_expect(bus_address_is(&s.at[0], STR("a"), 6379));
    cr_expect(bus_address_is(&s.at[1], STR("b"), 7000));
    cr_expect(bus_address_is(&s.at[2], STR("::1"), 7001));
    for (size_t i = 0; i < s.count; i++) {
        cr_expect_str_eq(s.at[i].user, "parley");
        cr_expect_str_eq(s.at[i].password, "p@ss");
    }
    bus_seeds_fini(&s);
    bus_seeds_fini(&s);
    cr_assert(eq(int, bus_seeds_parse(&s, "redis+cluster://a"), 0));
    cr_expect(eq(sz, s.count, 1));
    bus_seeds_fini(&s);
}

Test(bus_address, what_is_no_cluster_is_refused_and_leaves_nothing)
{
    static const char *const bad[] = {
        "redis://a,b",           "redis+cluster://",
        "redis+cluster://a,",    "redis+cluster://,a",
        "redis+cluster://a,,b",  "redis+cluster://a:0,b",
        "redis+cluster://a,b:x", "redis+cluster://a,b/1",
        "redis+cluster://u@a",   "redis+cluster://1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bus_seeds s;
        cr_expect(eq(int, bus_seeds_parse(&s, bad[i]), ERR_BAD_REQUEST), "%s", bad[i]);
        cr_expect(eq(sz, s.count, 0), "%s", bad[i]);
    }
}
