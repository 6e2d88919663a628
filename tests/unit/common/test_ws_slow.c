/* WebSockets over real sockets: bursts, slow and silent clients, many of them. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "test_httpd_server.h"

static void start(void)
{
    server_start(NULL);
}

TestSuite(ws_slow, .init = start, .fini = server_stop, .timeout = 60);

static int open_ws(void)
{
    int fd;
    cr_assert_eq(ws_dial(&fd, ""), 101);
    return fd;
}

/* ---- slow and silent ---- */

Test(ws_slow, a_burst_larger_than_the_socket_arrives_in_order)
{
    int fd = open_ws();
    ws_put_text(fd, "flood 200 5000");
    server_wait_state("messages", 1);
    for (int i = 0; i < 200; i++) {
        struct buf b = {0};
        cr_assert_eq(ws_get(fd, &b), 0x81);
        cr_assert_eq(b.n, 5000);
        cr_assert_eq(b.p[0], (char)('a' + i % 26), "frame %d", i);
        cr_assert_eq(b.p[4999], (char)('a' + i % 26), "frame %d", i);
        buf_fini(&b);
    }
    cr_assert_eq(server_state("error"), 0);
    close(fd);
}

Test(ws_slow, a_frame_larger_than_a_write_arrives_whole)
{
    int fd = open_ws();
    ws_put_text(fd, "flood 1 500000");
    ws_put_text(fd, "after");
    struct buf b = {0};
    cr_assert_eq(ws_get(fd, &b), 0x81);
    cr_assert_eq(b.n, 500000);
    buf_fini(&b);
    ws_expect(fd, "after");
    close(fd);
}

Test(ws_small, pongs_keep_out_of_the_middle_of_frames, .fini = server_stop, .timeout = 60)
{
    struct httpd_config config = {.max_queued = 64 << 20};
    server_start(&config);
    int fd = open_ws(), frames = 0, pongs = 0;
    ws_put_text(fd, "flood 100 200000");
    for (int i = 0; i < 20; i++)
        ws_put(fd, 0x89, "p", 1);
    while (frames < 100) {
        struct buf b = {0};
        int op = ws_get(fd, &b);
        cr_assert(op == 0x81 || op == 0x8a, "op %x after %d frames", (unsigned)op, frames);
        if (op == 0x81) {
            cr_assert_eq(b.n, 200000);
            cr_assert_eq(b.p[199999], (char)('a' + frames % 26));
            frames++;
        } else {
            pongs++;
        }
        buf_fini(&b);
    }
    cr_assert(pongs > 0 || ws_get(fd, &(struct buf){0}) == 0x8a);
    close(fd);
}

Test(ws_slow, beyond_the_bound_a_reader_is_slow_and_closed)
{
    int fd = open_ws();
    ws_put_text(fd, "flood 100 200000");
    server_wait_state("error", ERR_SLOW);
    cr_assert_eq(server_state("slow"), 1);
    server_skip_ms(3000);
    server_wait_state("closed", 1);
    cr_assert_eq(server_state("code"), 4008);
    close(fd);
}

Test(ws_slow, a_slow_reader_that_wakes_up_learns_why)
{
    int fd = open_ws();
    ws_put_text(fd, "flood 100 200000");
    server_wait_state("error", ERR_SLOW);
    cr_assert_eq(ws_close_code(fd), 4008);
    close(fd);
}

Test(ws_small, no_progress_for_ten_seconds_is_slow, .fini = server_stop, .timeout = 60)
{
    struct httpd_config config = {.max_queued = 64 << 20};
    server_start(&config);
    int fd = open_ws();
    ws_put_text(fd, "flood 150 200000");
    server_wait_state("messages", 1);
    for (int i = 0; i < 4; i++)
        server_skip_ms(2200);
    cr_assert_eq(server_state("slow"), 0);
    for (int i = 0; i < 3; i++)
        server_skip_ms(2200);
    server_wait_state("slow", 1);
    server_skip_ms(2200);
    server_wait_state("closed", 1);
    cr_assert_eq(server_state("code"), 4008);
    close(fd);
}

