/* Opens a connected, non-blocking socket to where Redis is. */
#include "bus_dial.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "alloc.h"
#include "err.h"

enum { MAX_ADDRESSES = 8 };

struct endpoint {
    struct sockaddr_storage sa;
    socklen_t n;
};

/* Both outlive the dial when it stops, until the loop is through with them: `dial` is NULL then. */
struct lookup {
    struct bus_dial *dial;
    char *host, port[8];
    int status; /* of getaddrinfo() */
    struct addrinfo *list;
};
struct watch {
    uv_poll_t handle;
    struct bus_dial *dial;
};

struct bus_dial {
    struct loop *loop;
    const struct bus_address *address;
    bus_dial_fn *fn;
    void *arg;
    bool numeric; /* endpoints are known from the start */
    struct endpoint endpoints[MAX_ADDRESSES];
    size_t count, next;
    struct lookup *lookup; /* a name is being resolved */
    struct watch *watch;   /* fd is connecting */
    int fd;
};

static void free_handle(uv_handle_t *handle)
{
    free(handle->data);
}

static void endpoints_from(struct bus_dial *dial, const struct addrinfo *list)
{
    dial->count = 0;
    for (const struct addrinfo *a = list; a && dial->count < MAX_ADDRESSES; a = a->ai_next) {
        if (a->ai_addrlen > sizeof(struct sockaddr_storage))
            continue;
        struct endpoint *e = &dial->endpoints[dial->count++];
        memcpy(&e->sa, a->ai_addr, a->ai_addrlen);
        e->n = a->ai_addrlen;
    }
    dial->next = 0;
}

static void endpoint_number(struct bus_dial *dial)
{
    char port[8];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    snprintf(port, sizeof port, "%u", dial->address->port);
    if (getaddrinfo(dial->address->host, port, &hints, &list) == 0) {
        endpoints_from(dial, list);
        dial->numeric = dial->count > 0;
        freeaddrinfo(list);
    }
}

static void endpoint_local(struct bus_dial *dial)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    size_t n = strlen(dial->address->host);
    assert(n < sizeof sun.sun_path);
    memcpy(sun.sun_path, dial->address->host, n);
    memcpy(&dial->endpoints[0].sa, &sun, sizeof sun);
    dial->endpoints[0].n = sizeof sun;
    dial->count = 1;
    dial->numeric = true;
}

void bus_dial_create(struct bus_dial **dial_r, struct loop *loop, const struct bus_address *address, bus_dial_fn *fn,
                     void *arg)
{
    struct bus_dial *dial = xcalloc(1, sizeof *dial);
    dial->loop = loop;
    dial->address = address;
    dial->fn = fn;
    dial->arg = arg;
    dial->fd = -1;
    if (address->local)
        endpoint_local(dial);
    else
        endpoint_number(dial);
    *dial_r = dial;
}

static void watch_stop(struct bus_dial *dial)
{
    if (!dial->watch)
        return;
    dial->watch->dial = NULL;
    uv_close((uv_handle_t *)&dial->watch->handle, free_handle);
    dial->watch = NULL;
}

static const char *dial_next(struct bus_dial *dial);

static void on_connected(uv_poll_t *handle, int status, int events)
{
    struct watch *watch = handle->data;
    struct bus_dial *dial = watch->dial;
    int error = 0, fd = dial->fd;
    socklen_t n = sizeof error;
    (void)events;
    /* libuv says EBADF for whatever is wrong with a socket: the socket knows better. */
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
        error = errno;
    if (!error && status < 0)
        error = -status;
    watch_stop(dial);
    dial->fd = -1;
    if (!error) {
        dial->fn(dial->arg, fd, NULL);
        return;
    }
    close(fd);
    const char *why = dial->next < dial->count ? dial_next(dial) : uv_strerror(-error);
    if (why)
        dial->fn(dial->arg, -1, why);
}

/* Connect to one endpoint. 0, or the errno. */
static int dial_endpoint(struct bus_dial *dial, const struct endpoint *e)
{
    int error = 0, on = 1;
    int fd = socket(e->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (e->sa.ss_family != AF_UNIX) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    /* A Unix socket whose queue is full says EAGAIN: there is nothing to wait for, so it counts as refused. */
    if (connect(fd, (const struct sockaddr *)&e->sa, e->n) < 0 && errno != EINPROGRESS) {
        error = errno;
        goto fail;
    }
    struct watch *watch = xcalloc(1, sizeof *watch);
    error = -uv_poll_init(loop_uv(dial->loop), &watch->handle, fd);
    if (error) {
        free(watch);
        goto fail;
    }
    watch->dial = dial;
    watch->handle.data = watch;
    dial->watch = watch;
    dial->fd = fd;
    uv_poll_start(&watch->handle, UV_WRITABLE, on_connected);
    return 0;
fail:
    close(fd);
    return error;
}

/* Go through the endpoints until one is connecting. NULL, or why none is. */
static const char *dial_next(struct bus_dial *dial)
{
    int error = EADDRNOTAVAIL;
    while (dial->next < dial->count) {
        error = dial_endpoint(dial, &dial->endpoints[dial->next++]);
        if (!error)
            return NULL;
    }
    return uv_strerror(-error);
}

/* On a worker thread: touches the lookup only. */
static void resolve(void *arg)
{
    struct lookup *lookup = arg;
    struct addrinfo hints = {.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    lookup->status = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->list);
}

static void on_resolved(void *arg)
{
    struct lookup *lookup = arg;
    struct bus_dial *dial = lookup->dial;
    const char *why = lookup->status ? gai_strerror(lookup->status) : NULL;
    if (dial) {
        dial->lookup = NULL;
        endpoints_from(dial, lookup->list);
    }
    if (lookup->list)
        freeaddrinfo(lookup->list);
    free(lookup->host);
    free(lookup);
    if (!dial)
        return;
    if (!why)
        why = dial_next(dial);
    if (why)
        dial->fn(dial->arg, -1, why);
}

int bus_dial_start(struct bus_dial *dial, const char **why_r)
{
    assert(!dial->lookup && !dial->watch);
    dial->next = 0;
    if (dial->numeric) {
        *why_r = dial_next(dial);
        return *why_r ? ERR_UNAVAILABLE : 0;
    }
    struct lookup *lookup = xcalloc(1, sizeof *lookup);
    lookup->dial = dial;
    lookup->host = xstrdup(dial->address->host);
    snprintf(lookup->port, sizeof lookup->port, "%u", dial->address->port);
    int err = loop_work(dial->loop, resolve, on_resolved, lookup);
    if (err) {
        free(lookup->host);
        free(lookup);
        *why_r = "no worker for looking up its name";
        return err;
    }
    dial->lookup = lookup;
    return 0;
}

void bus_dial_stop(struct bus_dial *dial)
{
    if (dial->lookup) {
        dial->lookup->dial = NULL;
        dial->lookup = NULL;
    }
    watch_stop(dial);
    if (dial->fd >= 0)
        close(dial->fd);
    dial->fd = -1;
}

void bus_dial_destroy(struct bus_dial **dial)
{
    if (!*dial)
        return;
    bus_dial_stop(*dial);
    free(*dial);
    *dial = NULL;
}
