/* The HTTP server: its listener, its connections' common home, and its metrics. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "err.h"
#include "httpd_internal.h"
#include "log.h"

enum {
    BACKLOG = 4096,
    ACCEPTS_A_TURN = 128,   /* a connect storm leaves time for those who are already in */
    ACCEPT_PAUSE_MS = 100,  /* after running out of file descriptors */
    SPARE_FDS = 64,         /* of the file limit, for everything but clients */
    MAX_CONNECTIONS = 50000 /* unless configured: the tables for more would cost idle memory */
};

struct httpd_listener {
    uv_poll_t poll;
    int fd;
    uint16_t port;
    bool paused;
    bool exhausted; /* said once, until an accept succeeds again */
    struct httpd *httpd;
    struct timer *retry;
};

/* ---- metrics ---- */

void httpd_metric(struct metric *metric, int64_t n)
{
    if (metric)
        metric_add(metric, n);
}

static void make_metrics(struct httpd_metrics *m, struct metrics *metrics)
{
    static const char *const classes[] = {
        NULL, "class=\"1xx\"", "class=\"2xx\"", "class=\"3xx\"", "class=\"4xx\"", "class=\"5xx\""};
    if (!metrics)
        return;
    m->accepted = metrics_counter(metrics, "parley_http_accepted_total", "", "Connections accepted.");
    m->accept_errors =
        metrics_counter(metrics, "parley_http_accept_errors_total", "", "Accepts that failed for want of resources.");
    m->connections = metrics_gauge(metrics, "parley_http_connections", "", "Open connections, WebSockets included.");
    m->sockets = metrics_gauge(metrics, "parley_ws_connections", "", "Open WebSockets.");
    for (size_t i = 1; i < sizeof(classes) / sizeof(classes[0]); i++)
        m->requests[i] =
            metrics_counter(metrics, "parley_http_requests_total", classes[i], "Requests answered, by status class.");
    m->request_time =
        metrics_histogram(metrics, "parley_http_request_seconds", "", "From a request's complete head to its answer.");
    m->bytes_in = metrics_counter(metrics, "parley_http_received_bytes_total", "", "Bytes read from clients.");
    m->bytes_out = metrics_counter(metrics, "parley_http_sent_bytes_total", "", "Bytes written to clients.");
    m->frames_in = metrics_counter(metrics, "parley_ws_received_total", "", "WebSocket messages from clients.");
    m->frames_out = metrics_counter(metrics, "parley_ws_sent_total", "", "WebSocket frames to clients.");
    m->queued = metrics_gauge(metrics, "parley_ws_queued_bytes", "",
                              "Bytes queued on all WebSockets; a frame that many share counts on each.");
    m->slow = metrics_counter(metrics, "parley_ws_slow_total", "", "WebSockets closed because the client was slow.");
}

/* ---- listening ---- */

static void on_listener_freed(uv_handle_t *handle)
{
    free(LIST_ITEM(handle, struct httpd_listener, poll));
}

static void on_readable(uv_poll_t *poll, int status, int events);

static void accept_pause(struct httpd_listener *listener)
{
    listener->paused = true;
    uv_poll_stop(&listener->poll);
}

static void accept_go_on(void *arg)
{
    struct httpd_listener *listener = arg;
    if (!listener->paused || listener->httpd->connections >= listener->httpd->config.max_connections)
        return;
    listener->paused = false;
    uv_poll_start(&listener->poll, UV_READABLE, on_readable);
}

void httpd_count(struct httpd *httpd, int change)
{
    httpd->connections += (size_t)change;
    httpd_metric(httpd->m.connections, change);
    if (httpd->listener && change < 0)
        accept_go_on(httpd->listener);
}