Test(ws_small, a_reader_that_takes_a_little_is_not_slow, .fini = server_stop, .timeout = 60)
{
    struct httpd_config config = {.max_queued = 64 << 20};
    server_start(&config);
    int fd = open_ws();
    ws_put_text(fd, "flood 150 200000");
    server_wait_state("messages", 1);
    static char some[1 << 20];
    for (int i = 0; i < 12; i++) {
        cr_assert_eq(recv(fd, some, sizeof(some), MSG_WAITALL), (ssize_t)sizeof(some));
        server_skip_ms(2200);
    }
    cr_assert_eq(server_state("slow"), 0);
    close(fd);
}

Test(ws_small, room_in_the_queue_is_announced, .fini = server_stop, .timeout = 60)
{
    struct httpd_config config = {.max_queued = 12 << 20};
    server_start(&config);
    int fd = open_ws();
    ws_put_text(fd, "flood 50 200000");
    server_wait_state("messages", 1);
    cr_assert_eq(server_state("drained"), 0);
    for (int i = 0; i < 50; i++) {
        struct buf b = {0};
        cr_assert_eq(ws_get(fd, &b), 0x81);
        buf_fini(&b);
    }
    server_wait_state("drained", 1);
    close(fd);
}

Test(ws_slow, a_silent_client_is_pinged_and_then_closed)
{
    int fd = open_ws();
    struct buf b = {0};
    server_skip_ms(24000);
    server_skip_ms(1500);
    cr_assert_eq(ws_get(fd, &b), 0x89);
    buf_fini(&b);
    server_skip_ms(25200);
    cr_assert_eq(ws_get(fd, &b), 0x89);
    buf_fini(&b);
    cr_assert_eq(server_state("closed"), 0);
    server_skip_ms(13000);
    server_wait_state("closed", 1);
    cr_assert(is_closed(fd));
    close(fd);
}

Test(ws_slow, a_server_that_stood_still_does_not_blame_its_clients)
{
    int fd = open_ws();
    struct buf b = {0};
    server_skip_ms(300000);
    cr_assert_eq(ws_get(fd, &b), 0x89);
    ws_put(fd, 0x8a, b.p, b.n);
    buf_fini(&b);
    ws_put_text(fd, "here");
    ws_expect(fd, "here");
    cr_assert_eq(server_state("closed"), 0);
    close(fd);
}

Test(ws_slow, a_client_that_answers_pings_stays)
{
    int fd = open_ws();
    for (int i = 0; i < 5; i++) {
        struct buf b = {0};
        server_skip_ms(25500);
        cr_assert_eq(ws_get(fd, &b), 0x89);
        ws_put(fd, 0x8a, b.p, b.n);
        buf_fini(&b);
        /* The echo comes after the pong was read. */
        if (i % 2) {
            ws_put_text(fd, "x");
            ws_expect(fd, "x");
        } else {
            ws_put(fd, 0x89, "y", 1);
            cr_assert_eq(ws_get(fd, &b), 0x8a);
            buf_fini(&b);
        }
    }
    cr_assert_eq(server_state("closed"), 0);
    close(fd);
}

Test(ws_slow, a_paused_client_is_not_blamed_for_its_silence)
{
    int fd = open_ws();
    ws_put_text(fd, "pause");
    server_wait_state("messages", 1);
    for (int i = 0; i < 5; i++)
        server_skip_ms(20000);
    cr_assert_eq(server_state("closed"), 0);
    close(fd);
}

/* ---- many ---- */

Test(ws_slow, a_thousand_live_at_once)
{
    enum { N = 1000 };
    static int fds[N];
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 0; i < N; i++)
        fds[i] = open_ws();
    cr_assert_eq(server_state("connections"), N + 1);
    for (int i = 0; i < N; i++)
        ws_put_text(fds[i], "hello");
    for (int i = 0; i < N; i++)
        ws_expect(fds[i], "hello");
    for (int i = 0; i < N; i++)
        close(fds[i]);
    server_wait_state("closed", N);
    server_wait_state("connections", 1);
}
