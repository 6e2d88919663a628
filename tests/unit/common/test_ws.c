/* WebSockets over real sockets: handshakes, messages, closing. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test_httpd_server.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static void start(void)
{
    server_start(NULL);
}

TestSuite(ws, .init = start, .fini = server_stop, .timeout = 60);

static int open_ws(void)
{
    int fd;
    cr_assert_eq(ws_dial(&fd, ""), 101);
    return fd;
}

/* ---- handshake ---- */

#define GET_WS "GET /ws HTTP/1.1\r\nHost: h\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13 "Sec-WebSocket-Version: 13\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: parley.v1\r\n"

Test(ws, bad_handshakes_get_an_answer_that_says_why)
{
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {GET_WS UPGRADE KEY V13 PROTOCOL "\r\n", 101},
        {GET_WS "upgrade: WebSocket\r\nconnection: a, upgrade\r\n" KEY V13 PROTOCOL "\r\n", 101},
        {GET_WS UPGRADE KEY V13 PROTOCOL "Origin: http://h\r\n\r\n", 101},
        {GET_WS "\r\n", 426},
        {GET_WS KEY V13 PROTOCOL "Connection: Upgrade\r\n\r\n", 426},
        {GET_WS KEY V13 PROTOCOL "Upgrade: websocket\r\n\r\n", 426},
        {GET_WS KEY V13 PROTOCOL "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 426},
        {GET_WS KEY V13 PROTOCOL "Upgrade: websocket, h2c\r\nConnection: Upgrade\r\n\r\n", 426},
        {GET_WS UPGRADE KEY PROTOCOL "\r\n", 426},
        {GET_WS UPGRADE KEY PROTOCOL "Sec-WebSocket-Version: 8\r\n\r\n", 426},
        {GET_WS UPGRADE KEY PROTOCOL "Sec-WebSocket-Version: 13, 8\r\n\r\n", 426},
        {"GET /ws HTTP/1.0\r\nHost: h\r\n" UPGRADE KEY V13 PROTOCOL "\r\n", 426},
        {"POST /ws HTTP/1.1\r\nHost: h\r\n" UPGRADE KEY V13 PROTOCOL "\r\n", 405},
        {GET_WS UPGRADE KEY V13 PROTOCOL "Origin: http://evil.example\r\n\r\n", 403},
        {GET_WS UPGRADE KEY V13 PROTOCOL "Origin: null\r\n\r\n", 403},
        {GET_WS UPGRADE V13 PROTOCOL "\r\n", 400},
        {GET_WS UPGRADE V13 PROTOCOL "Sec-WebSocket-Key: short\r\n\r\n", 400},
        {GET_WS UPGRADE V13 PROTOCOL "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j,Q==\r\n\r\n", 400},
        {GET_WS UPGRADE KEY KEY V13 PROTOCOL "\r\n", 400},
        {GET_WS UPGRADE KEY V13 "\r\n", 400},
        {GET_WS UPGRADE KEY V13 "Sec-WebSocket-Protocol: parley.v2\r\n\r\n", 400},
        {GET_WS UPGRADE KEY V13 "Sec-WebSocket-Protocol: xparley.v1\r\n\r\n", 400},
        {GET_WS UPGRADE KEY V13 PROTOCOL "Content-Length: 1\r\n\r\nx", 400},
        {GET_WS UPGRADE KEY V13 PROTOCOL "User-Agent: refused\r\n\r\n", 503},
        {"GET /other HTTP/1.1\r\nHost: h\r\n" UPGRADE KEY V13 PROTOCOL "\r\n", 404},
    };
    for (size_t i = 0; i < LEN(rows); i++)
        cr_assert_eq(status_of(rows[i].request, strlen(rows[i].request)), rows[i].status, "row %zu: %s", i,
                     rows[i].request);
}

Test(ws, the_refusal_names_the_version)
{
    struct reply r = ask("/ws", "");
    cr_assert_eq(r.status, 426);
    cr_assert_str_eq(reply_header(&r, "upgrade"), "websocket");
    cr_assert_str_eq(reply_header(&r, "sec-websocket-version"), "13");
    cr_assert(strstr(buf_c(&r.body), "\"upgrade_required\""));
    reply_fini(&r);
}

