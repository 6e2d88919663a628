/* What the files of the HTTP server share: httpd.c (listener, life), http_conn.c (one connection), http_request.c
 * (one request and its answer), http_body.c and http_stream.c (in pieces), ws_handshake.c, ws.c (one WebSocket, and
 * libwebsockets). Included by no one else. */
#ifndef PARLEY_HTTPD_INTERNAL_H
#define PARLEY_HTTPD_INTERNAL_H

#include <uv.h>

#include "http_address.h"
#include "http_head.h"
#include "httpd.h"
#include "list.h"
#include "wheel.h"

enum {
    HTTPD_HEAD_MS = 10000,    /* for a head to arrive, from its first byte */
    HTTPD_IDLE_MS = 10000,    /* between requests, and before the first one */
    HTTPD_STALL_MS = 15000,   /* for the client to take any byte of an answer */
    HTTPD_ANSWER_MS = 300000, /* for the client to take all of it */
    HTTPD_LINGER_MS = 2000,   /* for the client to hang up after the last answer */
    HTTPD_UNSENT = 512 << 10, /* bytes the kernel takes of a streamed answer that it cannot send yet */
    HTTPD_BODIES = 64 << 20,  /* bytes of request bodies in all; beyond: 503 */
    WS_OPEN_MS = 10000,       /* for the library to answer a handshake */
    WS_CLOSE_MS = 2000,       /* for the client to answer a close */
    WS_STALL_MS = 10000,      /* without progress with bytes queued: slow */
    WS_WATCH_MS = 1000,       /* how often progress is looked at */
    WS_UNSENT = 128 << 10,    /* bytes the kernel takes of us that it cannot send yet */
    WS_LATE_MS = 5000,        /* a deadline noticed so late tells of us, not of the client */
    WS_AGENT_MAX = 200        /* bytes kept of User-Agent */
};

struct httpd_metrics {
    struct metric *accepted, *accept_errors, *connections, *sockets, *requests[6], *request_time, *bytes_in, *bytes_out,
        *frames_in, *frames_out, *queued, *slow;
};

struct httpd {
    struct loop *loop;
    struct httpd_config config; /* with its defaults filled in */
    http_handler_fn *handler;
    const struct ws_handler *ws;
    void *arg;
    struct http_networks trusted;
    char *origins;
    struct httpd_listener *listener; /* NULL: no longer accepting */
    struct wheel wheel;
    struct list conns;    /* struct http_conn.link */
    struct list requests; /* struct http_request.link */
    struct list sockets;  /* struct ws.link */
    size_t connections;
    size_t body_bytes;
    struct ws_server *ws_server; /* NULL without a ws_handler */
    struct httpd_metrics m;
};

/* A connection came (+1) or went (-1): counts it, and lets accepting go on when there is room again. */
void httpd_count(struct httpd *httpd, int change);
/* Metrics are optional: `metric` may be NULL. */
void httpd_metric(struct metric *metric, int64_t n);

enum http_conn_state {
    CONN_IDLE,     /* waits for the first byte of a request */
    CONN_HEAD,     /* has part of a head */
    CONN_BODY,     /* has the head, waits for the rest of the body */
    CONN_HANDLING, /* the handler has the request; nothing is read */
    CONN_TAKING,   /* the handler takes the body in pieces */
    CONN_WRITING,  /* the answer goes out */
    CONN_ASKING,   /* what there was of a streamed answer is out, and its source was asked for more */
    CONN_LINGER,   /* the last answer is out: what still comes is thrown away until the client hangs up */
    CONN_CLOSED    /* waits for libuv to let go of the handle */
};

