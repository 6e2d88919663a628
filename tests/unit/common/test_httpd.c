/* HTTP over real sockets: answers, refusals, who asks, configuration. */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "httpd.h"
#include "test_httpd_server.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static void start(void)
{
    struct httpd_config config = {
        .trusted_proxies = "127.0.0.1", .origins = "https://other.example", .max_body = 100000};
    server_start(&config);
}

TestSuite(httpd, .init = start, .fini = server_stop, .timeout = 60);

static void expect_body(struct reply *r, const char *text)
{
    cr_assert_eq(r->status, 200);
    cr_assert_str_eq(buf_c(&r->body), text);
    reply_fini(r);
}

Test(httpd, a_request_reaches_the_handler_decoded)
{
    struct reply r = ask("/echo/%C3%A9?q=a%20b+c&q=2", "");
    cr_assert_str_eq(reply_header(&r, "content-type"), "text/plain");
    expect_body(&r, "GET|/echo/é|a b c|");
}

Test(httpd, every_answer_has_its_safety_headers_and_no_server_name)
{
    struct reply r = ask("/nothing", "X-Request-Id: abc-DEF_0.9\r\n");
    cr_assert_eq(r.status, 404);
    cr_assert_str_eq(reply_header(&r, "x-content-type-options"), "nosniff");
    cr_assert_str_eq(reply_header(&r, "referrer-policy"), "no-referrer");
    cr_assert_str_eq(reply_header(&r, "cache-control"), "no-store");
    cr_assert_str_eq(reply_header(&r, "x-request-id"), "abc-DEF_0.9");
    cr_assert_str_eq(reply_header(&r, "content-type"), "application/json");
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    cr_assert_str_eq(reply_header(&r, "server"), "");
    cr_assert_str_eq(buf_c(&r.body), "{\"code\":\"not_found\",\"message\":\"There is nothing here.\","
                                     "\"request_id\":\"abc-DEF_0.9\"}");
    reply_fini(&r);
}

Test(httpd, a_bad_request_id_is_replaced)
{
    static const char *const bad[] = {"", "X-Request-Id: short\r\n", "X-Request-Id: has space in\r\n",
                                      "X-Request-Id: quote\"quote\"\r\n"};
    for (size_t i = 0; i < LEN(bad); i++) {
        struct reply r = ask("/echo", bad[i]);
        cr_assert_eq(strlen(reply_header(&r, "x-request-id")), 24, "row %zu", i);
        reply_fini(&r);
    }
}

Test(httpd, what_the_handler_says_of_caching_stands)
{
    struct reply r = ask("/cached", "");
    cr_assert_str_eq(reply_header(&r, "cache-control"), "max-age=9");
    reply_fini(&r);
}

Test(httpd, a_header_with_a_line_break_is_left_out)
{
    struct reply r = ask("/forged", "");
    cr_assert_eq(r.status, 200);
    cr_assert_str_eq(reply_header(&r, "x-a"), "");
    cr_assert_str_eq(reply_header(&r, "x-b"), "");
    reply_fini(&r);
}

Test(httpd, malformed_requests_get_their_status)
{
#define H "Host: h\r\n"
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GET / HTTP/1.1\r\n" H "\r\n", 404},
        {"BREW /echo HTTP/1.1\r\n" H "\r\n", 200},
        {"nonsense\r\n\r\n", 400},
        {"\x16\x03\x01\x02\r\n\r\n", 400},
        {"GET / HTTP/3.0\r\n" H "\r\n", 400},
        {"GET /echo HTTP/1.1\r\n\r\n", 400},
        {"GET /echo HTTP/1.1\r\n" H H "\r\n", 400},
        {"GET /echo/%00 HTTP/1.1\r\n" H "\r\n", 400},
        {"GET /echo/../x HTTP/1.1\r\n" H "\r\n", 400},
        {"GET /echo/%2e%2e/x HTTP/1.1\r\n" H "\r\n", 400},
        {"GET //echo HTTP/1.1\r\n" H "\r\n", 400},
        {"GET /echo/%ff HTTP/1.1\r\n" H "\r\n", 400},
        {"GET /echo?q=%zz HTTP/1.1\r\n" H "\r\n", 400},
        {"GET /echo HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" H "Content-Length: 1x\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
        {"POST /echo HTTP/1.1\r\n" H "Content-Length: 100001\r\n\r\n", 413},
        {"POST /echo HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n", 413},
    };
    for (size_t i = 0; i < LEN(rows); i++)
        cr_assert_eq(status_of(rows[i].request, strlen(rows[i].request)), rows[i].status, "row %zu: %s", i,
                     rows[i].request);
    static const char nul[] = "GET /echo\0x HTTP/1.1\r\nHost: h\r\n\r\n";
    cr_assert_eq(status_of(nul, sizeof(nul) - 1), 400);
}

