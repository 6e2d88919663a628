/* Request heads, targets and queries: what passes, and what is refused how. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "http_head.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static int parse(const char *bytes, struct http_head *head)
{
    size_t scanned = 0, length;
    struct str s = str_of(bytes);
    int err = http_head_length(s, &scanned, &length);
    if (err)
        return err;
    cr_assert(length > 0, "no end found in: %s", bytes);
    return http_head_parse((struct str){s.p, length}, head);
}

Test(http_head, a_plain_request_is_read)
{
    struct http_head head;
    cr_assert_eq(parse("POST /a?b=c HTTP/1.1\r\nHost: x:1\r\nX-A:\t one \r\nx-a: two\r\n\r\nbody", &head), 0);
    cr_assert(str_is(head.method, "POST"));
    cr_assert(str_is(head.target, "/a?b=c"));
    cr_assert(!head.http10);
    cr_assert(str_is(http_head_get(&head, "host"), "x:1"));
    cr_assert(str_is(http_head_get(&head, "x-a"), "one"));
    cr_assert(str_is(http_head_last(&head, "x-a"), "two"));
    cr_assert_eq(http_head_get(&head, "absent").n, 0);
    cr_assert(http_head_has(&head, "x-a") && !http_head_has(&head, "x"));
}

Test(http_head, an_empty_line_before_the_request_is_forgiven)
{
    struct http_head head;
    cr_assert_eq(parse("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", &head), 0);
    cr_assert(str_is(head.method, "GET"));
}

Test(http_head, its_end_is_found_however_it_is_cut)
{
    struct str s = STR("GET / HTTP/1.1\r\nHost: x\r\n\r\nrest");
    for (size_t cut = 0; cut <= s.n; cut++) {
        size_t scanned = 0, length = 99;
        cr_assert_eq(http_head_length((struct str){s.p, cut}, &scanned, &length), 0);
        cr_assert_eq(length, cut >= s.n - 4 ? s.n - 4 : 0, "cut at %zu", cut);
        if (length == 0)
            cr_assert_eq(http_head_length(s, &scanned, &length), 0);
        cr_assert_eq(length, s.n - 4, "cut at %zu", cut);
    }
}

Test(http_head, what_is_no_head_is_refused)
{
    static const char *const bad[] = {
        "\r\n\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\nHost: x\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET / http/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.10\r\nHost: x\r\n\r\n",
        "G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "(GET) / HTTP/1.1\r\nHost: x\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nOrigin: a\r\nOrigin: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA : space before colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: bare\rreturn\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: bare\nfeed\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: \x7f\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\r\n\r\n",
    };
    for (size_t i = 0; i < LEN(bad); i++) {
        struct http_head head;
        cr_assert_eq(parse(bad[i], &head), ERR_BAD_REQUEST, "row %zu: %s", i, bad[i]);
    }
}

Test(http_head, a_nul_byte_is_refused)
{
    static const char bytes[] = "GET / HTTP/1.1\r\nHost: x\r\nA: a\0b\r\n\r\n";
    struct http_head head;
    cr_assert_eq(http_head_parse((struct str){bytes, sizeof(bytes) - 1}, &head), ERR_BAD_REQUEST);
}

Test(http_head, its_size_and_its_headers_are_bounded)
{
    struct buf b = {0};
    struct http_head head;
    size_t scanned = 0, length;
    buf_cstr(&b, "GET / HTTP/1.1\r\nHost: x\r\nA: ");
    while (b.n < HTTP_HEAD_MAX_BYTES - 5)
        buf_char(&b, 'a');
    cr_assert_eq(http_head_length(buf_view(&b), &scanned, &length), 0);
    cr_assert_eq(length, 0);
    buf_cstr(&b, "a\r\n\r\n");
    cr_assert_eq(b.n, HTTP_HEAD_MAX_BYTES);
    cr_assert_eq(parse(buf_c(&b), &head), 0);
    buf_reset(&b);
    scanned = 0;
    while (b.n < HTTP_HEAD_MAX_BYTES)
        buf_char(&b, 'a');
    cr_assert_eq(http_head_length(buf_view(&b), &scanned, &length), ERR_HEADERS_TOO_LARGE);

    buf_reset(&b);
    buf_cstr(&b, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 1; i < HTTP_HEAD_MAX_HEADERS; i++)
        buf_cstr(&b, "A: b\r\n");
    size_t mark = b.n;
    buf_cstr(&b, "\r\n");
    cr_assert_eq(parse(buf_c(&b), &head), 0);
    b.n = mark;
    buf_cstr(&b, "A: b\r\n\r\n");
    cr_assert_eq(parse(buf_c(&b), &head), ERR_HEADERS_TOO_LARGE);

    buf_reset(&b);
    buf_cstr(&b, "GET /");
    while (b.n < HTTP_TARGET_MAX_BYTES + 5)
        buf_char(&b, 'a');
    buf_cstr(&b, " HTTP/1.1\r\nHost: x\r\n\r\n");
    cr_assert_eq(parse(buf_c(&b), &head), ERR_HEADERS_TOO_LARGE);
    buf_fini(&b);
}

Test(http_head, methods_are_known_by_their_exact_name)
{
    cr_assert_eq(http_method_of(STR("GET")), HTTP_GET);
    cr_assert_eq(http_method_of(STR("OPTIONS")), HTTP_OPTIONS);
    cr_assert_eq(http_method_of(STR("get")), HTTP_OTHER);
    cr_assert_eq(http_method_of(STR("TRACE")), HTTP_OTHER);
}

Test(http_head, tokens_are_found_in_lists_of_several_headers)
{
    struct http_head head;
    cr_assert_eq(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive ,Upgrade\r\nConnection: x\r\n\r\n", &head),
                 0);
    cr_assert(http_head_lists(&head, "connection", "upgrade"));
    cr_assert(http_head_lists(&head, "connection", "x"));
    cr_assert(!http_head_lists(&head, "connection", "up"));
    cr_assert(!http_head_lists(&head, "upgrade", "upgrade"));
}

Test(http_head, the_body_is_as_long_as_one_reading_says)
{
    static const struct {
        const char *headers;
        int err;
        size_t length;
    } rows[] = {
        {"", 0, 0},
        {"Content-Length: 0\r\n", 0, 0},
        {"Content-Length: 100\r\n", 0, 100},
        {"Content-Length: 0099\r\n", 0, 99},
        {"Content-Length: 101\r\n", ERR_TOO_LARGE, 0},
        {"Content-Length: 9223372036854775807\r\n", ERR_TOO_LARGE, 0},
        {"Content-Length: 99999999999999999999999\r\n", ERR_TOO_LARGE, 0},
        {"Content-Length: -1\r\n", ERR_BAD_REQUEST, 0},
        {"Content-Length: +1\r\n", ERR_BAD_REQUEST, 0},
        {"Content-Length: 1, 1\r\n", ERR_BAD_REQUEST, 0},
        {"Content-Length: 0x10\r\n", ERR_BAD_REQUEST, 0},
        {"Content-Length: \r\n", ERR_BAD_REQUEST, 0},
        {"Transfer-Encoding: chunked\r\n", ERR_LENGTH_REQUIRED, 0},
        {"Transfer-Encoding: identity\r\n", ERR_LENGTH_REQUIRED, 0},
        {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", ERR_BAD_REQUEST, 0},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct http_head head;
        char bytes[256];
        size_t length = 1234;
        snprintf(bytes, sizeof(bytes), "POST / HTTP/1.1\r\nHost: x\r\n%s\r\n", rows[i].headers);
        cr_assert_eq(parse(bytes, &head), 0);
        cr_assert_eq(http_body_length(&head, 100, &length), rows[i].err, "row %zu", i);
        cr_assert_eq(length, rows[i].length, "row %zu", i);
    }
}

Test(http_head, keeping_the_connection_is_the_clients_choice)
{
    struct http_head head;
    cr_assert_eq(parse("GET / HTTP/1.1\r\nHost: x\r\n\r\n", &head), 0);
    cr_assert(http_keep_alive(&head));
    cr_assert_eq(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n", &head), 0);
    cr_assert(!http_keep_alive(&head));
    cr_assert_eq(parse("GET / HTTP/1.0\r\n\r\n", &head), 0);
    cr_assert(!http_keep_alive(&head));
    cr_assert_eq(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", &head), 0);
    cr_assert(http_keep_alive(&head));
}

Test(http_target, good_ones_are_decoded)
{
    static const struct {
        const char *target, *path, *query;
    } rows[] = {
        {"/", "/", ""},         {"/a/b", "/a/b", ""},          {"/a/", "/a/", ""},
        {"/a?", "/a", ""},      {"/a?b?c", "/a", "b?c"},       {"/%C3%A9%20+", "/é +", ""},
        {"/a%2Fb", "/a/b", ""}, {"/...", "/...", ""},          {"/.well-known/x", "/.well-known/x", ""},
        {"/%25", "/%", ""},     {"http://h:1/p?q", "/p", "q"}, {"HTTPS://h", "/", ""},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf path = {0};
        struct str query;
        cr_assert_eq(http_target_split(str_of(rows[i].target), &path, &query), 0, "row %zu", i);
        cr_assert(str_is(buf_view(&path), rows[i].path), "row %zu: %s", i, buf_c(&path));
        cr_assert(str_is(query, rows[i].query), "row %zu", i);
        buf_fini(&path);
    }
}

Test(http_target, what_could_mean_two_things_is_refused)
{
    static const char *const bad[] = {
        "*",           "a",    "h:443",     "?a",      "//",    "//a",        "/a//b",   "/a//",
        "/.",          "/..",  "/../a",     "/a/../b", "/a/..", "/a/.",       "/./a",    "/%2e%2e/a",
        "/a%2f..%2fb", "/%2f", "/%00",      "/a%0ab",  "/%7f",  "/%",         "/%1",     "/%zz",
        "/%c3",        "/%ff", "/\xc3\xa9", "/a#b",    "/a b",  "/%ed%a0%80", "/%c0%af", "ftp://h/a",
    };
    for (size_t i = 0; i < LEN(bad); i++) {
        struct buf path = {0};
        struct str query;
        cr_assert_eq(http_target_split(str_of(bad[i]), &path, &query), ERR_BAD_REQUEST, "%s", bad[i]);
        buf_fini(&path);
    }
}

Test(http_params, pairs_are_decoded)
{
    struct http_params params = {0};
    struct str v;
    cr_assert_eq(http_params_parse(STR("a=1&b=x+y%2B&&c&d=&a=2&%C3%A9=%E2%82%AC&e=f=g"), &params), 0);
    cr_assert(http_params_get(&params, "a", &v) && str_is(v, "1"));
    cr_assert(http_params_get(&params, "b", &v) && str_is(v, "x y+"));
    cr_assert(http_params_get(&params, "c", &v) && v.n == 0);
    cr_assert(http_params_get(&params, "d", &v) && v.n == 0);
    cr_assert(http_params_get(&params, "é", &v) && str_is(v, "€"));
    cr_assert(http_params_get(&params, "e", &v) && str_is(v, "f=g"));
    cr_assert(!http_params_get(&params, "f", &v));
    http_params_fini(&params);
}

Test(http_params, an_empty_pair_is_no_trap)
{
    struct http_params params = {0};
    struct str v;
    cr_assert_eq(http_params_parse(STR("="), &params), 0);
    cr_assert(http_params_get(&params, "", &v) && v.n == 0);
    http_params_fini(&params);
}

Test(http_params, bad_escapes_and_crowds_are_refused)
{
    static const char *const bad[] = {"a=%", "a=%4", "a=%gg", "%00=a", "a=%00", "a=%ff", "a=\xc3"};
    for (size_t i = 0; i < LEN(bad); i++) {
        struct http_params params = {0};
        cr_assert_eq(http_params_parse(str_of(bad[i]), &params), ERR_BAD_REQUEST, "%s", bad[i]);
        http_params_fini(&params);
    }
    struct buf b = {0};
    for (int i = 0; i < HTTP_QUERY_MAX_PARAMS; i++)
        buf_cstr(&b, "a=b&");
    struct http_params params = {0};
    cr_assert_eq(http_params_parse(buf_view(&b), &params), 0);
    http_params_fini(&params);
    buf_cstr(&b, "a");
    cr_assert_eq(http_params_parse(buf_view(&b), &params), ERR_BAD_REQUEST);
    http_params_fini(&params);
    buf_fini(&b);
}
