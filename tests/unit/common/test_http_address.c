/* Addresses, networks, trusted proxies and the Origin rule. */
#include <criterion/criterion.h>
#include <string.h>

#include "http_address.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const char *again(const char *text)
{
    static char out[HTTP_ADDRESS_MAX];
    struct http_address address;
    if (!http_address_parse(str_of(text), &address))
        return "bad";
    http_address_print(&address, out);
    return out;
}

Test(http_address, texts_become_canonical)
{
    static const char *const rows[][2] = {
        {"127.0.0.1", "127.0.0.1"},
        {"::1", "::1"},
        {"[::1]", "::1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::ffff:10.1.2.3", "10.1.2.3"},
        {"", "bad"},
        {"127.0.0.1:80", "bad"},
        {"[127.0.0.1]", "bad"},
        {"[::1]:80", "bad"},
        {"fe80::1%eth0", "bad"},
        {"localhost", "bad"},
        {"1.2.3", "bad"},
        {"1.2.3.4.5", "bad"},
        {"256.1.1.1", "bad"},
        {"01.2.3.4", "bad"},
        {"unknown", "bad"},
        {" 1.2.3.4", "bad"},
        {"::1::", "bad"},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa", "bad"},
    };
    for (size_t i = 0; i < LEN(rows); i++)
        cr_assert_str_eq(again(rows[i][0]), rows[i][1], "%s", rows[i][0]);
}

Test(http_address, a_nul_byte_does_not_end_it)
{
    struct http_address address;
    cr_assert(!http_address_parse((struct str){"1.2.3.4\0x", 9}, &address));
}

Test(http_network, membership_follows_the_prefix)
{
    static const struct {
        const char *network, *address;
        bool has;
    } rows[] = {
        {"10.0.0.0/8", "10.255.1.2", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"192.168.4.0/22", "192.168.7.255", true},
        {"192.168.4.0/22", "192.168.8.0", false},
        {"1.2.3.4", "1.2.3.4", true},
        {"1.2.3.4", "1.2.3.5", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "8.8.8.8", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"10.9.9.9/8", "10.1.1.1", true},
        {"127.0.0.0/8", "::ffff:127.0.0.1", true},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct http_network network;
        struct http_address address;
        cr_assert(http_network_parse(str_of(rows[i].network), &network), "%s", rows[i].network);
        cr_assert(http_address_parse(str_of(rows[i].address), &address), "%s", rows[i].address);
        cr_assert_eq(http_network_has(&network, &address), rows[i].has, "%s in %s", rows[i].address, rows[i].network);
    }
}

Test(http_network, bad_prefixes_are_refused)
{
    static const char *const bad[] = {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8",
                                      "/8",          "10/8",   "host/8",    "10.0.0.0/08", ""};
    for (size_t i = 0; i < LEN(bad); i++) {
        struct http_network network;
        cr_assert(!http_network_parse(str_of(bad[i]), &network), "%s", bad[i]);
    }
}

Test(http_networks, a_list_names_its_bad_item)
{
    struct http_networks networks;
    struct str bad;
    cr_assert(http_networks_parse(" 10.0.0.0/8 ,, ::1,", &networks, &bad));
    cr_assert_eq(networks.count, 2);
    http_networks_fini(&networks);
    cr_assert(!http_networks_parse("10.0.0.0/8, nonsense", &networks, &bad));
    cr_assert(str_is(bad, "nonsense"));
    cr_assert(http_networks_parse(NULL, &networks, &bad));
    cr_assert_eq(networks.count, 0);
    http_networks_fini(&networks);
}

Test(http_client_address, only_a_trusted_proxy_is_believed)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } rows[] = {
        {"10.0.0.1", "203.0.113.9", "203.0.113.9"},
        {"10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"},
        {"10.0.0.1", "6.6.6.6,2001:db8::1", "2001:db8::1"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"},
        {"10.0.0.1", "<script>", "10.0.0.1"},
        {"8.8.8.8", "203.0.113.9", "8.8.8.8"},
    };
    struct http_networks trusted;
    struct str bad;
    cr_assert(http_networks_parse("10.0.0.0/8", &trusted, &bad));
    for (size_t i = 0; i < LEN(rows); i++) {
        struct http_address peer, client;
        char text[HTTP_ADDRESS_MAX];
        cr_assert(http_address_parse(str_of(rows[i].peer), &peer));
        client = http_client_address(&trusted, &peer, str_of(rows[i].forwarded));
        http_address_print(&client, text);
        cr_assert_str_eq(text, rows[i].client, "row %zu", i);
    }
    http_networks_fini(&trusted);
}

Test(http_origin, names_this_host_or_a_configured_one)
{
    static const char extra[] = "https://chat.example.org, http://dev.example.org:3000";
    static const struct {
        const char *origin, *host;
        bool secure, ok;
    } rows[] = {
        {"", "h", false, true},
        {"http://h", "h", false, true},
        {"http://H:8080", "h:8080", false, true},
        {"http://h:80", "h", false, true},
        {"http://h", "h:80", false, true},
        {"https://h:443", "h", true, true},
        {"https://h", "h", false, true},
        {"http://h", "h", true, false},
        {"http://h:8081", "h:8080", false, false},
        {"http://h", "h:8080", false, false},
        {"https://h", "h:80", true, false},
        {"null", "h", false, false},
        {"h", "h", false, false},
        {"http://", "", false, false},
        {"http://h.evil.example", "h", false, false},
        {"http://evil.example", "h", false, false},
        {"http://h@evil.example", "h", false, false},
        {"http://evil.example/h", "h", false, false},
        {"ftp://h", "h", false, false},
        {"https://chat.example.org", "h", true, true},
        {"https://CHAT.example.org:443", "h", false, true},
        {"http://chat.example.org", "h", false, false},
        {"https://chat.example.org.evil", "h", false, false},
        {"http://dev.example.org:3000", "h", true, true},
        {"http://dev.example.org", "h", false, false},
    };
    for (size_t i = 0; i < LEN(rows); i++)
        cr_assert_eq(http_origin_allowed(str_of(rows[i].origin), str_of(rows[i].host), rows[i].secure, extra),
                     rows[i].ok, "row %zu: %s at %s", i, rows[i].origin, rows[i].host);
}
