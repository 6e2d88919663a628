/* Plain sockets that speak HTTP and WebSocket by hand; declared in test_httpd_server.h. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "test_httpd_server.h"

/* ---- the server's state ---- */

static int ask_number(const char *path)
{
    struct reply r = ask(path, "");
    cr_assert_eq(r.status, 200);
    int value = (int)strtol(buf_c(&r.body), NULL, 10);
    reply_fini(&r);
    return value;
}

void server_skip_ms(int ms)
{
    char path[64];
    snprintf(path, sizeof(path), "/skip?ms=%d", ms);
    ask_number(path);
}

int server_state(const char *name)
{
    char path[64];
    snprintf(path, sizeof(path), "/state?name=%s", name);
    return ask_number(path);
}

void server_wait_state(const char *name, int value)
{
    int last = 0;
    for (int tries = 0; tries < TEST_WAIT_MS / 5; tries++) {
        last = server_state(name);
        if (last == value)
            return;
        poll(NULL, 0, 5);
    }
    cr_assert_fail("%s stays %d, not %d", name, last, value);
}

/* ---- bytes ---- */

int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server_port())};
    struct timeval wait = {.tv_sec = TEST_WAIT_MS / 1000};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0, "connect: %s", strerror(errno));
    return fd;
}

bool put_n(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

void put(int fd, const char *text)
{
    put_n(fd, text, strlen(text));
}

/* False: the connection ended. */
static bool read_n(int fd, void *p, size_t n)
{
    char *at = p;
    while (n > 0) {
        ssize_t got = recv(fd, at, n, 0);
        cr_assert(got >= 0 || errno != EAGAIN, "nothing came in time");
        if (got <= 0)
            return false;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

bool is_closed(int fd)
{
    char c;
    return !read_n(fd, &c, 1);
}

/* ---- HTTP ---- */

const char *reply_header(struct reply *r, const char *lower_name)
{
    static char value[256];
    char line[80];
    snprintf(line, sizeof(line), "\r\n%s: ", lower_name);
    const char *at = strcasestr(buf_c(&r->head), line);
    value[0] = '\0';
    if (at) {
        at += strlen(line);
        snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
    }
    return value;
}

long reply_number(struct reply *r, const char *lower_name)
{
    return strtol(reply_header(r, lower_name), NULL, 10);
}

struct reply get_reply(int fd, bool bodiless)
{
    struct reply r = {0};
    char c;
    while (r.head.n < 4 || memcmp(r.head.p + r.head.n - 4, "\r\n\r\n", 4) != 0) {
        if (!read_n(fd, &c, 1))
            return r;
        buf_char(&r.head, c);
    }
    cr_assert(strncmp(buf_c(&r.head), "HTTP/1.1 ", 9) == 0);
    r.status = (int)strtol(r.head.p + 9, NULL, 10);
    size_t length = (size_t)reply_number(&r, "content-length");
    if (bodiless || length == 0)
        return r;
    buf_reserve(&r.body, length);
    cr_assert(read_n(fd, r.body.p, length), "the body is cut");
    r.body.n = length;
    return r;
}

void reply_fini(struct reply *r)
{
    buf_fini(&r->head);
    buf_fini(&r->body);
}

int status_of(const char *request, size_t n)
{
    int fd = dial();
    put_n(fd, request, n);
    struct reply r = get_reply(fd, false);
    int status = r.status;
    reply_fini(&r);
    close(fd);
    return status;
}

struct reply ask(const char *path, const char *headers)
{
    struct buf b = {0};
    int fd = dial();
    buf_printf(&b, "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", path, headers);
    put(fd, buf_c(&b));
    buf_fini(&b);
    struct reply r = get_reply(fd, false);
    close(fd);
    return r;
}

/* ---- WebSocket ---- */

int ws_dial(int *fd_r, const char *extra_headers)
{
    struct buf b = {0};
    *fd_r = dial();
    buf_printf(&b,
               "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
               "Sec-WebSocket-Protocol: other, parley.v1\r\n%s\r\n",
               extra_headers);
    put(*fd_r, buf_c(&b));
    buf_fini(&b);
    struct reply r = get_reply(*fd_r, false);
    int status = r.status;
    if (status == 101)
        cr_assert_str_eq(reply_header(&r, "sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    reply_fini(&r);
    return status;
}

void ws_put(int fd, int op, const void *p, size_t n)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    const unsigned char *bytes = p;
    struct buf b = {0};
    buf_char(&b, (char)op);
    if (n < 126) {
        buf_char(&b, (char)(0x80 | n));
    } else if (n < 65536) {
        buf_char(&b, (char)(0x80 | 126));
        buf_char(&b, (char)(n >> 8));
        buf_char(&b, (char)n);
    } else {
        buf_char(&b, (char)(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            buf_char(&b, (char)((uint64_t)n >> shift));
    }
    buf_put(&b, mask, sizeof(mask));
    for (size_t i = 0; i < n; i++)
        buf_char(&b, (char)(bytes[i] ^ mask[i & 3]));
    put_n(fd, b.p, b.n);
    buf_fini(&b);
}

void ws_put_text(int fd, const char *text)
{
    ws_put(fd, 0x81, text, strlen(text));
}

int ws_get(int fd, struct buf *payload)
{
    unsigned char head[2], more[8];
    if (!read_n(fd, head, 2))
        return -1;
    cr_assert(!(head[1] & 0x80), "a server's frame must not be masked");
    uint64_t n = head[1];
    size_t extra = n == 126 ? 2 : n == 127 ? 8 : 0;
    if (extra > 0) {
        cr_assert(read_n(fd, more, extra));
        n = 0;
        for (size_t i = 0; i < extra; i++)
            n = n << 8 | more[i];
    }
    cr_assert(n <= (uint64_t)16 << 20, "frames are out of step");
    buf_reserve(payload, n + 1);
    cr_assert(n == 0 || read_n(fd, payload->p + payload->n, n), "a frame is cut");
    payload->n += n;
    return head[0];
}

void ws_expect(int fd, const char *text)
{
    struct buf b = {0};
    cr_assert_eq(ws_get(fd, &b), 0x81);
    cr_assert_str_eq(buf_c(&b), text);
    buf_fini(&b);
}

int ws_close_code(int fd)
{
    struct buf b = {0};
    int op, code = -1;
    do {
        buf_reset(&b);
        op = ws_get(fd, &b);
    } while (op != -1 && op != 0x88);
    if (op == 0x88 && b.n >= 2)
        code = (unsigned char)b.p[0] << 8 | (unsigned char)b.p[1];
    buf_fini(&b);
    return code;
}