Test(httpd, a_huge_head_is_431_and_read_no_further)
{
    struct buf b = {0};
    buf_cstr(&b, "GET /echo HTTP/1.1\r\nHost: h\r\nA: ");
    while (b.n < 200000)
        buf_char(&b, 'a');
    cr_assert_eq(status_of(b.p, b.n), 431);
    buf_fini(&b);
}

Test(httpd, a_body_too_large_is_refused_before_it_is_sent)
{
    int fd = dial();
    put(fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10485760\r\nExpect: 100-continue\r\n\r\n");
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 413);
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    cr_assert(strstr(buf_c(&r.body), "\"too_large\""));
    reply_fini(&r);
    cr_assert(is_closed(fd));
    close(fd);
}

Test(httpd, a_client_that_sends_on_regardless_still_reads_the_refusal)
{
    static char bytes[1 << 20];
    int fd = dial();
    put(fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10485760\r\n\r\n");
    /* It is taken and thrown away: a reset could overtake the answer. */
    cr_assert(put_n(fd, bytes, sizeof(bytes)));
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 413);
    reply_fini(&r);
    close(fd);
}

Test(httpd, a_held_back_body_is_asked_for)
{
    char go_on[25];
    int fd = dial();
    put(fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    cr_assert_eq(recv(fd, go_on, sizeof(go_on), MSG_WAITALL), (ssize_t)sizeof(go_on));
    cr_assert(memcmp(go_on, "HTTP/1.1 100 Continue\r\n\r\n", sizeof(go_on)) == 0);
    put(fd, "hello");
    struct reply r = get_reply(fd, false);
    expect_body(&r, "POST|/echo||hello");
    close(fd);
}

Test(httpd, a_body_may_come_byte_by_byte)
{
    int fd = dial();
    const char *text = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
    for (size_t i = 0; i < strlen(text); i++) {
        put_n(fd, text + i, 1);
        /* Each byte by itself: the next one goes only when this one is with the server. */
        if (i % 8 == 0)
            server_state("held");
    }
    struct reply r = get_reply(fd, false);
    expect_body(&r, "POST|/echo||hello");
    close(fd);
}

Test(httpd, a_large_body_arrives_whole)
{
    struct buf b = {0};
    int fd = dial();
    buf_cstr(&b, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 100000; i++)
        buf_char(&b, (char)('a' + i % 26));
    put_n(fd, b.p, b.n);
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 200);
    size_t n = strlen("POST|/echo||");
    cr_assert_eq(r.body.n, n + 100000);
    cr_assert(memcmp(r.body.p + n, b.p + b.n - 100000, 100000) == 0);
    reply_fini(&r);
    buf_fini(&b);
    close(fd);
}

Test(httpd, pipelined_requests_are_answered_in_order)
{
    struct buf b = {0};
    int fd = dial();
    for (int i = 0; i < 50; i++)
        buf_printf(&b, "POST /echo?q=%d HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", i);
    put_n(fd, b.p, b.n);
    for (int i = 0; i < 50; i++) {
        char text[64];
        snprintf(text, sizeof(text), "POST|/echo|%d|abc", i);
        struct reply r = get_reply(fd, false);
        expect_body(&r, text);
    }
    buf_fini(&b);
    close(fd);
}

