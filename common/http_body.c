/* Bodies that a handler takes in pieces, as fast as it wants them: read, given, forgotten. */
#include <assert.h>
#include <string.h>

#include "clock.h"
#include "err.h"
#include "httpd_internal.h"

enum { PIECE_BYTES = 65536 };

/* The first n bytes that were read, taken away from the connection. */
static struct buf cut(struct http_conn *conn, size_t n)
{
    struct buf piece = conn->in;
    conn->in = (struct buf){0};
    if (piece.n > n)
        buf_put(&conn->in, piece.p + n, piece.n - n);
    piece.n = n;
    return piece;
}

int http_body_begin(struct http_conn *conn)
{
    struct http_request *req = conn->req;
    req->bytes = cut(conn, conn->head_n);
    conn->head_n = 0;
    conn->body_left = conn->body_n;
    return http_request_read(req, buf_view(&req->bytes));
}

int64_t http_announced(const struct http_request *req)
{
    size_t n;
    return http_body_length(&req->head, INT64_MAX, &n) == 0 ? (int64_t)n : 0;
}

static void arm(struct http_conn *conn)
{
    http_conn_deadline(conn, clock_mono_ms() + conn->httpd->config.stall_ms);
}

bool http_take(struct http_request *req, const struct http_taker *taker, void *arg)
{
    struct http_conn *conn = req->conn;
    assert(!req->taker);
    if (!conn)
        return false;
    assert(conn->early && conn->state == CONN_HANDLING);
    req->taker = taker;
    req->taker_arg = arg;
    req->reading = true;
    conn->state = CONN_TAKING;
    http_conn_continue(conn);
    arm(conn);
    if (!conn->running)
        http_conn_wait(conn);
    return true;
}

void http_take_more(struct http_request *req, bool on)
{
    struct http_conn *conn = req->conn;
    if (req->reading == on || !conn || conn->state != CONN_TAKING)
        return;
    req->reading = on;
    if (on)
        arm(conn);
    else
        wheel_disarm(&conn->httpd->wheel, &conn->deadline);
    if (!conn->running)
        http_conn_wait(conn);
}

bool http_body_due(const struct http_conn *conn)
{
    return conn->body_left == 0 || conn->in.n > 0;
}

/* What comes from here on is not for the taker. */
static void end(struct http_conn *conn, int err)
{
    struct http_request *req = conn->req;
    conn->state = CONN_HANDLING;
    wheel_disarm(&conn->httpd->wheel, &conn->deadline);
    req->taker->end(req->taker_arg, req, err);
}

bool http_body_run(struct http_conn *conn)
{
    struct http_request *req = conn->req;
    if (!req->reading || !http_body_due(conn))
        return false;
    if (conn->body_left == 0) {
        end(conn, 0);
        return true;
    }
    size_t n = conn->in.n < conn->body_left ? conn->in.n : conn->body_left;
    struct buf piece = cut(conn, n < PIECE_BYTES ? n : PIECE_BYTES);
    conn->body_left -= piece.n;
    arm(conn);
    /* The handler may answer meanwhile: then neither the request nor its body is there any more. */
    req->taker->piece(req->taker_arg, req, buf_view(&piece));
    buf_fini(&piece);
    return true;
}

void http_body_stalled(struct http_conn *conn)
{
    conn->keep_alive = false;
    end(conn, ERR_REQUEST_TIMEOUT);
    if (conn->state == CONN_HANDLING)
        http_conn_wait(conn);
}

void http_body_lost(struct http_request *req)
{
    req->reading = false;
    req->taker->end(req->taker_arg, req, ERR_UNAVAILABLE);
}

void http_body_settle(struct http_conn *conn)
{
    if (conn->body_left == 0)
        return;
    if (conn->in.n < conn->body_left) {
        conn->keep_alive = false;
        buf_fini(&conn->in);
    } else {
        struct buf waste = cut(conn, conn->body_left);
        buf_fini(&waste);
    }
    conn->body_left = 0;
}
