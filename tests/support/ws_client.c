/* A blocking WebSocket client for tests. */
#include "ws_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "buf.h"
#include "clock.h"

enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10, CLIENT_DEADLINE_MS = 20000 };

struct ws_client {
    int fd;
    bool closed;
    int close_code;
    struct buf in;   /* bytes of the socket not yet taken apart */
    struct buf text; /* payload of the last text frame */
    size_t text_at;  /* where its next line begins */
};

static int dial(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    close(fd);
    return -1;
}

/* One read of the socket into `in`. False: closed, or nothing until the deadline. */
static bool fill(struct ws_client *c, int64_t deadline)
{
    int64_t left = deadline - clock_mono_ms();
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (c->closed || left < 0 || poll(&p, 1, (int)left) <= 0)
        return false;
    buf_reserve(&c->in, 65536);
    ssize_t n = recv(c->fd, c->in.p + c->in.n, 65536, 0);
    if (n <= 0) {
        c->closed = true;
        return false;
    }
    c->in.n += (size_t)n;
    return true;
}

static void take(struct buf *b, size_t n)
{
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

static bool write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t w = send(fd, at, n, MSG_NOSIGNAL);
        if (w <= 0)
            return false;
        at += w;
        n -= (size_t)w;
    }
    return true;
}

struct ws_client *ws_client_connect(int port, const char *origin, int *status_r)
{
    if (status_r)
        *status_r = 0;
    int fd = dial(port);
    if (fd < 0)
        return NULL;
    struct ws_client *c = xcalloc(1, sizeof *c);
    c->fd = fd;
    struct buf req = {0};
    buf_printf(&req,
               "GET /ws HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Protocol: parley.v1\r\n",
               port);
    if (origin)
        buf_printf(&req, "Origin: %s\r\n", origin);
    buf_cstr(&req, "\r\n");
    bool sent = write_all(fd, req.p, req.n);
    buf_fini(&req);
    int64_t deadline = clock_mono_ms() + CLIENT_DEADLINE_MS;
    char *end = NULL;
    while (sent && !(end = strstr(buf_c(&c->in), "\r\n\r\n")) && fill(c, deadline))
        ;
    int status = 0;
    if (end && sscanf(c->in.p, "HTTP/1.1 %d", &status) == 1 && status == 101) {
        take(&c->in, (size_t)(end + 4 - c->in.p));
        return c;
    }
    if (status_r)
        *status_r = status;
    ws_client_close(&c);
    return NULL;
}

struct ws_client *ws_client_login(int port, const char *token, const char *device)
{
    struct ws_client *c = ws_client_connect(port, NULL, NULL);
    if (!c)
        return NULL;
    ws_client_send(c, "{\"t\":\"hello\",\"v\":1,\"token\":\"%s\",\"device\":\"%s\"}", token, device);
    struct jval *welcome = ws_client_wait(c, "welcome", CLIENT_DEADLINE_MS);
    if (!welcome)
        ws_client_close(&c);
    jval_free(welcome);
    return c;
}

void ws_client_close(struct ws_client **c)
{
    if (!*c)
        return;
    close((*c)->fd);
    buf_fini(&(*c)->in);
    buf_fini(&(*c)->text);
    free(*c);
    *c = NULL;
}

static bool write_frame(struct ws_client *c, int opcode, const char *p, size_t n)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    struct buf out = {0};
    buf_char(&out, (char)(0x80 | opcode));
    if (n < 126) {
        buf_char(&out, (char)(0x80 | n));
    } else if (n < 65536) {
        unsigned char len[3] = {0x80 | 126, (unsigned char)(n >> 8), (unsigned char)n};
        buf_put(&out, len, 3);
    } else {
        unsigned char len[9] = {0x80 | 127};
        for (int i = 0; i < 8; i++)
            len[1 + i] = (unsigned char)(n >> (56 - 8 * i));
        buf_put(&out, len, 9);
    }
    buf_put(&out, mask, 4);
    for (size_t i = 0; i < n; i++)
        buf_char(&out, (char)((unsigned char)p[i] ^ mask[i & 3]));
    bool good = write_all(c->fd, out.p, out.n);
    buf_fini(&out);
    return good;
}

bool ws_client_send(struct ws_client *c, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    bool good = n >= 0 && write_frame(c, OPCODE_TEXT, text, (size_t)n);
    free(text);
    return good;
}

bool ws_client_raw(struct ws_client *c, const void *p, size_t n)
{
    return write_all(c->fd, p, n);
}

/* Length of the whole frame at the start of `in`, its header's length in *head_r; 0: not all there yet. */
static size_t frame_length(const struct buf *in, size_t *head_r)
{
    const unsigned char *p = (const unsigned char *)in->p;
    if (in->n < 2)
        return 0;
    uint64_t len = p[1] & 0x7f;
    size_t head = len == 126 ? 4 : len == 127 ? 10 : 2;
    if (in->n < head)
        return 0;
    if (head > 2) {
        len = 0;
        for (size_t i = 2; i < head; i++)
            len = len << 8 | p[i];
    }
    *head_r = head;
    return in->n >= head + len ? head + (size_t)len : 0;
}

/* Take one frame off `in`. False: none is whole. */
static bool take_frame(struct ws_client *c)
{
    size_t head = 0, all = frame_length(&c->in, &head);
    if (all == 0)
        return false;
    int opcode = c->in.p[0] & 0x0f;
    const char *payload = c->in.p + head;
    size_t n = all - head;
    if (opcode == OPCODE_TEXT) {
        buf_reset(&c->text);
        buf_put(&c->text, payload, n);
        c->text_at = 0;
    } else if (opcode == OPCODE_PING) {
        write_frame(c, OPCODE_PONG, payload, n);
    } else if (opcode == OPCODE_CLOSE) {
        c->close_code = n >= 2 ? (unsigned char)payload[0] << 8 | (unsigned char)payload[1] : 0;
        c->closed = true;
    }
    take(&c->in, all);
    return true;
}

struct jval *ws_client_next(struct ws_client *c, int timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    for (;;) {
        while (c->text_at < c->text.n) {
            struct str rest = {c->text.p + c->text_at, c->text.n - c->text_at}, line;
            str_cut(rest, '\n', &line);
            c->text_at += line.n + 1;
            struct jval *v = line.n ? jval_parse(line) : NULL;
            if (v)
                return v;
        }
        if (!take_frame(c) && !fill(c, deadline))
            return NULL;
    }
}

struct jval *ws_client_wait(struct ws_client *c, const char *type, int timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    struct jval *v;
    while ((v = ws_client_next(c, (int)(deadline - clock_mono_ms())))) {
        struct str t;
        if (jval_get_str(v, "t", &t) && str_is(t, type))
            return v;
        jval_free(v);
    }
    return NULL;
}

int ws_client_wait_close(struct ws_client *c, int timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    while (!c->closed && (take_frame(c) || fill(c, deadline)))
        ;
    while (take_frame(c))
        ;
    return c->closed ? c->close_code : -1;
}

int ws_client_fd(const struct ws_client *c)
{
    return c->fd;
}
