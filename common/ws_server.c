/* libwebsockets: one context a server that has WebSockets, on our loop. It does the framing (RFC 6455); HTTP never
 * reaches it: it is handed sockets whose handshake was judged here, with a head of our own making. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "alloc.h"
#include "err.h"
#include "log.h"
#include "tcp_progress.h"
#include "ws_internal.h"

enum {
    RX_BYTES = 512,   /* kept by the library for each connection: the largest part of its idle cost */
    SPARE_FDS = 1024, /* open beside connections */
    HEADS = 4,        /* handshakes it parses at a time; we give it one */
    HEAD_BYTES = 1024,
    ENDING_TURNS = 4 /* in which the library's handles close */
};

void ws_adopt(struct httpd *httpd, int fd, const struct http_request *req, struct str early)
{
    struct ws_server *server = httpd->ws_server;
    /* The library gets a head of our own making: no byte of the client's but its checked key. */
    struct buf head = {0};
    struct str key = http_header(req, "sec-websocket-key");
    buf_printf(&head,
               "GET /ws HTTP/1.1\r\nHost: parley\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\nSec-WebSocket-Key: %.*s\r\n\r\n",
               httpd->ws->subprotocol, (int)key.n, key.p);
    buf_str(&head, early);

    struct ws *ws = ws_create(httpd, http_address(req), http_header(req, "user-agent"));
    server->adopting = ws;
    tcp_keep_unsent(fd, WS_UNSENT);
    httpd_metric(httpd->m.requests[1], 1);
    /* The library closes the fd when it fails; and it calls ws_gone() when it came as far as knowing the ws. */
    lws_adopt_socket_vhost_readbuf(server->vhost, fd, head.p, head.n);
    if (server->adopting) {
        server->adopting = NULL;
        log_error(NULL, "websocket not adopted", "address=%s", ws->address.p);
        ws_gone(ws);
    }
    buf_fini(&head);
}

/* The library makes two tables with a place for every file descriptor that the limit allows; a limit of a million
 * would cost 16 MB. It asks for the limit once, so it is shown a smaller one. */
static struct lws_context *create_context(const struct lws_context_creation_info *info, size_t fds)
{
    struct rlimit limit, small;
    bool changed = false;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > fds) {
        small = limit;
        small.rlim_cur = fds;
        changed = setrlimit(RLIMIT_NOFILE, &small) == 0;
    }
    struct lws_context *context = lws_create_context(info);
    if (changed && setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_warn(NULL, "file limit not restored", "errno=%d", errno);
    return context;
}

/* The library closes its handles one after the other over some loop turns, and frees its context with the last; but
 * 4.1 leaves that to a second destroy, which must not come earlier. */
static void on_ending(uv_handle_t *handle);

static void next_ending_turn(struct ws_server *server, uv_loop_t *uv)
{
    uv_idle_init(uv, &server->ending);
    uv_close((uv_handle_t *)&server->ending, on_ending);
}

static void on_ending(uv_handle_t *handle)
{
    struct ws_server *server = LIST_ITEM(handle, struct ws_server, ending);
    if (server->turns++ < ENDING_TURNS) {
        next_ending_turn(server, handle->loop);
        return;
    }
    if (server->context)
        lws_context_destroy(server->context);
    free(server);
}

static void end_context(struct ws_server *server, struct loop *loop)
{
    lws_context_destroy(server->context);
    next_ending_turn(server, loop_uv(loop));
}

int ws_server_create(struct httpd *httpd)
{
    /* No timers for each connection: the library keeps them in one sorted list. */
    static const lws_retry_bo_t no_timers;
    struct ws_server *server = xcalloc(1, sizeof(*server));
    server->httpd = httpd;
    list_init(&server->dirty);
    list_init(&server->soon);
    lws_set_log_level(0, NULL);

    /* The protocol's name must live as long as the context, which ends only some loop turns after its destroy. */
    char *name = xstrdup(httpd->ws->subprotocol);
    const struct lws_protocols protocols[] = {
        {.name = name, .callback = ws_on_lws, .rx_buffer_size = RX_BYTES, .tx_packet_size = WS_TX_BYTES}, {0}};
    void *loops[1] = {loop_uv(httpd->loop)};
    struct lws_context_creation_info info = {0};
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.foreign_loops = loops;
    info.protocols = protocols;
    info.retry_and_idle_policy = &no_timers;
    info.external_baggage_free_on_destroy = name;
    info.user = server;
    info.pcontext = &server->context;
    info.max_http_header_pool = HEADS;
    info.max_http_header_data = HEAD_BYTES;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    server->context = create_context(&info, httpd->config.max_connections + SPARE_FDS);
    if (!server->context) {
        free(name);
        free(server);
        log_error(NULL, "libwebsockets does not start", "hint=%s", "is libwebsockets-evlib-uv installed?");
        return ERR_INTERNAL;
    }
    server->vhost = lws_create_vhost(server->context, &info);
    if (!server->vhost) {
        end_context(server, httpd->loop);
        return ERR_INTERNAL;
    }
    server->hook = loop_after_io(httpd->loop, ws_flush_all, server);
    timer_make(&server->soon_timer, httpd->loop, ws_soon_over, server);
    httpd->ws_server = server;
    return 0;
}

void ws_server_destroy(struct httpd *httpd)
{
    struct ws_server *server = httpd->ws_server;
    if (!server)
        return;
    /* The library closes its sockets over the next loop turns; ours end here. */
    while (!list_empty(&httpd->sockets)) {
        struct ws *ws = LIST_ITEM(httpd->sockets.next, struct ws, link);
        lws_set_opaque_user_data(ws->wsi, NULL);
        ws_gone(ws);
    }
    loop_unhook(&server->hook);
    timer_destroy(&server->soon_timer);
    buf_fini(&server->scratch);
    end_context(server, httpd->loop);
    httpd->ws_server = NULL;
}
