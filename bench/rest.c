/* Keeps connections, writes requests, reads answers that have a Content-Length. */
#include "rest.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "buf.h"
#include "clock.h"

enum { INPUT = 256 << 10, EVENTS = 64 };

struct ask {
    struct ask *next;
    char *target;
    const char *token;
    uint32_t who;
    int64_t asked_us;
};

struct line {
    struct rest *rest;
    struct ask *ask; /* NULL: it is free */
    struct buf in;
    int fd;    /* -1: it is not connected */
    bool used; /* it may have been closed since, at the other end */
};

struct rest {
    struct sockaddr_in to;
    struct line *lines;
    struct ask *first, **last;
    rest_done_fn *fn;
    void *arg;
    char *input;
    size_t count, open;
    int epoll;
};

static void ask_free(struct ask *ask)
{
    if (ask)
        free(ask->target);
    free(ask);
}

static void line_drop(struct line *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    buf_reset(&l->in);
}

static void answer(struct line *l, int status, struct str body)
{
    struct rest *rest = l->rest;
    struct ask *ask = l->ask;
    l->ask = NULL;
    rest->open--;
    rest->fn(rest->arg, ask->who, status, body, clock_mono_us() - ask->asked_us);
    ask_free(ask);
}

static bool line_connect(struct line *l)
{
    int one = 1;
    l->used = false;
    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&l->rest->to, sizeof(l->rest->to)) < 0) {
        line_drop(l);
        return false;
    }
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = l};
    epoll_ctl(l->rest->epoll, EPOLL_CTL_ADD, l->fd, &event);
    return true;
}

/* A request is small: the socket takes it at once. */
static void line_send(struct line *l)
{
    struct buf head = {0};
    buf_printf(&head, "GET %s HTTP/1.1\r\nHost: localhost:%u\r\nAuthorization: Bearer %s\r\n\r\n", l->ask->target,
               ntohs(l->rest->to.sin_port), l->ask->token);
    bool sent = (l->fd >= 0 || line_connect(l)) && send(l->fd, head.p, head.n, MSG_NOSIGNAL) == (ssize_t)head.n;
    buf_fini(&head);
    if (sent)
        return;
    line_drop(l);
    answer(l, 0, STR(""));
}

static void next_asks(struct rest *rest)
{
    for (size_t i = 0; i < rest->count && rest->first; i++) {
        struct line *l = &rest->lines[i];
        if (l->ask)
            continue;
        l->ask = rest->first;
        rest->first = l->ask->next;
        if (!rest->first)
            rest->last = &rest->first;
        line_send(l);
    }
}

/* False: not all of it is there. */
static bool take_answer(struct line *l, struct str bytes)
{
    static const char field[] = "\r\ncontent-length:";
    const char *end = memmem(bytes.p, bytes.n, "\r\n\r\n", 4);
    size_t length = 0;
    if (!end || bytes.n < 12)
        return false;
    for (const char *p = bytes.p; p < end; p++)
        if (strncasecmp(p, field, sizeof(field) - 1) == 0)
            length = strtoul(p + sizeof(field) - 1, NULL, 10);
    struct str body = {end + 4, bytes.n - (size_t)(end + 4 - bytes.p)};
    if (body.n < length)
        return false;
    l->used = true;
    answer(l, (int)strtol(bytes.p + 9, NULL, 10), (struct str){body.p, length});
    return true;
}

/* Who was closed while nothing was asked says so with the next request, which is asked again. */
static void line_end(struct line *l)
{
    bool again = l->used && l->in.n == 0;
    line_drop(l);
    if (l->ask && again)
        line_send(l);
    else if (l->ask)
        answer(l, 0, STR(""));
}

static void line_read(struct line *l)
{
    ssize_t n = recv(l->fd, l->rest->input, INPUT, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        line_end(l);
        return;
    }
    buf_put(&l->in, l->rest->input, (size_t)n);
    buf_char(&l->in, '\0'); /* what is read as a number ends there */
    l->in.n--;
    if (!l->ask || take_answer(l, buf_view(&l->in)))
        buf_reset(&l->in);
}

void rest_turn(struct rest *rest)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(rest->epoll, events, EVENTS, 0);
    for (int i = 0; i < n; i++)
        line_read(events[i].data.ptr);
    next_asks(rest);
}

void rest_get(struct rest *rest, const char *token, const char *target, uint32_t who)
{
    struct ask *ask = xcalloc(1, sizeof(*ask));
    *ask = (struct ask){.target = xstrdup(target), .token = token, .who = who, .asked_us = clock_mono_us()};
    *rest->last = ask;
    rest->last = &ask->next;
    rest->open++;
    next_asks(rest);
}

size_t rest_open(const struct rest *rest)
{
    return rest->open;
}

int rest_fd(const struct rest *rest)
{
    return rest->epoll;
}

void rest_create(struct rest **rest_r, const struct sockaddr_in *to, size_t connections, rest_done_fn *fn, void *arg)
{
    struct rest *rest = xcalloc(1, sizeof(*rest));
    rest->to = *to;
    rest->fn = fn;
    rest->arg = arg;
    rest->count = connections;
    rest->lines = xcalloc(connections, sizeof(*rest->lines));
    rest->last = &rest->first;
    rest->input = xcalloc(1, INPUT);
    rest->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < connections; i++) {
        rest->lines[i].rest = rest;
        rest->lines[i].fd = -1;
    }
    *rest_r = rest;
}

void rest_destroy(struct rest **rest_p)
{
    struct rest *rest = *rest_p;
    *rest_p = NULL;
    for (size_t i = 0; i < rest->count; i++) {
        line_drop(&rest->lines[i]);
        buf_fini(&rest->lines[i].in);
        ask_free(rest->lines[i].ask);
    }
    while (rest->first) {
        struct ask *ask = rest->first;
        rest->first = ask->next;
        ask_free(ask);
    }
    close(rest->epoll);
    free(rest->lines);
    free(rest->input);
    free(rest);
}
