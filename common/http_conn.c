/* One HTTP connection: reads requests one after the other, hands each to the handler, writes its answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "httpd_internal.h"

enum { READ_BYTES = 4096, READ_BODY_BYTES = 65536 };

static void conn_run(struct http_conn *conn);

static void on_freed(uv_handle_t *handle)
{
    free(LIST_ITEM(handle, struct http_conn, poll));
}

/* Everything but the socket. */
static void conn_end(struct http_conn *conn)
{
    /* The handler holds a request of these states, in all others it is ours. */
    bool was_taking = conn->state == CONN_TAKING;
    struct http_request *held = was_taking || conn->state == CONN_HANDLING ? conn->req : NULL;
    if (held)
        held->conn = NULL;
    else
        http_request_destroy(&conn->req);
    conn->state = CONN_CLOSED;
    conn->req = NULL;
    list_remove(&conn->link);
    wheel_disarm(&conn->httpd->wheel, &conn->deadline);
    buf_fini(&conn->in);
    buf_fini(&conn->out);
    uv_close((uv_handle_t *)&conn->poll, on_freed);
    httpd_count(conn->httpd, -1);
    http_stream_lost(conn);
    if (held && was_taking)
        http_body_lost(held);
}

void http_conn_close(struct http_conn *conn)
{
    if (conn->state == CONN_CLOSED)
        return;
    conn_end(conn);
    close(conn->fd);
}

int http_conn_release(struct http_conn *conn)
{
    conn_end(conn);
    return conn->fd;
}

void http_conn_deadline(struct http_conn *conn, int64_t at_ms)
{
    wheel_arm(&conn->httpd->wheel, &conn->deadline, at_ms);
}

/* Answer what is no request, or one that will not be read to its end. */
static void conn_refuse(struct http_conn *conn, int err)
{
    if (!conn->req)
        conn->req = http_request_create(conn);
    conn->keep_alive = false;
    conn->state = CONN_HANDLING;
    http_respond_error(conn->req, err, NULL);
}