Test(httpd, a_pipelined_request_waits_for_the_answer_before_it)
{
    int fd = dial();
    put(fd, "GET /later?q=1 HTTP/1.1\r\nHost: h\r\n\r\nGET /echo?q=2 HTTP/1.1\r\nHost: h\r\n\r\n");
    server_wait_state("held", 1);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&p, 1, 0), 0, "the second answer overtook the first");
    struct reply r = ask("/release", "");
    reply_fini(&r);
    r = get_reply(fd, false);
    expect_body(&r, "GET|/later|1|");
    r = get_reply(fd, false);
    expect_body(&r, "GET|/echo|2|");
    close(fd);
}

Test(httpd, an_answer_to_a_client_that_left_is_dropped)
{
    int connections = server_state("connections");
    int fd = dial();
    put(fd, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    server_wait_state("held", 1);
    struct linger reset = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(fd);
    server_wait_state("connections", connections);
    cr_assert_eq(server_state("held"), 1);
    struct reply r = ask("/release", "");
    expect_body(&r, "ok");
    cr_assert_eq(server_state("held"), 0);
}

Test(httpd, a_client_that_half_closes_gets_its_answer)
{
    int fd = dial();
    put(fd, "GET /later?q=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    shutdown(fd, SHUT_WR);
    server_wait_state("held", 1);
    struct reply r = ask("/release", "");
    reply_fini(&r);
    r = get_reply(fd, false);
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    expect_body(&r, "GET|/later|1|");
    cr_assert(is_closed(fd));
    close(fd);
}

Test(httpd, head_and_no_content_send_no_body)
{
    int fd = dial();
    put(fd, "HEAD /copy HTTP/1.1\r\nHost: h\r\n\r\nHEAD /big HTTP/1.1\r\nHost: h\r\n\r\n"
            "GET /empty HTTP/1.1\r\nHost: h\r\n\r\nGET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply r = get_reply(fd, true);
    cr_assert_eq(reply_number(&r, "content-length"), TEST_COPY_BYTES);
    reply_fini(&r);
    r = get_reply(fd, true);
    cr_assert_eq(reply_number(&r, "content-length"), TEST_BIG_BYTES);
    reply_fini(&r);
    r = get_reply(fd, true);
    cr_assert_eq(r.status, 204);
    cr_assert_str_eq(reply_header(&r, "content-length"), "");
    reply_fini(&r);
    r = get_reply(fd, false);
    expect_body(&r, "GET|/echo||");
    close(fd);
}

Test(httpd, large_answers_come_whole_to_a_slow_reader)
{
    static const struct {
        const char *path;
        size_t n;
    } rows[] = {{"GET /big HTTP/1.1\r\nHost: h\r\n\r\n", TEST_BIG_BYTES},
                {"GET /copy HTTP/1.1\r\nHost: h\r\n\r\n", TEST_COPY_BYTES}};
    int fd = dial(), small = 65536;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    for (size_t i = 0; i < LEN(rows); i++) {
        put(fd, rows[i].path);
        /* Others are served while this one's socket is full. */
        cr_assert_eq(server_state("held"), 0);
        struct reply r = get_reply(fd, false);
        cr_assert_eq(r.status, 200);
        cr_assert_eq(r.body.n, rows[i].n);
        for (size_t k = 0; k < r.body.n; k++)
            cr_assert_eq(r.body.p[k], (char)('a' + k % 23));
        reply_fini(&r);
    }
    close(fd);
}

Test(httpd, an_old_client_gets_one_answer_unless_it_asks_for_more)
{
    int fd = dial();
    put(fd, "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    struct reply r = get_reply(fd, false);
    cr_assert_str_eq(reply_header(&r, "connection"), "keep-alive");
    reply_fini(&r);
    put(fd, "GET /echo HTTP/1.0\r\n\r\n");
    r = get_reply(fd, false);
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    reply_fini(&r);
    cr_assert(is_closed(fd));
    close(fd);
}

/* ---- who asks ---- */

Test(httpd, the_trusted_proxys_word_names_the_client)
{
    struct reply r = ask("/who", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 1.1.1.1, 203.0.113.9\r\n"
                                 "X-Forwarded-Proto: https\r\n");
    cr_assert_str_eq(reply_header(&r, "x-secure"), "1");
    expect_body(&r, "203.0.113.9");
    r = ask("/who", "");
    cr_assert_str_eq(reply_header(&r, "x-secure"), "0");
    expect_body(&r, "127.0.0.1");
}

Test(httpd_untrusting, others_are_not_believed, .fini = server_stop)
{
    server_start(NULL);
    struct reply r = ask("/who", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n");
    cr_assert_str_eq(reply_header(&r, "x-secure"), "0");
    expect_body(&r, "127.0.0.1");
}

Test(httpd, origin_follows_the_rule)
{
    static const char *const rows[][2] = {
        {"", "yes"},
        {"Origin: http://h\r\n", "yes"},
        {"Origin: https://other.example\r\n", "yes"},
        {"Origin: http://evil.example\r\n", "no"},
        {"Origin: null\r\n", "no"},
        {"Origin: \r\n", "no"},
        {"Origin: http://h\r\nX-Forwarded-Proto: https\r\n", "no"},
        {"Origin: https://h\r\nX-Forwarded-Proto: https\r\n", "yes"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct reply r = ask("/origin", rows[i][0]);
        expect_body(&r, rows[i][1]);
    }
}

Test(httpd, any_header_can_be_asked_for)
{
    struct reply r = ask("/header?name=x-parley-test", "X-PARLEY-Test:  v \r\n");
    expect_body(&r, "v");
    r = ask("/header?name=absent", "");
    expect_body(&r, "");
}

/* ---- configuration ---- */

static void never(void *arg, struct http_request *req)
{
    (void)arg, (void)req;
    cr_assert_fail("no request is expected");
}

Test(httpd_create, bad_addresses_are_named_not_bound)
{
    static const char *const bad[] = {"nonsense", "127.0.0.1:", "127.0.0.1:99999", "203.0.113.77:0", "[::1:0", ""};
    struct loop *loop;
    cr_assert_eq(loop_create(&loop), 0);
    for (size_t i = 0; i < LEN(bad); i++) {
        struct httpd_config config = {.listen = bad[i]};
        struct httpd *httpd;
        cr_assert_eq(httpd_create(&httpd, loop, &config, never, NULL, NULL, NULL), ERR_ADDRESS, "%s", bad[i]);
        cr_assert_null(httpd);
    }
    struct httpd_config config = {.listen = "127.0.0.1:0", .trusted_proxies = "10.0.0.0/99"};
    struct httpd *httpd;
    cr_assert_eq(httpd_create(&httpd, loop, &config, never, NULL, NULL, NULL), ERR_ADDRESS);
    loop_destroy(&loop);
}

Test(httpd_create, two_servers_live_on_one_loop)
{
    struct httpd_config config = {.listen = "127.0.0.1:0"}, v6 = {.listen = "[::1]:0"};
    struct httpd *a, *b;
    struct loop *loop;
    cr_assert_eq(loop_create(&loop), 0);
    cr_assert_eq(httpd_create(&a, loop, &config, never, NULL, NULL, NULL), 0);
    cr_assert_eq(httpd_create(&b, loop, &v6, never, NULL, NULL, NULL), 0);
    cr_assert(httpd_port(a) > 0 && httpd_port(b) > 0);
    httpd_stop_accepting(a);
    cr_assert_eq(httpd_port(a), 0);
    httpd_destroy(&a);
    httpd_destroy(&b);
    cr_assert_null(b);
    loop_destroy(&loop);
}
