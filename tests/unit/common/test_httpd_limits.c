/* HTTP over real sockets: deadlines, bounds, many clients, the end. */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test_httpd_server.h"

static void start(void)
{
    server_start(NULL);
}

TestSuite(httpd_limits, .init = start, .fini = server_stop, .timeout = 60);

static void expect_body(struct reply *r, const char *text)
{
    cr_assert_eq(r->status, 200);
    cr_assert_str_eq(buf_c(&r->body), text);
    reply_fini(r);
}

/* ---- deadlines ---- */

Test(httpd_limits, a_silent_client_is_closed_without_a_word)
{
    int fd = dial();
    server_wait_state("connections", 2);
    server_skip_ms(9000);
    server_wait_state("connections", 2);
    server_skip_ms(1200);
    cr_assert(is_closed(fd));
    close(fd);
}

Test(httpd_limits, a_dripped_head_ends_with_408)
{
    int fd = dial();
    put(fd, "GET /echo HTTP/1.1\r\n");
    for (int i = 0; i < 5; i++) {
        server_skip_ms(2100);
        put(fd, "A: b\r\n");
    }
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 408);
    reply_fini(&r);
    close(fd);
}

Test(httpd_limits, a_dripped_body_ends_with_408_after_the_whole_time)
{
    int fd = dial();
    put(fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
    for (int i = 0; i < 4; i++) {
        server_skip_ms(4000);
        put(fd, "x");
    }
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 408);
    reply_fini(&r);
    close(fd);
}

Test(httpd_limits, an_idle_connection_is_closed_and_a_used_one_kept)
{
    int fd = dial();
    for (int i = 0; i < 3; i++) {
        put(fd, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
        struct reply r = get_reply(fd, false);
        expect_body(&r, "GET|/echo||");
        server_skip_ms(8000);
    }
    server_skip_ms(3000);
    cr_assert(is_closed(fd));
    close(fd);
}

Test(httpd_limits, a_reader_that_takes_nothing_is_closed)
{
    int connections = server_state("connections");
    int fd = dial(), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    for (int i = 0; i < 20; i++)
        put(fd, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
    server_wait_state("connections", connections + 1);
    /* The answers fill both ends' buffers, then only the deadline can end it. */
    for (int i = 0; i < 3; i++)
        server_skip_ms(16000);
    server_wait_state("connections", connections);
    close(fd);
}

/* ---- many, and the end ---- */

Test(httpd_limits, a_thousand_connections_are_held_and_served)
{
    enum { N = 1000 };
    static int fds[N];
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 0; i < N; i++)
        fds[i] = dial();
    for (int i = 0; i < N; i++)
        put(fds[i], "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    for (int i = 0; i < N; i++) {
        struct reply r = get_reply(fds[i], false);
        expect_body(&r, "GET|/echo||");
    }
    cr_assert_eq(server_state("connections"), N + 1);
    for (int i = 0; i < N; i++)
        close(fds[i]);
    server_wait_state("connections", 1);
}

Test(httpd_full, beyond_the_most_connections_accepting_waits, .fini = server_stop)
{
    struct httpd_config config = {.max_connections = 2};
    server_start(&config);
    int a = dial(), b = dial(), c = dial();
    put(a, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    put(b, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    put(c, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply r = get_reply(a, false);
    expect_body(&r, "GET|/echo||");
    r = get_reply(b, false);
    expect_body(&r, "GET|/echo||");
    struct pollfd p = {.fd = c, .events = POLLIN};
    cr_assert_eq(poll(&p, 1, 50), 0, "a third connection was served");
    close(a);
    r = get_reply(c, false);
    expect_body(&r, "GET|/echo||");
    close(b);
    close(c);
}

Test(httpd_limits, out_of_file_descriptors_it_waits_and_goes_on)
{
    enum { MOST = 200 };
    static int taken[MOST];
    int n = 0;
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = MOST;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    /* All that this process, which is the server's too, may have, but one for the client. */
    while (n < MOST && (taken[n] = dup(0)) >= 0)
        n++;
    cr_assert(n > 1 && n < MOST);
    close(taken[--n]);
    int fd = dial();
    put(fd, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct pollfd p = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&p, 1, 350), 0, "there was a descriptor left");
    while (n > 0)
        close(taken[--n]);
    struct reply r = get_reply(fd, false);
    expect_body(&r, "GET|/echo||");
    close(fd);
    int tries = server_state("accept_errors");
    cr_assert(tries >= 2 && tries <= 6, "%d tries in 350 ms", tries);
}

Test(httpd_limits, a_stopping_server_answers_what_is_open_and_closes_it)
{
    int fd = dial();
    put(fd, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply r = get_reply(fd, false);
    expect_body(&r, "GET|/echo||");
    put(fd, "GET /stop HTTP/1.1\r\nHost: h\r\n\r\n");
    r = get_reply(fd, false);
    cr_assert_eq(r.status, 200);
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    reply_fini(&r);
    cr_assert(is_closed(fd));
    close(fd);
    fd = server_late_fd();
    put(fd, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    r = get_reply(fd, false);
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    expect_body(&r, "GET|/echo||");
    close(fd);
}

Test(httpd_limits, it_ends_with_requests_in_hand_and_clients_at_every_stage)
{
    int a = dial(), b = dial(), c = dial(), d;
    put(a, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    put(b, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
    put(c, "GET /ec");
    cr_assert_eq(ws_dial(&d, ""), 101);
    server_wait_state("held", 1);
    server_wait_state("opened", 1);
    /* server_stop() does the rest; a leak or a handle left open fails the test. */
    close(d);
    close(c);
    close(b);
    close(a);
}

#ifdef PARLEY_FAILPOINTS

/* The next buffer that a peer sizes does not grow. */
static void no_memory(const char *dir)
{
    char path[64];
    setenv("PARLEY_FAILPOINT_DIR", dir, 1);
    snprintf(path, sizeof path, "%s/buf.grow", dir);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs("fail", f);
    fclose(f);
}

Test(httpd_limits, without_memory_for_a_body_that_request_is_refused_and_no_other)
{
    static char request[20100];
    char dir[] = "/tmp/parley-failpoint-XXXXXX";
    int head = snprintf(request, sizeof request, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 20000\r\n\r\n");
    memset(request + head, 'x', 20000);
    cr_assert_not_null(mkdtemp(dir));
    no_memory(dir);
    cr_expect_eq(status_of(request, (size_t)head + 20000), 503);
    cr_expect_eq(status_of(request, (size_t)head + 20000), 200);
    rmdir(dir);
}

Test(httpd_limits, without_memory_for_a_message_that_socket_is_closed_and_no_other)
{
    static char text[20000];
    char dir[] = "/tmp/parley-failpoint-XXXXXX";
    int fd, other;
    memset(text, 'x', sizeof text);
    cr_assert_eq(ws_dial(&fd, ""), 101);
    cr_assert_eq(ws_dial(&other, ""), 101);
    cr_assert_not_null(mkdtemp(dir));
    no_memory(dir);
    ws_put(fd, 0x81, text, sizeof text);
    cr_expect_eq(ws_close_code(fd), 1011);
    ws_put_text(other, "here");
    ws_expect(other, "here");
    close(fd);
    close(other);
    rmdir(dir);
}

#endif
