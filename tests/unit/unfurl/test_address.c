/* Which addresses are the world's. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "address.h"

static struct sockaddr_storage made(const char *text, uint16_t port)
{
    struct sockaddr_storage all = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        memcpy(&all, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        memcpy(&all, &v6, sizeof v6);
    else
        cr_assert_fail("%s is no address", text);
    return all;
}

static void expect(const char *text, bool is)
{
    struct sockaddr_storage at = made(text, 80);
    cr_expect_eq(address_is_public((const struct sockaddr *)&at), is, "%s", text);
}

/* The first and the last of each network that is refused, and what stands before and behind it. */
Test(address, of_each_special_network_neither_end_is_public_and_what_is_around_it_is)
{
    static const struct {
        const char *before, *first, *last, *behind;
    } rows[] = {
        {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
        {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
        {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
        {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
        {"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17"},
        {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
        {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
        {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
        {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
        {"192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0"},
        {"192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0"},
        {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
        {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
        {"192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0"},
        {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
        {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
        {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
        {"223.255.255.255", "224.0.0.0", "255.255.255.255", NULL},
        {NULL, "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
        {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
         "2001:db9::"},
        {"2001:ffff:ffff::", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
        {"2620:4f:7fff:ffff::1", "2620:4f:8000::", "2620:4f:8000:ffff::1", "2620:4f:8001::"},
        {"3ffe:ffff::", "3fff::", "3fff:fff:ffff::1", "3fff:1000::"},
        {NULL, "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect(rows[i].first, false);
        expect(rows[i].last, false);
        if (rows[i].before != NULL)
            expect(rows[i].before, true);
        if (rows[i].behind != NULL)
            expect(rows[i].behind, true);
    }
}

Test(address, what_people_try_is_refused)
{
    static const char *const refused[] = {"::1",
                                          "::ffff:127.0.0.1",
                                          "::ffff:8.8.8.8",
                                          "::127.0.0.1",
                                          "64:ff9b::127.0.0.1",
                                          "64:ff9b::8.8.8.8",
                                          "64:ff9b:1::1",
                                          "100::1",
                                          "fc00::1",
                                          "fd00:ec2::254",
                                          "fe80::1",
                                          "fec0::1",
                                          "ff02::1",
                                          "5f00::1",
                                          "2001:0:4136:e378:8000:63bf:3fff:fdd2"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        expect(refused[i], false);
    expect("93.184.216.34", true);
    expect("2606:2800:220:1:248:1893:25c8:1946", true);
    struct sockaddr_storage other = {.ss_family = AF_UNIX};
    cr_expect_not(address_is_public((const struct sockaddr *)&other));
}

static bool is_listed(const char *text, uint16_t port, const char *list)
{
    struct sockaddr_storage at = made(text, port);
    return address_is_listed((const struct sockaddr *)&at, list);
}

Test(address, a_list_names_address_and_port_exactly)
{
    cr_expect(is_listed("127.0.0.2", 9999, "127.0.0.2:9999"));
    cr_expect(is_listed("127.0.0.2", 9999, "127.0.0.1:1,127.0.0.2:9999"));
    cr_expect(is_listed("::1", 80, "127.0.0.1:1,[::1]:80"));
    cr_expect_not(is_listed("127.0.0.2", 999, "127.0.0.2:9999"));
    cr_expect_not(is_listed("127.0.0.2", 9999, "127.0.0.2:99991"));
    cr_expect_not(is_listed("127.0.0.1", 80, ""));
    cr_expect_not(is_listed("127.0.0.1", 80, "127.0.0.1,*"));
    cr_expect_not(is_listed("::ffff:127.0.0.2", 9999, "127.0.0.2:9999"));
}
