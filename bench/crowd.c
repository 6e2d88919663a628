/* Connects clients, reads and writes their frames. */
#include "crowd.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "dialect.h"

enum {
    INPUT = 1 << 20,      /* more than any frame has */
    OUTPUT_MAX = 1 << 20, /* who takes so much without reading is lost */
    EVENTS = 1024,
    READS = 4, /* of one client before the others have their turn */
    AGAIN_MS = 100,
    AGAIN_MAX_MS = 5000,
    RETURN_MS = 500, /* the least span within which one who lost his connection comes back */
    LOOK_US = 10000,
};

void crowd_init(struct crowd *crowd, const struct crowd_plan *plan, size_t first, size_t count)
{
    *crowd = (struct crowd){.plan = plan, .count = count};
    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    crowd->clients = xcalloc(count, sizeof(*crowd->clients));
    crowd->input = xcalloc(1, INPUT);
    for (size_t i = 0; i < count; i++) {
        struct client *c = &crowd->clients[i];
        *c = (struct client){.crowd = crowd, .fd = -1, .number = (uint32_t)(first + i), .return_ms = -1};
    }
}

void crowd_fini(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        struct client *c = &crowd->clients[i];
        if (c->fd >= 0)
            close(c->fd);
        buf_fini(&c->in);
        buf_fini(&c->out);
        buf_fini(&c->tail);
    }
    buf_fini(&crowd->scratch);
    free(crowd->clients);
    free(crowd->input);
    close(crowd->epoll);
}

const char *client_token(const struct client *c)
{
    const struct crowd_plan *plan = c->crowd->plan;
    return plan->token_count ? plan->tokens[c->number % plan->token_count] : "";
}

const char *client_room(const struct client *c)
{
    const struct crowd_plan *plan = c->crowd->plan;
    return plan->room_count ? plan->rooms[c->number % plan->room_count] : "";
}

/* ---- the end of a connection ---- */

static void client_out(struct client *c)
{
    struct crowd *crowd = c->crowd;
    crowd->ready -= c->state == CLIENT_READY;
    crowd->opening -= c->state == CLIENT_OPENING || c->state == CLIENT_LOGIN;
    close(c->fd);
    c->fd = -1;
    c->state = CLIENT_OUT;
    c->blocked = false;
    buf_reset(&c->in);
    buf_reset(&c->out);
}

/* Of a thousand; the same one for the same client. */
static int64_t chance(const struct client *c)
{
    return c->number * 2654435761U % 1000;
}

/* It was lost as all others there: docs/protocol.md says when each comes back. */
static void leave_home(struct client *c)
{
    int64_t span_ms = c->return_ms > RETURN_MS ? c->return_ms : RETURN_MS;
    client_out(c);
    c->homeless = true;
    c->crowd->homeless++;
    c->tries = 0;
    c->again_us = clock_mono_us() + chance(c) * span_ms;
}

void client_fail(struct client *c, const char *why, struct str detail)
{
    struct crowd *crowd = c->crowd;
    if (c->state == CLIENT_OUT)
        return;
    if (c->state == CLIENT_READY && crowd->plan->has_home && !c->homeless) {
        leave_home(c);
        return;
    }
    size_t n = detail.n < 100 ? detail.n : 100;
    snprintf(crowd->trouble, sizeof(crowd->trouble), "%s %.*s", why, (int)n, n ? detail.p : "");
    client_out(c);
    int64_t ms = (int64_t)AGAIN_MS << (c->tries < 6 ? c->tries : 6);
    ms = ms > AGAIN_MAX_MS ? AGAIN_MAX_MS : ms;
    /* By chance somewhere in the second half, so that those who failed together do not come back together. */
    c->again_us = clock_mono_us() + ms * 500 + chance(c) * ms / 2;
}

void client_leave(struct client *c)
{
    if (c->state != CLIENT_OUT)
        client_out(c);
    c->tries = 0;
    c->again_us = 0;
}

void crowd_cut(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++)
        client_leave(&crowd->clients[i]);
}

/* ---- out ---- */

static void listen_for(struct client *c, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(c->crowd->epoll, EPOLL_CTL_MOD, c->fd, &event);
}