Test(ws, the_user_knows_who_is_there)
{
    int fd;
    char agent[300];
    memset(agent, 'u', sizeof(agent));
    struct buf b = {0};
    buf_printf(&b, "User-Agent: %.*s\r\n", (int)sizeof(agent), agent);
    cr_assert_eq(ws_dial(&fd, buf_c(&b)), 101);
    buf_fini(&b);
    ws_put_text(fd, "address");
    ws_expect(fd, "127.0.0.1");
    ws_put_text(fd, "agent");
    agent[200] = '\0';
    ws_expect(fd, agent);
    close(fd);
}

Test(ws, frames_sent_along_with_the_handshake_are_not_lost)
{
    struct buf b = {0};
    int fd = dial();
    buf_cstr(&b, GET_WS UPGRADE KEY V13 PROTOCOL "\r\n");
    buf_put(&b, "\x81\x82\0\0\0\0hi\x81\x83\0\0\0\0you", 17);
    put_n(fd, b.p, b.n);
    buf_fini(&b);
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 101);
    reply_fini(&r);
    ws_expect(fd, "hi");
    ws_expect(fd, "you");
    close(fd);
}

Test(ws, a_kept_connection_can_become_one)
{
    int fd = dial();
    put(fd, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n" GET_WS UPGRADE KEY V13 PROTOCOL "\r\n");
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 200);
    reply_fini(&r);
    r = get_reply(fd, false);
    cr_assert_eq(r.status, 101);
    reply_fini(&r);
    ws_put_text(fd, "hello");
    ws_expect(fd, "hello");
    close(fd);
}

/* ---- messages ---- */

Test(ws, messages_of_every_size_come_back_whole)
{
    static const size_t sizes[] = {0, 1, 125, 126, 511, 512, 513, 4096, 65535, 65536};
    int fd = open_ws();
    for (size_t i = 0; i < LEN(sizes); i++) {
        struct buf sent = {0}, got = {0};
        for (size_t k = 0; k < sizes[i]; k++)
            buf_char(&sent, (char)('a' + k % 25));
        ws_put(fd, 0x81, sent.p, sent.n);
        cr_assert_eq(ws_get(fd, &got), 0x81);
        cr_assert(str_eq(buf_view(&got), buf_view(&sent)), "size %zu", sizes[i]);
        buf_fini(&sent);
        buf_fini(&got);
    }
    cr_assert_eq(server_state("messages"), LEN(sizes));
    close(fd);
}

Test(ws, fragments_are_joined_with_a_ping_between_them)
{
    int fd = open_ws();
    struct buf b = {0};
    ws_put(fd, 0x01, "one ", 4);
    ws_put(fd, 0x00, "", 0);
    ws_put(fd, 0x89, "are you there", 13);
    ws_put(fd, 0x00, "two ", 4);
    ws_put(fd, 0x80, "three", 5);
    bool pong = false, text = false;
    while (!pong || !text) {
        buf_reset(&b);
        int op = ws_get(fd, &b);
        cr_assert(op == 0x8a || op == 0x81);
        cr_assert_str_eq(buf_c(&b), op == 0x8a ? "are you there" : "one two three");
        *(op == 0x8a ? &pong : &text) = true;
    }
    buf_fini(&b);
    cr_assert_eq(server_state("messages"), 1);
    close(fd);
}

Test(ws, a_character_may_be_cut_by_a_fragment)
{
    int fd = open_ws();
    ws_put(fd, 0x01, "\xe2\x82", 2);
    ws_put(fd, 0x80, "\xac", 1);
    ws_expect(fd, "€");
    close(fd);
}

Test(ws, many_messages_in_one_packet_are_each_delivered)
{
    int fd = open_ws();
    struct buf b = {0};
    for (int i = 0; i < 1000; i++)
        buf_put(&b, "\x81\x83\0\0\0\0abc", 9);
    put_n(fd, b.p, b.n);
    buf_fini(&b);
    for (int i = 0; i < 1000; i++)
        ws_expect(fd, "abc");
    cr_assert_eq(server_state("messages"), 1000);
    close(fd);
}