struct http_conn {
    struct list link;
    struct httpd *httpd;
    uv_poll_t poll;
    int fd, events;
    enum http_conn_state state;
    struct wheel_entry deadline;
    struct http_address peer;
    struct buf in;                  /* read, not yet part of a request */
    size_t scanned, head_n, body_n; /* of the request at the start of `in` */
    size_t body_left;               /* of a body taken in pieces: not yet given to the handler */
    struct http_request *req;       /* from its complete head to its answer */
    struct http_stream *stream;     /* where the rest of the answer comes from; NULL: nowhere */
    struct buf out;                 /* head of the answer, and the body unless static */
    struct str out_static;
    size_t out_sent;
    int64_t began_ms; /* first byte of the request, then of the answer */
    bool keep_alive, running, early;
};

/* Takes the fd. */
void http_conn_create(struct httpd *httpd, int fd, const struct http_address *peer);
/* Close now. A request in the handler's hands stays valid without a client. Freed after the turn. */
void http_conn_close(struct http_conn *conn);
/* The answer is in `out`: write it, and go on with the next request. */
void http_conn_answer(struct http_conn *conn);
/* Wait for what the state waits for. */
void http_conn_wait(struct http_conn *conn);
void http_conn_deadline(struct http_conn *conn, int64_t at_ms);
/* Ask a client for a body that it holds back until it is told that it is wanted. */
void http_conn_continue(const struct http_conn *conn);
/* Give the socket away; the connection ends without closing it. */
int http_conn_release(struct http_conn *conn);

struct http_request {
    struct list link;
    struct httpd *httpd;    /* NULL: the server is gone */
    struct http_conn *conn; /* NULL: the client is gone */
    struct buf bytes;       /* head and body; conn->in until the body is complete */
    struct http_head head;
    struct str body;
    struct buf path;
    struct http_params params;
    enum http_method method;
    char id[65];
    char address[HTTP_ADDRESS_MAX];
    bool secure;
    bool reading;                   /* the taker wants more */
    const struct http_taker *taker; /* NULL: the body is not taken in pieces, or not yet */
    void *taker_arg;
    size_t reserved; /* of httpd->body_bytes */
    int64_t began_us;
};

/* A request without anything yet, so that even bytes that are no request get a proper answer. */
struct http_request *http_request_create(struct http_conn *conn);
/* Fill it from a whole head. ERR_BAD_REQUEST, ERR_HEADERS_TOO_LARGE. May be called again when the bytes moved. */
int http_request_read(struct http_request *req, struct str head);
void http_request_destroy(struct http_request **req);

/* ---- http_body.c ---- */

/* Part the head, which goes with the request, from what came of the body. */
int http_body_begin(struct http_conn *conn);
/* Bytes are here to be given, or the end is. */
bool http_body_due(const struct http_conn *conn);
/* Give what is due. False: nothing was. */
bool http_body_run(struct http_conn *conn);
/* No byte came for too long. */
void http_body_stalled(struct http_conn *conn);
/* The client is gone. `req` is no longer the connection's. */
void http_body_lost(struct http_request *req);
/* The answer comes now: what was not taken of the body is thrown away, and what is not here yet ends the connection. */
void http_body_settle(struct http_conn *conn);

/* ---- http_stream.c ---- */

/* What was put is out. False: that was all, and the stream is no more. */
bool http_stream_next(struct http_conn *conn);
/* The client is gone. */
void http_stream_lost(struct http_conn *conn);

/* Into the metrics. */
void http_count_answer(struct http_request *req, int status);
/* Put the head of the answer into conn->out. */
void http_answer_head(struct http_request *req, const struct http_response *res);

/* Judge an upgrade request to ws_handler.path: 0, or what to answer. Asks the handler's accept last. */
int ws_handshake(const struct http_request *req);

/* ERR_INTERNAL: libwebsockets cannot be started (logged). */
int ws_server_create(struct httpd *httpd);
void ws_server_destroy(struct httpd *httpd);
/* Make a WebSocket of a good upgrade request's socket. `early` is what the client sent behind its head. Takes the
 * fd, counts the connection while it lasts. */
void ws_adopt(struct httpd *httpd, int fd, const struct http_request *req, struct str early);

#endif
