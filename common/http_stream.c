/* Answers whose body comes in pieces from a source, which is asked for more when the kernel has taken all there was. */
#include <assert.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "httpd_internal.h"
#include "tcp_progress.h"

struct http_stream {
    struct http_conn *conn;
    const struct http_source *source;
    void *arg;
    int64_t left; /* not yet put */
};

int http_respond_stream(struct http_request *req, const struct http_response *res, const struct http_source *source,
                        void *arg)
{
    struct http_conn *conn = req->conn;
    assert(req->method != HTTP_HEAD && res->length >= 0 && res->body.n == 0);
    if (req->httpd)
        http_count_answer(req, res->status);
    if (conn) {
        struct http_stream *stream = xcalloc(1, sizeof(*stream));
        stream->conn = conn;
        stream->source = source;
        stream->arg = arg;
        stream->left = res->length;
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

void http_stream_put(struct http_stream *stream, struct buf *bytes)
{
    struct http_conn *conn = stream->conn;
    struct buf out = conn->out;
    assert(conn->state == CONN_ASKING && out.n == 0 && bytes->n > 0 && (int64_t)bytes->n <= stream->left);
    stream->left -= (int64_t)bytes->n;
    conn->out = *bytes;
    *bytes = out;
    conn->state = CONN_WRITING;
    http_conn_deadline(conn, clock_mono_ms() + conn->httpd->config.stall_ms);
    if (!conn->running)
        http_conn_wait(conn);
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