static void client_flush(struct client *c)
{
    size_t at = 0;
    while (at < c->out.n) {
        ssize_t n = send(c->fd, c->out.p + at, c->out.n - at, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) {
            client_fail(c, "write:", str_of(strerror(errno)));
            return;
        }
        if (n < 0)
            break;
        at += (size_t)n;
    }
    memmove(c->out.p, c->out.p + at, c->out.n - at);
    c->out.n -= at;
    bool blocked = c->out.n > 0;
    if (blocked != c->blocked)
        listen_for(c, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
    c->blocked = blocked;
}

void client_send(struct client *c, enum ws_opcode opcode, struct str payload)
{
    /* The mask protects proxies from what scripts write. Of zeros it is as valid, and costs nothing here. */
    static const char mask[WS_MASK];
    char head[WS_HEAD_MAX];
    if (c->state == CLIENT_OUT)
        return;
    if (c->out.n > OUTPUT_MAX) {
        client_fail(c, "the server does not read", STR(""));
        return;
    }
    buf_put(&c->out, head, ws_head_put(head, opcode, payload.n, mask));
    buf_str(&c->out, payload);
    if (!c->blocked)
        client_flush(c);
}

/* ---- in ---- */

void client_ready(struct client *c)
{
    struct crowd *crowd = c->crowd;
    if (c->state != CLIENT_LOGIN)
        return;
    c->state = CLIENT_READY;
    crowd->opening--;
    crowd->ready++;
    if (crowd->on_ready)
        crowd->on_ready(c, clock_mono_us());
}

/* How many bytes were used; 0: not all of it is there. */
static size_t take_handshake(struct client *c, struct str bytes)
{
    const char *end = memmem(bytes.p, bytes.n, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (!str_starts(bytes, STR("HTTP/1.1 101 "))) {
        client_fail(c, "handshake:", (struct str){bytes.p, (size_t)(end - bytes.p)});
        return 0;
    }
    c->state = CLIENT_LOGIN;
    c->step = 0;
    c->crowd->plan->dialect->opened(c);
    return (size_t)(end + 4 - bytes.p);
}

static bool keeps_alive(struct client *c, struct str payload)
{
    const struct dialect *dialect = c->crowd->plan->dialect;
    return dialect->keeps_alive && dialect->keeps_alive(c, payload);
}

/* What makes it ready may hold more than that. */
static void log_in(struct client *c, struct str payload, int64_t now_us)
{
    struct crowd *crowd = c->crowd;
    crowd->plan->dialect->login(c, payload);
    if (c->state == CLIENT_READY && crowd->on_frame)
        crowd->on_frame(c, payload, now_us);
}

static void take_message(struct client *c, const struct ws_head *head, struct str payload, int64_t now_us)
{
    if (head->opcode == WS_PING)
        client_send(c, WS_PONG, payload);
    else if (head->opcode == WS_CLOSE)
        client_fail(c, "closed:", payload.n > 2 ? (struct str){payload.p + 2, payload.n - 2} : STR(""));
    else if (head->opcode != WS_PONG && c->state == CLIENT_LOGIN)
        log_in(c, payload, now_us);
    else if (head->opcode != WS_PONG && !keeps_alive(c, payload) && c->crowd->on_frame)
        c->crowd->on_frame(c, payload, now_us);
}

static size_t take_frame(struct client *c, struct str bytes, int64_t now_us)
{
    struct ws_head head;
    enum ws_parsed parsed = ws_head_parse(bytes, &head);
    if (parsed == WS_WRONG || (parsed == WS_HEAD && (!head.final || head.length > INPUT / 2))) {
        client_fail(c, "a frame that is none, in parts, or too large", STR(""));
        return 0;
    }
    if (parsed == WS_MORE || head.length > bytes.n - head.size)
        return 0;
    take_message(c, &head, (struct str){bytes.p + head.size, head.length}, now_us);
    return head.size + head.length;
}

static void take(struct client *c, struct str bytes)
{
    int64_t now_us = clock_mono_us();
    while (bytes.n > 0 && c->state != CLIENT_OUT) {
        size_t used = c->state == CLIENT_OPENING ? take_handshake(c, bytes) : take_frame(c, bytes, now_us);
        if (used == 0)
            break;
        bytes = (struct str){bytes.p + used, bytes.n - used};
    }
    if (c->state != CLIENT_OUT && bytes.n > 0)
        buf_str(&c->in, bytes);
    else if (c->in.cap > 0)
        buf_fini(&c->in);
}

static void on_readable(struct client *c)
{
    struct crowd *crowd = c->crowd;
    char *input = crowd->input;
    for (int reads = 0; reads < READS && c->state != CLIENT_OUT; reads++) {
        size_t had = c->in.n;
        if (had > 0)
            memcpy(input, c->in.p, had);
        size_t room = INPUT - had;
        ssize_t n = recv(c->fd, input + had, room, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            client_fail(c, "lost:", str_of(n < 0 ? strerror(errno) : "the server ended it"));
            return;
        }
        crowd->reads++;
        buf_reset(&c->in);
        take(c, (struct str){input, had + (size_t)n});
        if ((size_t)n < room)
            return;
    }
}

/* ---- connecting ---- */

/* 127.16.0.1 and on, so that no limit of an address and no end of ports is met. */
static struct sockaddr_in source_of(const struct client *c)
{
    uint32_t nth = c->number / CROWD_PER_SOURCE;
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f100001 + nth)};
}