static struct http_address address_of(const struct sockaddr_storage *from)
{
    struct http_address address = {{0}};
    const struct sockaddr_in *v4 = (const void *)from;
    const struct sockaddr_in6 *v6 = (const void *)from;
    if (from->ss_family == AF_INET) {
        address.bytes[10] = address.bytes[11] = 0xff;
        memcpy(address.bytes + 12, &v4->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        memcpy(address.bytes, &v6->sin6_addr, 16);
    }
    return address;
}

/* False: nothing more to accept now. */
static bool accept_one(struct httpd_listener *listener)
{
    struct httpd *httpd = listener->httpd;
    struct sockaddr_storage from = {0};
    socklen_t n = sizeof(from);
    int fd = accept4(listener->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
        return true;
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
        /* The waiting connection keeps the listener readable: looking again at once would be a busy loop. */
        httpd_metric(httpd->m.accept_errors, 1);
        if (!listener->exhausted)
            log_warn(NULL, "accept failed", "error=%s", strerror(errno));
        listener->exhausted = true;
        accept_pause(listener);
        timer_start(listener->retry, ACCEPT_PAUSE_MS, 0);
        return false;
    }
    if (fd < 0)
        return false;
    listener->exhausted = false;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    struct http_address address = address_of(&from);
    httpd_metric(httpd->m.accepted, 1);
    http_conn_create(httpd, fd, &address);
    return true;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct httpd_listener *listener = LIST_ITEM(poll, struct httpd_listener, poll);
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        if (listener->httpd->connections >= listener->httpd->config.max_connections) {
            accept_pause(listener);
            return;
        }
        if (!accept_one(listener))
            return;
    }
}