Test(ws, what_may_wait_is_overtaken_by_nothing)
{
    enum { CLIENTS = 20, MESSAGES = 50 };
    int fds[CLIENTS];
    char text[32];
    for (int c = 0; c < CLIENTS; c++)
        fds[c] = open_ws();
    for (int i = 0; i < MESSAGES; i++)
        for (int c = 0; c < CLIENTS; c++) {
            snprintf(text, sizeof(text), i % 5 == 4 ? "at once %d" : "soon %d", i);
            ws_put_text(fds[c], text);
        }
    for (int c = 0; c < CLIENTS; c++) {
        for (int i = 0; i < MESSAGES; i++) {
            snprintf(text, sizeof(text), i % 5 == 4 ? "at once %d" : "soon %d", i);
            ws_expect(fds[c], text);
        }
        close(fds[c]);
    }
}

Test(ws, who_gathers_is_called_when_what_may_wait_goes_out)
{
    enum { MESSAGES = 200 };
    int fd = open_ws(), sum = 0;
    for (int i = 0; i < MESSAGES; i++)
        ws_put_text(fd, "gather");
    while (sum < MESSAGES) {
        struct buf got = {0};
        cr_assert_eq(ws_get(fd, &got), 0x81);
        int n = atoi(buf_c(&got));
        cr_assert_gt(n, 0, "a round without a wish");
        sum += n;
        buf_fini(&got);
    }
    cr_assert_eq(sum, MESSAGES);
    close(fd);
}

Test(ws, what_may_wait_leaves_before_the_close)
{
    int fd = open_ws();
    ws_put_text(fd, "soon 1");
    ws_put_text(fd, "close soon 4002");
    ws_expect(fd, "soon 1");
    ws_expect(fd, "last");
    cr_assert_eq(ws_close_code(fd), 4002);
    close(fd);
}

Test(ws, what_breaks_the_rules_is_closed_with_its_code)
{
    static char large[70000];
    static const struct {
        const char *name;
        int op, code;
        const char *p;
        size_t n;
    } rows[] = {
        {"binary", 0x82, 1003, "x", 1},
        {"binary, first fragment", 0x02, 1003, "x", 1},
        {"not UTF-8", 0x81, 1007, "\xff\xfe", 2},
        {"a surrogate", 0x81, 1007, "\xed\xa0\x80", 3},
        {"half a character", 0x81, 1007, "\xe2\x82", 2},
        {"too large", 0x81, 1009, large, 65537},
        {"too large in fragments", 0x01, 1009, large, 65537},
        {"reserved opcode", 0x83, 1002, "x", 1},
        {"reserved bit", 0xc1, 1002, "x", 1},
        {"continuation of nothing", 0x80, 1002, "x", 1},
        {"ping too long", 0x89, -1, large, 126}, /* the library hangs up without a word */
    };
    memset(large, 'x', sizeof(large));
    for (size_t i = 0; i < LEN(rows); i++) {
        int fd = open_ws();
        ws_put(fd, rows[i].op, rows[i].p, rows[i].n);
        cr_assert_eq(ws_close_code(fd), rows[i].code, "%s", rows[i].name);
        close(fd);
        server_wait_state("closed", (int)i + 1);
        if (rows[i].code != 1002 && rows[i].code > 0)
            cr_assert_eq(server_state("code"), rows[i].code, "%s", rows[i].name);
    }
    cr_assert_eq(server_state("messages"), 0);
}

Test(ws, a_frame_that_claims_the_world_is_refused_at_its_head)
{
    static const unsigned char head[] = {0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 'x'};
    int fd = open_ws();
    put_n(fd, head, sizeof(head));
    cr_assert_eq(ws_close_code(fd), 1009);
    close(fd);
}

Test(ws, fragments_together_stay_below_the_bound)
{
    static char part[30000];
    memset(part, 'x', sizeof(part));
    int fd = open_ws();
    ws_put(fd, 0x01, part, sizeof(part));
    ws_put(fd, 0x00, part, sizeof(part));
    ws_put(fd, 0x00, part, sizeof(part));
    cr_assert_eq(ws_close_code(fd), 1009);
    close(fd);
}

Test(ws, reading_stops_and_goes_on)
{
    int fd = open_ws();
    ws_put_text(fd, "pause");
    server_wait_state("messages", 1);
    for (int i = 0; i < 100; i++)
        ws_put_text(fd, "later");
    cr_assert_eq(server_state("messages"), 1);
    struct reply r = ask("/resume", "");
    reply_fini(&r);
    for (int i = 0; i < 100; i++)
        ws_expect(fd, "later");
    close(fd);
}

