/* Requests on connections that are kept, of which the other end closes one now and then. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "rest.h"

enum { WAIT_MS = 10000 };

/* Answers `per_line` requests of a connection with their target, and closes it without a word. */
static pid_t serve(int per_line, struct sockaddr_in *at_r)
{
    socklen_t size = sizeof(*at_r);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *at_r = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(bind(listener, (struct sockaddr *)at_r, size), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)at_r, &size), 0);
    cr_assert_eq(listen(listener, 8), 0);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid > 0) {
        close(listener);
        return pid;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        for (int i = 0; i < per_line; i++) {
            char head[2048] = "", target[64] = "", out[256];
            if (recv(fd, head, sizeof(head) - 1, 0) <= 0)
                break;
            sscanf(head, "GET %63s", target);
            int n = snprintf(out, sizeof(out), "HTTP/1.1 %s OK\r\nContent-Length: %zu\r\n\r\n%s",
                             strstr(head, "Bearer secret") ? "200" : "401", strlen(target), target);
            /* In two pieces. */
            send(fd, out, (size_t)n - 2, MSG_NOSIGNAL);
            usleep(1000);
            send(fd, out + n - 2, 2, MSG_NOSIGNAL);
        }
        close(fd);
    }
}

struct told {
    int count, statuses[16];
    char bodies[16][64];
};

static void on_done(void *arg, uint32_t who, int status, struct str body, int64_t us)
{
    struct told *told = arg;
    cr_assert_geq(us, 0);
    told->count++;
    told->statuses[who] = status;
    snprintf(told->bodies[who], sizeof(told->bodies[who]), "%.*s", (int)body.n, body.p);
}

static void turn_until(struct rest *rest, const struct told *told, int count)
{
    struct pollfd fd = {.fd = rest_fd(rest), .events = POLLIN};
    for (int64_t end = clock_mono_ms() + WAIT_MS; told->count < count;) {
        cr_assert_lt(clock_mono_ms(), end, "%d of %d are answered", told->count, count);
        poll(&fd, 1, 10);
        rest_turn(rest);
    }
}

Test(rest, each_request_is_answered_once_though_connections_are_closed)
{
    static const int per_line[] = {1, 3, 100};
    for (size_t k = 0; k < sizeof(per_line) / sizeof(per_line[0]); k++) {
        struct sockaddr_in at;
        struct told told = {0};
        struct rest *rest;
        pid_t pid = serve(per_line[k], &at);
        rest_create(&rest, &at, 1, on_done, &told);
        for (uint32_t i = 0; i < 10; i++) {
            char target[32];
            snprintf(target, sizeof(target), "/thing/%u", i);
            rest_get(rest, i == 4 ? "wrong" : "secret", target, i);
        }
        cr_assert_eq(rest_open(rest), 10);
        turn_until(rest, &told, 10);
        cr_assert_eq(rest_open(rest), 0);
        for (uint32_t i = 0; i < 10; i++) {
            char target[32];
            snprintf(target, sizeof(target), "/thing/%u", i);
            cr_assert_eq(told.statuses[i], i == 4 ? 401 : 200);
            cr_assert_str_eq(told.bodies[i], target);
        }
        rest_destroy(&rest);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
}

Test(rest, where_nobody_listens_it_says_so)
{
    struct sockaddr_in at;
    struct told told = {0};
    struct rest *rest;
    pid_t pid = serve(1, &at);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    rest_create(&rest, &at, 2, on_done, &told);
    rest_get(rest, "secret", "/x", 3);
    turn_until(rest, &told, 1);
    cr_assert_eq(told.statuses[3], 0);
    rest_destroy(&rest);
}