/* Split host:port or [v6]:port; an empty host or * is every address. */
static bool split_listen(const char *listen_at, char host[256], char port[8])
{
    const char *colon = strrchr(listen_at, ':');
    int64_t number;
    /* The resolver would take 99999, and make another number of it. */
    if (!colon || !str_i64(str_of(colon + 1), &number) || number > UINT16_MAX)
        return false;
    size_t n = (size_t)(colon - listen_at);
    if (n >= 2 && listen_at[0] == '[' && listen_at[n - 1] == ']') {
        listen_at++;
        n -= 2;
    }
    if (n >= 256)
        return false;
    memcpy(host, listen_at, n);
    host[n] = '\0';
    if (n == 0 || strcmp(host, "*") == 0)
        memcpy(host, "0.0.0.0", sizeof("0.0.0.0"));
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

/* A bound and listening socket, or -1 with *why_r. */
/* Without `share` a port that somebody has is an error at once, instead of every other connection going astray. */
static int open_socket(const char *listen_at, bool share, const char **why_r)
{
    char host[256], port[8];
    int on = 1, fd = -1;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *list = NULL;
    *why_r = "not host:port";
    if (!split_listen(listen_at, host, port))
        return -1;
    int gai = getaddrinfo(host, port, &hints, &list);
    if (gai != 0) {
        *why_r = gai_strerror(gai);
        return -1;
    }
    fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        goto fail;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        (share && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0))
        goto fail;
    if (bind(fd, list->ai_addr, list->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
        goto fail;
    freeaddrinfo(list);
    return fd;
fail:
    *why_r = strerror(errno);
    if (fd >= 0)
        close(fd);
    freeaddrinfo(list);
    return -1;
}

static int start_listening(struct httpd *httpd)
{
    const char *why;
    int fd = open_socket(httpd->config.listen, httpd->config.share_port, &why);
    if (fd < 0) {
        log_error(NULL, "cannot listen", "address=%s error=%s", httpd->config.listen, why);
        return ERR_ADDRESS;
    }
    struct httpd_listener *listener = xcalloc(1, sizeof(*listener));
    listener->fd = fd;
    listener->httpd = httpd;
    if (uv_poll_init(loop_uv(httpd->loop), &listener->poll, fd) != 0) {
        close(fd);
        free(listener);
        return ERR_INTERNAL;
    }
    /* The port sits at the same place in both families. */
    struct sockaddr_in6 at = {0};
    socklen_t n = sizeof(at);
    if (getsockname(fd, (struct sockaddr *)&at, &n) == 0)
        listener->port = ntohs(at.sin6_port);
    timer_make(&listener->retry, httpd->loop, accept_go_on, listener);
    httpd->listener = listener;
    listener->paused = true;
    accept_go_on(listener);
    return 0;
}

void httpd_stop_accepting(struct httpd *httpd)
{
    struct httpd_listener *listener = httpd->listener;
    if (!listener)
        return;
    /* Closing the socket resets whoever waits in its queue; they connected to a server that was there. */
    for (int i = 0; i < BACKLOG && httpd->connections < httpd->config.max_connections && accept_one(listener); i++)
        ;
    httpd->listener = NULL;
    timer_destroy(&listener->retry);
    uv_close((uv_handle_t *)&listener->poll, on_listener_freed);
    close(listener->fd);
}

/* ---- life ---- */

static void fill_defaults(struct httpd_config *config)
{
    if (config->max_body == 0)
        config->max_body = 1 << 20;
    if (config->max_message == 0)
        config->max_message = 64 << 10;
    if (config->max_queued == 0)
        config->max_queued = 1 << 20;
    if (config->body_timeout_ms == 0)
        config->body_timeout_ms = 15000;
    if (config->stall_ms == 0)
        config->stall_ms = HTTPD_STALL_MS;
    if (config->ping_ms == 0)
        config->ping_ms = 25000;
    struct rlimit limit;
    if (config->max_connections == 0) {
        config->max_connections = MAX_CONNECTIONS;
        if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MAX_CONNECTIONS + SPARE_FDS)
            config->max_connections = limit.rlim_cur > (rlim_t)2 * SPARE_FDS ? limit.rlim_cur - SPARE_FDS : SPARE_FDS;
    }
}

int httpd_create(struct httpd **httpd_r, struct loop *loop, const struct httpd_config *config, http_handler_fn *handler,
                 const struct ws_handler *ws, void *arg, struct metrics *metrics)
{
    struct http_networks trusted;
    struct str bad;
    *httpd_r = NULL;
    if (!http_networks_parse(config->trusted_proxies, &trusted, &bad)) {
        log_error(NULL, "not an address or CIDR block", "value=%.*s", (int)bad.n, bad.p);
        return ERR_ADDRESS;
    }
    struct httpd *httpd = xcalloc(1, sizeof(*httpd));
    httpd->loop = loop;
    httpd->config = *config;
    fill_defaults(&httpd->config);
    httpd->handler = handler;
    httpd->ws = ws;
    httpd->arg = arg;
    httpd->trusted = trusted;
    httpd->origins = xstrdup(config->origins ? config->origins : "");
    list_init(&httpd->conns);
    list_init(&httpd->requests);
    list_init(&httpd->sockets);
    wheel_init(&httpd->wheel, loop);
    make_metrics(&httpd->m, metrics);
    int err = ws ? ws_server_create(httpd) : 0;
    if (!err)
        err = start_listening(httpd);
    if (err)
        httpd_destroy(&httpd);
    *httpd_r = httpd;
    return err;
}

size_t httpd_connections(const struct httpd *httpd)
{
    return httpd->connections;
}

uint16_t httpd_port(const struct httpd *httpd)
{
    return httpd->listener ? httpd->listener->port : 0;
}

void httpd_destroy(struct httpd **httpd_p)
{
    struct httpd *httpd = *httpd_p;
    if (!httpd)
        return;
    *httpd_p = NULL;
    httpd_stop_accepting(httpd);
    while (!list_empty(&httpd->conns))
        http_conn_close(LIST_ITEM(httpd->conns.next, struct http_conn, link));
    ws_server_destroy(httpd);
    /* Requests that are still being worked on outlive the server; their answers go nowhere. */
    while (!list_empty(&httpd->requests)) {
        struct http_request *req = LIST_ITEM(httpd->requests.next, struct http_request, link);
        list_remove(&req->link);
        req->httpd = NULL;
    }
    wheel_fini(&httpd->wheel);
    http_networks_fini(&httpd->trusted);
    free(httpd->origins);
    free(httpd);
}