Test(ws, what_was_read_along_with_the_pause_is_delivered_afterwards)
{
    int fd = open_ws();
    struct buf b = {0};
    buf_put(&b, "\x81\x85\0\0\0\0pause", 11);
    for (int i = 0; i < 100; i++)
        buf_put(&b, "\x81\x85\0\0\0\0later", 11);
    put_n(fd, b.p, b.n);
    buf_fini(&b);
    server_wait_state("messages", 1);
    cr_assert_eq(server_state("messages"), 1);
    struct reply r = ask("/resume", "");
    reply_fini(&r);
    for (int i = 0; i < 100; i++)
        ws_expect(fd, "later");
    close(fd);
}

/* ---- closing ---- */

Test(ws, closing_sends_what_is_queued_then_code_and_reason)
{
    int fd = open_ws();
    struct buf b = {0};
    ws_put_text(fd, "close 4001");
    ws_expect(fd, "last");
    cr_assert_eq(ws_get(fd, &b), 0x88);
    cr_assert(str_eq(buf_view(&b), STR("\x0f\xa1"
                                       "as you wish")));
    buf_fini(&b);
    cr_assert_eq(server_state("closed"), 0);
    ws_put(fd, 0x88, "\x0f\xa1", 2);
    cr_assert(is_closed(fd));
    close(fd);
    server_wait_state("closed", 1);
    cr_assert_eq(server_state("code"), 4001);
}

Test(ws, a_large_queue_leaves_before_the_close)
{
    int fd = open_ws();
    struct buf b = {0};
    ws_put_text(fd, "empty 40 20000");
    for (int i = 0; i < 40; i++) {
        buf_reset(&b);
        cr_assert_eq(ws_get(fd, &b), 0x81, "frame %d", i);
        cr_assert_eq(b.n, 20000);
        cr_assert_eq(b.p[19999], (char)('a' + i % 26));
    }
    buf_fini(&b);
    cr_assert_eq(ws_close_code(fd), 4001);
    close(fd);
}

Test(ws, the_close_of_a_paused_client_is_heard)
{
    int fd = open_ws();
    ws_put_text(fd, "pause");
    server_wait_state("messages", 1);
    /* The clock stands still: no deadline can end it. */
    server_skip_ms(1);
    struct reply r = ask("/close-paused", "");
    reply_fini(&r);
    cr_assert_eq(ws_close_code(fd), 4001);
    ws_put(fd, 0x88, "\x0f\xa1", 2);
    cr_assert(is_closed(fd));
    close(fd);
    server_wait_state("closed", 1);
}

Test(ws, a_client_that_ignores_the_close_is_cut_off)
{
    int fd = open_ws();
    ws_put_text(fd, "close 4001");
    cr_assert_eq(ws_close_code(fd), 4001);
    ws_put_text(fd, "still here");
    server_skip_ms(1000);
    cr_assert_eq(server_state("closed"), 0);
    server_skip_ms(1200);
    cr_assert(is_closed(fd));
    server_wait_state("closed", 1);
    cr_assert_eq(server_state("code"), 4001);
    cr_assert_eq(server_state("messages"), 1);
    close(fd);
}

Test(ws, a_client_may_close)
{
    int fd = open_ws();
    ws_put(fd, 0x88,
           "\x03\xe9"
           "bye",
           5);
    cr_assert_eq(ws_close_code(fd), 1001);
    cr_assert(is_closed(fd));
    server_wait_state("closed", 1);
    cr_assert_eq(server_state("code"), 1001);
    close(fd);
    fd = open_ws();
    ws_put(fd, 0x88, "", 0);
    server_wait_state("closed", 2);
    cr_assert_eq(server_state("code"), 1005);
    close(fd);
}

Test(ws, a_client_may_vanish)
{
    int fd = open_ws();
    server_wait_state("opened", 1);
    close(fd);
    server_wait_state("closed", 1);
    cr_assert_eq(server_state("code"), 1006);
    server_wait_state("connections", 1);
}

Test(ws, one_that_closes_while_it_is_paused_goes_too)
{
    int fd = open_ws();
    ws_put_text(fd, "pause");
    server_wait_state("messages", 1);
    close(fd);
    struct reply r = ask("/resume", "");
    reply_fini(&r);
    server_wait_state("closed", 1);
}