static void on_deadline(struct wheel_entry *entry)
{
    struct http_conn *conn = LIST_ITEM(entry, struct http_conn, deadline);
    if (conn->state == CONN_TAKING) {
        http_body_stalled(conn);
        return;
    }
    if (conn->state != CONN_HEAD && conn->state != CONN_BODY) {
        http_conn_close(conn);
        return;
    }
    conn_refuse(conn, ERR_REQUEST_TIMEOUT);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void conn_poll(struct http_conn *conn, int events)
{
    if (conn->events == events)
        return;
    conn->events = events;
    if (events == 0)
        uv_poll_stop(&conn->poll);
    else if (uv_poll_start(&conn->poll, events, on_poll) != 0)
        abort();
}

/* What the state waits for. */
void http_conn_wait(struct http_conn *conn)
{
    switch (conn->state) {
    case CONN_IDLE:
    case CONN_HEAD:
    case CONN_BODY:
    case CONN_LINGER:
        conn_poll(conn, UV_READABLE);
        break;
    case CONN_TAKING:
        /* What is here already is given in the next turn: there is room in the socket, as nothing goes out. */
        if (conn->req->reading) {
            conn_poll(conn, http_body_due(conn) ? UV_READABLE | UV_WRITABLE : UV_READABLE);
            break;
        }
        /* fall through */
    case CONN_ASKING:
    case CONN_HANDLING:
        /* Only whether the client leaves; its next request stays in the kernel. After a half-close there is
         * nothing more to learn, and waiting for it again would spin. */
        conn_poll(conn, conn->keep_alive ? UV_DISCONNECT : 0);
        break;
    case CONN_WRITING:
        conn_poll(conn, UV_WRITABLE);
        break;
    case CONN_CLOSED:
        break;
    }
}

void http_conn_create(struct httpd *httpd, int fd, const struct http_address *peer)
{
    struct http_conn *conn = xcalloc(1, sizeof(*conn));
    conn->httpd = httpd;
    conn->fd = fd;
    conn->peer = *peer;
    list_init(&conn->link);
    wheel_entry_init(&conn->deadline, on_deadline);
    if (uv_poll_init(loop_uv(httpd->loop), &conn->poll, fd) != 0) {
        close(fd);
        free(conn);
        return;
    }
    list_push(&httpd->conns, &conn->link);
    httpd_count(httpd, 1);
    conn->state = CONN_IDLE;
    http_conn_deadline(conn, clock_mono_ms() + HTTPD_IDLE_MS);
    http_conn_wait(conn);
}

/* False: nothing more to read now, or the connection is closed. */
static bool conn_read(struct http_conn *conn)
{
    size_t want = READ_BYTES;
    if (conn->state == CONN_BODY) {
        want = conn->head_n + conn->body_n - conn->in.n;
        if (want > READ_BODY_BYTES)
            want = READ_BODY_BYTES;
    } else if (conn->state == CONN_TAKING) {
        want = conn->body_left < READ_BODY_BYTES ? conn->body_left : READ_BODY_BYTES;
    }
    buf_reserve(&conn->in, want);
    ssize_t n = recv(conn->fd, conn->in.p + conn->in.n, want, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        http_conn_close(conn);
        return false;
    }
    conn->in.n += (size_t)n;
    httpd_metric(conn->httpd->m.bytes_in, n);
    return true;
}

/* Throw away what comes, until the client hangs up. Without this the kernel would answer unread bytes with a
 * reset, which can overtake the answer. */
static void conn_drain(struct http_conn *conn)
{
    char waste[16384];
    ssize_t n = recv(conn->fd, waste, sizeof(waste), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        http_conn_close(conn);
}

static void conn_linger(struct http_conn *conn)
{
    if (shutdown(conn->fd, SHUT_WR) != 0) {
        http_conn_close(conn);
        return;
    }
    conn->state = CONN_LINGER;
    buf_fini(&conn->in);
    http_conn_deadline(conn, clock_mono_ms() + HTTPD_LINGER_MS);
}

/* The answer is out. */
static void conn_answered(struct http_conn *conn)
{
    conn->out_sent = 0;
    conn->out_static.n = 0;
    buf_fini(&conn->out);
    if (!conn->keep_alive) {
        conn_linger(conn);
        return;
    }
    conn->state = CONN_IDLE;
    conn->scanned = conn->head_n = conn->body_n = conn->body_left = 0;
    if (conn->in.n == 0)
        buf_fini(&conn->in);
    http_conn_deadline(conn, clock_mono_ms() + HTTPD_IDLE_MS);
}

/* Write what the kernel takes. */
static void conn_write(struct http_conn *conn)
{
    size_t total = conn->out.n + conn->out_static.n;
    while (conn->out_sent < total) {
        struct iovec iov[2];
        struct msghdr msg = {.msg_iov = iov};
        size_t sent = conn->out_sent, of_static = sent > conn->out.n ? sent - conn->out.n : 0;
        if (sent < conn->out.n)
            iov[msg.msg_iovlen++] = (struct iovec){conn->out.p + sent, conn->out.n - sent};
        if (conn->out_static.n > of_static) {
            /* sendmsg() does not write there; struct iovec just has no const. */
            union {
                const char *p;
                void *base;
            } at = {conn->out_static.p + of_static};
            iov[msg.msg_iovlen++] = (struct iovec){at.base, conn->out_static.n - of_static};
        }
        ssize_t n = sendmsg(conn->fd, &msg, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            int64_t at_ms = clock_mono_ms() + conn->httpd->config.stall_ms;
            if (!conn->stream && at_ms > conn->began_ms + HTTPD_ANSWER_MS)
                at_ms = conn->began_ms + HTTPD_ANSWER_MS;
            http_conn_deadline(conn, at_ms);
            return;
        }
        if (n < 0) {
            http_conn_close(conn);
            return;
        }
        conn->out_sent += (size_t)n;
        httpd_metric(conn->httpd->m.bytes_out, n);
    }
    if (!conn->stream || !http_stream_next(conn))
        conn_answered(conn);
}

void http_conn_answer(struct http_conn *conn)
{
    conn->req = NULL;
    conn->state = CONN_WRITING;
    conn->began_ms = clock_mono_ms();
    if (conn->stream)
        http_conn_deadline(conn, conn->began_ms + conn->httpd->config.stall_ms);
    if (conn->running)
        return;
    /* The source of a stream is never called inside of what begins it. */
    if (conn->stream)
        http_conn_wait(conn);
    else
        conn_run(conn);
}

static bool conn_is_upgrade(const struct http_conn *conn)
{
    const struct ws_handler *ws = conn->httpd->ws;
    return ws && str_is(http_path(conn->req), ws->path);
}

/* The head is complete: what does it ask for, and how much is to come? */
static int conn_begin_request(struct http_conn *conn)
{
    struct httpd *httpd = conn->httpd;
    struct http_request *req = conn->req = http_request_create(conn);
    int err = http_request_read(req, (struct str){conn->in.p, conn->head_n});
    conn->early = !err && httpd->config.early && !conn_is_upgrade(conn) && httpd->config.early(httpd->arg, req);
    if (!err)
        err = http_body_length(&req->head, conn->early ? INT64_MAX : httpd->config.max_body, &conn->body_n);
    if (err)
        return err;
    conn->keep_alive = http_keep_alive(&req->head);
    if (conn->early)
        return http_body_begin(conn);
    if (httpd->body_bytes + conn->body_n > HTTPD_BODIES)
        return ERR_BUSY;
    req->reserved = conn->body_n;
    httpd->body_bytes += req->reserved;

    /* Room for all of it at once: the views of the head then stay where they are. */
    size_t whole = conn->head_n + conn->body_n;
    if (whole > conn->in.cap) {
        if (!buf_try_reserve(&conn->in, whole - conn->in.n))
            return ERR_BUSY;
        err = http_request_read(req, (struct str){conn->in.p, conn->head_n});
    }
    return err;
}

/* Some clients hold their body back until they are told that it is wanted. */
void http_conn_continue(const struct http_conn *conn)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct http_head *head = &conn->req->head;
    if (head->http10 || conn->in.n >= conn->head_n + conn->body_n || !http_head_lists(head, "expect", "100-continue"))
        return;
    /* Nothing else is on its way to the client, so this fits; when the client is gone the next read tells. */
    ssize_t n = send(conn->fd, go_on, sizeof(go_on) - 1, MSG_NOSIGNAL);
    httpd_metric(conn->httpd->m.bytes_out, n > 0 ? n : 0);
}

static void conn_handle(struct http_conn *conn)
{
    wheel_disarm(&conn->httpd->wheel, &conn->deadline);
    conn->state = CONN_HANDLING;
    conn->httpd->handler(conn->httpd->arg, conn->req);
}

/* The request is whole: it takes the bytes along, what is behind it stays for the next one. */
static void conn_dispatch(struct http_conn *conn)
{
    struct http_request *req = conn->req;
    size_t whole = conn->head_n + conn->body_n;
    struct buf rest = {0};
    if (conn->in.n > whole)
        buf_put(&rest, conn->in.p + whole, conn->in.n - whole);
    req->bytes = conn->in;
    req->body = (struct str){req->bytes.p + conn->head_n, conn->body_n};
    conn->in = rest;
    conn_handle(conn);
}

/* The connection becomes a WebSocket, or the request is refused. */
static void conn_upgrade(struct http_conn *conn)
{
    int err = conn->body_n > 0 ? ERR_BAD_REQUEST : ws_handshake(conn->req);
    if (err) {
        conn_refuse(conn, err);
        return;
    }
    struct httpd *httpd = conn->httpd;
    struct http_request *req = conn->req;
    req->bytes = conn->in;
    conn->in = (struct buf){0};
    conn->req = NULL;
    struct str early = {req->bytes.p + conn->head_n, req->bytes.n - conn->head_n};
    int fd = http_conn_release(conn);
    ws_adopt(httpd, fd, req, early);
    http_request_destroy(&req);
}

/* Look for the end of the head. False: more bytes are needed. */
static bool conn_head(struct http_conn *conn)
{
    if (conn->in.n == 0)
        return false;
    int64_t now_ms = clock_mono_ms();
    if (conn->state == CONN_IDLE) {
        conn->state = CONN_HEAD;
        conn->began_ms = now_ms;
        http_conn_deadline(conn, now_ms + HTTPD_HEAD_MS);
    }
    int err = http_head_length((struct str){conn->in.p, conn->in.n}, &conn->scanned, &conn->head_n);
    if (!err && conn->head_n == 0)
        return false;
    if (!err)
        err = conn_begin_request(conn);
    if (err) {
        conn_refuse(conn, err);
        return true;
    }
    if (conn->early) {
        conn_handle(conn);
        return true;
    }
    conn->state = CONN_BODY;
    http_conn_deadline(conn, conn->began_ms + conn->httpd->config.body_timeout_ms);
    if (conn_is_upgrade(conn))
        conn_upgrade(conn);
    else
        http_conn_continue(conn);
    return true;
}

/* Go on as far as the bytes at hand allow. A handler that answers at once comes back here through
 * http_conn_answer(), which then only notes the answer: pipelined requests are a loop, not a recursion. */
static void conn_run(struct http_conn *conn)
{
    conn->running = true;
    for (bool more = true; more;) {
        switch (conn->state) {
        case CONN_IDLE:
        case CONN_HEAD:
            more = conn_head(conn);
            break;
        case CONN_BODY:
            more = conn->in.n >= conn->head_n + conn->body_n;
            if (more)
                conn_dispatch(conn);
            break;
        case CONN_TAKING:
            more = http_body_run(conn);
            break;
        case CONN_WRITING:
            conn_write(conn);
            more = conn->state != CONN_WRITING;
            break;
        case CONN_ASKING:
        case CONN_HANDLING:
        case CONN_LINGER:
        case CONN_CLOSED:
            more = false;
            break;
        }
    }
    conn->running = false;
    http_conn_wait(conn);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct http_conn *conn = LIST_ITEM(poll, struct http_conn, poll);
    if (status < 0) {
        http_conn_close(conn);
        return;
    }
    bool stopped = conn->state == CONN_TAKING && !conn->req->reading;
    if (conn->state == CONN_HANDLING || conn->state == CONN_ASKING || stopped) {
        if (events & UV_DISCONNECT) {
            conn->keep_alive = false;
            http_conn_wait(conn);
        }
        return;
    }
    if (conn->state == CONN_LINGER) {
        conn_drain(conn);
        return;
    }
    bool wants = conn->state != CONN_WRITING && !(conn->state == CONN_TAKING && http_body_due(conn));
    if ((events & UV_READABLE) && wants && !conn_read(conn))
        return;
    conn_run(conn);
}