static struct sockaddr_in address_of(const struct client *c)
{
    const struct crowd_plan *plan = c->crowd->plan;
    return plan->has_home && !c->homeless ? plan->home : plan->addresses[c->number % plan->address_count];
}

static void put_request(struct client *c, const struct sockaddr_in *to)
{
    const struct dialect *dialect = c->crowd->plan->dialect;
    bool publishes = c->number == c->crowd->plan->publisher && dialect->publisher_path;
    buf_printf(&c->out,
               "GET %s HTTP/1.1\r\nHost: localhost:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
               publishes ? dialect->publisher_path : dialect->path, ntohs(to->sin_port));
    if (dialect->subprotocol)
        buf_printf(&c->out, "Sec-WebSocket-Protocol: %s\r\n", dialect->subprotocol);
    buf_cstr(&c->out, "\r\n");
}

static void client_connect(struct client *c)
{
    struct crowd *crowd = c->crowd;
    int one = 1;
    struct sockaddr_in from = source_of(c), to = address_of(c);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        perror("socket");
        exit(1);
    }
    c->state = CLIENT_OPENING;
    c->tries++;
    crowd->opening++;
    crowd->tries++;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
    epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, c->fd, &event);
    c->blocked = true;
    if (bind(c->fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
        (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS))
        client_fail(c, "connect:", str_of(strerror(errno)));
    else
        put_request(c, &to);
}

/* Who is out and may be in again. All are looked at now and then, not in each turn. */
static void connect_some(struct crowd *crowd)
{
    int64_t now_us = clock_mono_us();
    if (crowd->ready + crowd->opening == crowd->count)
        return;
    if (crowd->next_out == crowd->count) {
        if (now_us - crowd->looked_us < LOOK_US)
            return;
        crowd->next_out = 0;
        crowd->looked_us = now_us;
    }
    while (crowd->opening < crowd->plan->opening && crowd->next_out < crowd->count) {
        struct client *c = &crowd->clients[crowd->next_out++];
        if (c->state == CLIENT_OUT && c->again_us <= now_us)
            client_connect(c);
    }
}

void crowd_watch(struct crowd *crowd, int eventfd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, eventfd, &event);
}

void crowd_turn(struct crowd *crowd, int64_t wait_us)
{
    struct epoll_event events[EVENTS];
    connect_some(crowd);
    if (wait_us > LOOK_US && crowd->ready < crowd->count)
        wait_us = LOOK_US;
    struct timespec wait = {.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
    int n = epoll_pwait2(crowd->epoll, events, EVENTS, &wait, NULL);
    for (int i = 0; i < n; i++) {
        struct client *c = events[i].data.ptr;
        if (!c || c->state == CLIENT_OUT)
            continue;
        if (events[i].events & EPOLLOUT)
            client_flush(c);
        if (c->state != CLIENT_OUT && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            on_readable(c);
    }
}
