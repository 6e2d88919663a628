/* parley-bench-limit: the physical limit of fan-out on one core, to measure others against. One epoll loop, no library,
 * no promise: who connects to /pub publishes, everybody else is sent all of it.
 *
 * Frames lie one behind the other in a ring that is mapped twice in a row, so that whatever a subscriber has not had
 * yet is one piece of memory, and one send() a loop turn takes it there. A subscriber whose socket is full goes on when
 * it has room; one that falls behind by the whole ring is dropped. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "ws_accept.h"
#include "ws_frame.h"

enum { RING = 4 << 20, INPUT = 64 << 10, EVENTS = 1024, BACKLOG = 4096 };

enum role { OPENING, SUBSCRIBER, PUBLISHER };

struct peer {
    int fd;
    enum role role;
    bool full;      /* its socket was; waits for EPOLLOUT */
    uint64_t sent;  /* how far in all that was ever put into the ring */
    size_t place;   /* in subscribers */
    size_t pending; /* bytes of an incomplete request or frame in `input`, which is there only then */
    char *input;
};

static struct {
    int epoll, listener;
    char *ring;
    uint64_t head; /* bytes that were ever put into it */
    struct peer **subscribers;
    size_t count, room;
} server;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* The same pages twice, one behind the other. */
static char *map_ring(void)
{
    int fd = memfd_create("ring", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, RING) < 0)
        fail("ring");
    char *at = mmap(NULL, 2L * RING, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        fail("ring");
    for (size_t half = 0; half < 2; half++)
        if (mmap(at + half * RING, RING, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
            fail("ring");
    close(fd);
    return at;
}

static void drop(struct peer *p)
{
    if (p->role == SUBSCRIBER) {
        struct peer *last = server.subscribers[--server.count];
        server.subscribers[p->place] = last;
        last->place = p->place;
    }
    close(p->fd);
    free(p->input);
    free(p);
}

static void subscribe(struct peer *p)
{
    if (server.count == server.room) {
        server.room = server.room ? 2 * server.room : 1024;
        server.subscribers = xrealloc(server.subscribers, server.room * sizeof(struct peer *));
    }
    p->role = SUBSCRIBER;
    p->sent = server.head;
    p->place = server.count;
    server.subscribers[server.count++] = p;
}

/* ---- out ---- */

/* One that cannot be written to any more is dropped when epoll tells of its end. */
static void flush(struct peer *p)
{
    while (p->sent < server.head) {
        size_t left = server.head - p->sent;
        ssize_t n = left > RING ? -1 : send(p->fd, server.ring + p->sent % RING, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) {
            p->full = left <= RING && errno == EAGAIN;
            if (!p->full)
                shutdown(p->fd, SHUT_RDWR);
            return;
        }
        p->sent += (uint64_t)n;
    }
}

static void flush_all(void)
{
    for (size_t i = 0; i < server.count; i++)
        if (!server.subscribers[i]->full)
            flush(server.subscribers[i]);
}

static void publish(struct str payload)
{
    char head[WS_HEAD_MAX];
    size_t n = ws_head_put(head, WS_TEXT, payload.n, NULL);
    memcpy(server.ring + server.head % RING, head, n);
    memcpy(server.ring + (server.head + n) % RING, payload.p, payload.n);
    server.head += n + payload.n;
}

/* ---- in ---- */

/* How many bytes were used; -1: no handshake. */
static ssize_t open_peer(struct peer *p, const char *bytes, size_t n)
{
    char answer[256], accept[WS_ACCEPT + 1];
    static const char field[] = "\r\nsec-websocket-key: ";
    const char *end = memmem(bytes, n, "\r\n\r\n", 4);
    if (!end)
        return n < INPUT ? 0 : -1;
    const char *key = bytes;
    while (key < end && strncasecmp(key, field, sizeof(field) - 1) != 0)
        key++;
    if (end - key < (ssize_t)sizeof(field) - 1 + WS_KEY)
        return -1;
    ws_accept(key + sizeof(field) - 1, accept);
    int length = snprintf(answer, sizeof(answer),
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n",
                          accept);
    if (send(p->fd, answer, (size_t)length, MSG_NOSIGNAL) != length)
        return -1;
    if (strncmp(bytes, "GET /pub ", 9) == 0)
        p->role = PUBLISHER;
    else
        subscribe(p);
    return end + 4 - bytes;
}

/* The same for what is at the beginning of a frame. */
static ssize_t take_frame(struct peer *p, char *bytes, size_t n)
{
    struct ws_head head;
    enum ws_parsed parsed = ws_head_parse((struct str){bytes, n}, &head);
    if (parsed == WS_WRONG || (parsed == WS_HEAD && (head.length > INPUT - WS_HEAD_MAX || head.opcode == WS_CLOSE)))
        return -1;
    if (parsed == WS_MORE || head.length > n - head.size)
        return 0;
    char *payload = bytes + head.size;
    if (head.mask)
        ws_mask(payload, head.length, head.mask);
    if (p->role == PUBLISHER && head.opcode == WS_TEXT)
        publish((struct str){payload, head.length});
    return (ssize_t)(head.size + head.length);
}

/* False: the peer is gone or nonsense. */
static bool take(struct peer *p, char *bytes, size_t n)
{
    size_t at = 0;
    while (at < n) {
        ssize_t used = p->role == OPENING ? open_peer(p, bytes + at, n - at) : take_frame(p, bytes + at, n - at);
        if (used < 0)
            return false;
        if (used == 0)
            break;
        at += (size_t)used;
    }
    p->pending = n - at;
    if (p->pending > 0) {
        if (!p->input)
            p->input = xcalloc(1, INPUT);
        memcpy(p->input, bytes + at, p->pending);
    }
    return true;
}

static bool on_readable(struct peer *p)
{
    static char bytes[INPUT];
    for (;;) {
        size_t had = p->pending;
        if (had > 0)
            memcpy(bytes, p->input, had);
        ssize_t n = recv(p->fd, bytes + had, sizeof(bytes) - had, 0);
        if (n <= 0)
            return n < 0 && errno == EAGAIN;
        if (!take(p, bytes, had + (size_t)n))
            return false;
    }
}

static void accept_all(void)
{
    int fd, one = 1;
    while ((fd = accept4(server.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct peer *p = xcalloc(1, sizeof(*p));
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = p};
        p->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        epoll_ctl(server.epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static void on_event(const struct epoll_event *event)
{
    struct peer *p = event->data.ptr;
    if (!p) {
        accept_all();
        return;
    }
    if (event->events & (EPOLLHUP | EPOLLERR) || (event->events & (EPOLLIN | EPOLLRDHUP) && !on_readable(p))) {
        drop(p);
        return;
    }
    if (event->events & EPOLLOUT && p->role == SUBSCRIBER) {
        p->full = false;
        flush(p);
    }
}

static void listen_at(const char *port)
{
    int one = 1;
    int64_t number;
    struct epoll_event event = {.events = EPOLLIN};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (!str_i64(str_of(port), &number) || number > UINT16_MAX) {
        fprintf(stderr, "usage: parley-bench-limit PORT\n");
        exit(2);
    }
    address.sin_port = htons((uint16_t)number);
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(server.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(server.listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(server.listener, BACKLOG) < 0)
        fail("listen");
    epoll_ctl(server.epoll, EPOLL_CTL_ADD, server.listener, &event);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    server.ring = map_ring();
    listen_at(argc == 2 ? argv[1] : "");
    /* Until it is killed. */
    for (;;) {
        uint64_t before = server.head;
        int n = epoll_wait(server.epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++)
            on_event(&events[i]);
        if (server.head != before)
            flush_all();
    }
}
