/* Answers whose body comes in pieces from a source, which is asked for more when the kernel has taken all there was. */
#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "httpd_internal.h"
#include "tcp_progress.h"

struct http_stream {
    struct http_conn *conn;
    const struct http_source *source;
    void *arg;
    int64_t left; /* not yet put; INT64_MAX: as long as it gets */
    bool open;    /* so long */
    bool chunked; /* and says so of each piece: HTTP/1.0 has the end of the connection instead */
};

int http_respond_stream(struct http_request *req, const struct http_response *res, const struct http_source *source,
                        void *arg)
{
    struct http_conn *conn = req->conn;
    assert(req->method != HTTP_HEAD && res->length >= HTTP_UNMEASURED && res->body.n == 0);
    if (req->httpd)
        http_count_answer(req, res->status);
    if (conn) {
        struct http_stream *stream = xcalloc(1, sizeof(*stream));
        stream->conn = conn;
        stream->source = source;
        stream->arg = arg;
        stream->open = res->length == HTTP_UNMEASURED;
        stream->chunked = stream->open && !req->head.http10;
        stream->left = stream->open ? INT64_MAX : res->length;
        if (stream->open && !stream->chunked)
            conn->keep_alive = false;
        http_answer_head(req, res);
        conn->stream = stream;
        tcp_keep_unsent(conn->fd, HTTPD_UNSENT);
    }
    http_request_destroy(&req);
    if (!conn)
        return ERR_UNAVAILABLE;
    http_conn_answer(conn);
    return 0;
}

static void write_out(struct http_conn *conn)
{
    conn->state = CONN_WRITING;
    http_conn_deadline(conn, clock_mono_ms() + conn->httpd->config.stall_ms);
    if (!conn->running)
        http_conn_wait(conn);
}

void http_stream_put(struct http_stream *stream, struct buf *bytes)
{
    struct http_conn *conn = stream->conn;
    struct buf out = conn->out;
    assert(conn->state == CONN_ASKING && out.n == 0 && bytes->n > 0 && (int64_t)bytes->n <= stream->left);
    if (stream->chunked) {
        buf_printf(&conn->out, "%zx\r\n", bytes->n);
        buf_str(&conn->out, buf_view(bytes));
        buf_cstr(&conn->out, "\r\n");
        buf_reset(bytes);
    } else {
        stream->left -= stream->open ? 0 : (int64_t)bytes->n;
        conn->out = *bytes;
        *bytes = out;
    }
    write_out(conn);
}

void http_stream_finish(struct http_stream *stream)
{
    struct http_conn *conn = stream->conn;
    assert(conn->state == CONN_ASKING && stream->open);
    stream->left = 0;
    if (stream->chunked)
        buf_cstr(&conn->out, "0\r\n\r\n");
    write_out(conn);
}

/* Forget it before anybody is told, so that nothing of it is left to be used. */
static void end(struct http_conn *conn, int err)
{
    struct http_stream stream = *conn->stream;
    free(conn->stream);
    conn->stream = NULL;
    stream.source->ended(stream.arg, err);
}

void http_stream_abort(struct http_stream *stream)
{
    struct http_conn *conn = stream->conn;
    /* Without chunks an end like any other would say that this was all: a reset does not. */
    const struct linger reset = {.l_onoff = 1};
    if (stream->open && !stream->chunked)
        (void)setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    free(stream);
    conn->stream = NULL;
    http_conn_close(conn);
}

bool http_stream_next(struct http_conn *conn)
{
    struct http_stream *stream = conn->stream;
    if (stream->left == 0) {
        end(conn, 0);
        return false;
    }
    buf_reset(&conn->out);
    conn->out_sent = 0;
    conn->state = CONN_ASKING;
    wheel_disarm(&conn->httpd->wheel, &conn->deadline);
    stream->source->more(stream->arg, stream);
    return true;
}

void http_stream_lost(struct http_conn *conn)
{
    if (conn->stream)
        end(conn, ERR_UNAVAILABLE);
}
