/* HTTP/1.1 and WebSocket server on the process's loop. Own SO_REUSEPORT listener, no library timers: one wheel
 * of our own holds every deadline; what a loop turn queued on a connection leaves in one write. The only module
 * that names libwebsockets (httpd.c, http_request.c, ws.c share httpd_internal.h). Loop thread only. */
#ifndef PARLEY_HTTPD_H
#define PARLEY_HTTPD_H

#include "buf.h"
#include "frame.h"
#include "loop.h"
#include "metrics.h"

struct httpd;
struct http_request;
struct ws;

/* ---- WebSocket ---- */

/* Callbacks of one kind of connection. After `closed` the ws is gone. */
struct ws_handler {
    const char *path;        /* "/ws" */
    const char *subprotocol; /* "parley.v1": required in the handshake, else 400 */
    /* Judge a handshake whose method, version, Origin and subprotocol are good. 0 to accept, or an error of the
     * table, answered as HTTP. `address` is the client's. */
    int (*accept)(void *arg, struct str address, struct str user_agent);
    void (*opened)(void *arg, struct ws *ws);
    /* One whole text message, valid UTF-8, within max_message. */
    void (*message)(void *arg, struct ws *ws, struct str text);
    /* Queued bytes fell below half of the bound after having been above three quarters. May be NULL. */
    void (*drained)(void *arg, struct ws *ws);
    /* Asked for by httpd_want_round(): what ws_send_soon() queues now goes out at once. May be NULL. */
    void (*round)(void *arg);
    void (*closed)(void *arg, struct ws *ws, int code);
};

/* Per-connection pointer of the user of this module. */
void ws_set_data(struct ws *ws, void *data);
void *ws_data(const struct ws *ws);
/* The client's address as text; valid as long as the ws. */
struct str ws_address(const struct ws *ws);
struct str ws_user_agent(const struct ws *ws);

/* Queue a frame; takes a reference of its own. ERR_SLOW: the bound is reached; nothing queued, the connection is
 * closing with 4008. 0 on a closing one, nothing queued. Never calls back. */
int ws_send(struct ws *ws, struct frame *f);
/* The same for what many get, one after the other: at the end of the loop's turn when there was a pause, a few
 * milliseconds later in a burst, so that a write brings several frames. Order is kept with what ws_send() queues. */
int ws_send_soon(struct ws *ws, struct frame *f);
/* Who gathers himself what many are to get: call `round` when what waited for its moment by ws_send_soon() goes out. */
void httpd_want_round(struct httpd *httpd);
/* Bytes queued and not yet taken by the kernel. */
size_t ws_queued(const struct ws *ws);
/* Stop (false) or go on (true) reading from the client. */
void ws_read(struct ws *ws, bool on);
/* Begin closing: what is queued goes out first, within 2 s; idempotent. `closed` is called later, never inside. */
void ws_close(struct ws *ws, int code, const char *reason);

/* ---- HTTP ---- */

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER };

/* A request with its whole body. The handler answers exactly once, now or later, by http_respond. When the client
 * went away meanwhile the answer is dropped; the request stays valid until answered. */
typedef void http_handler_fn(void *arg, struct http_request *req);

enum http_method http_method(const struct http_request *req);
/* Decoded path without query; "/" at least. No "..", no NUL, no "//" ever arrives (400). */
struct str http_path(const struct http_request *req);
/* A query parameter, percent-decoded; false when absent. Valid as long as the request. */
bool http_query(const struct http_request *req, const char *name, struct str *value_r);
/* Of: authorization, content-type, cookie, origin, host, if-none-match, accept-encoding, user-agent,
 * x-forwarded-for, x-forwarded-proto, x-request-id, x-parley-*. Empty when absent. */
struct str http_header(const struct http_request *req, const char *lower_name);
struct str http_body(const struct http_request *req);
/* The client's address: of the socket, or, from a trusted proxy, the last of X-Forwarded-For. */
struct str http_address(const struct http_request *req);
/* Came over TLS, as the trusted proxy tells (X-Forwarded-Proto). */
bool http_secure(const struct http_request *req);
/* Browser's Origin is absent, or names this host or one of the configured origins. */
bool http_origin_ok(const struct http_request *req);
/* Of a good X-Request-Id (8–64 of [A-Za-z0-9._-]), or made here. */
const char *http_request_id(const struct http_request *req);

struct http_response {
    int status;
    struct str type;           /* Content-Type; empty: none */
    struct str body;           /* copied, unless body_static */
    bool body_static;          /* the bytes outlive every response, and are shown to the kernel alone */
    struct str headers[16][2]; /* more headers: lower-case name, value */
    size_t header_count;
    int64_t length; /* Content-Length where it is not body.n: of a body that is streamed, or that HEAD does not get */
};
enum { HTTP_UNMEASURED = -1 }; /* as length, of a stream: how long it gets is known when it ends */
/* Adds: content-length, date-free security headers (nosniff, referrer-policy), x-request-id. HEAD sends no body. */
void http_respond(struct http_request *req, const struct http_response *res);
/* {"code","message","request_id"} with the status of the row; `detail` replaces the row's text, may be NULL. */
void http_respond_error(struct http_request *req, int err, const char *detail);

/* ---- bodies and answers in pieces ---- */

/* Shown the head of each request, before any of its body. True: the handler is called at once, with an empty body; it
 * takes the body by http_take(), or answers without it, which may end the connection. What bounds whole bodies
 * (max_body, their sum, body_timeout_ms) does not bound this one. False: the request is one as any other. */
typedef bool http_early_fn(void *arg, const struct http_request *req);
/* Bytes of body that the head of such a request announces. */
int64_t http_announced(const struct http_request *req);

struct http_taker {
    /* The next bytes, at most 64 KiB; a view, for the time of the call. */
    void (*piece)(void *arg, struct http_request *req, struct str bytes);
    /* Nothing more comes: 0, all of it was given; ERR_REQUEST_TIMEOUT, not a byte for stall_ms; ERR_UNAVAILABLE, the
     * client is gone. Called once, unless the request was answered before. It is still to be answered. */
    void (*end)(void *arg, struct http_request *req, int err);
};
/* Take the body from now on; once a request. `taker` lives as long as the request; it is never called inside. False:
 * the client is gone already, and nothing is called. */
bool http_take(struct http_request *req, const struct http_taker *taker, void *arg);
/* Stop (false) or go on (true). Stopped, nothing is read, so that the client waits; and no deadline runs. */
void http_take_more(struct http_request *req, bool on);

struct http_stream;
struct http_source {
    /* All that was put has gone to the kernel: put more, now or later. */
    void (*more)(void *arg, struct http_stream *stream);
    /* The stream is no more: 0, all of it is out; ERR_UNAVAILABLE, the client is gone or took nothing for stall_ms.
     * Called once, unless it was aborted. */
    void (*ended)(void *arg, int err);
};
/* As http_respond(), with a body of exactly res->length bytes that `source` gives, or of HTTP_UNMEASURED until
 * http_stream_finish(); not for HEAD. Never calls back inside. ERR_UNAVAILABLE: the client is gone, and nothing is
 * called back. The request is answered in any case. */
int http_respond_stream(struct http_request *req, const struct http_response *res, const struct http_source *source,
                        void *arg);
/* Takes the bytes, and gives the memory of some that are out for them, to be used again: an empty buffer. Asserts that
 * it is no more than is due. Not before `more` was called, and once for each call of it. */
void http_stream_put(struct http_stream *stream, struct buf *bytes);
/* Instead of that, where the length is HTTP_UNMEASURED: there is no more. `ended` follows. */
void http_stream_finish(struct http_stream *stream);
/* It cannot be had after all: the connection ends in the middle of the body. `ended` is not called. At any
 * time until the stream has ended. */
void http_stream_abort(struct http_stream *stream);

/* ---- server ---- */

struct httpd_config {
    const char *listen;          /* host:port, [v6]:port */
    bool share_port;             /* others may listen there too and the kernel deals out (SO_REUSEPORT) */
    const char *trusted_proxies; /* comma-separated addresses or CIDR blocks whose X-Forwarded-* are believed */
    const char *origins;         /* comma-separated extra origins, e.g. https://chat.example.org; may be "" */
    size_t max_body;             /* bytes of a request; 0: 1 MiB. Beyond: 413 */
    size_t max_message;          /* bytes of a WebSocket message; 0: 64 KiB. Beyond: close 1009 */
    size_t max_queued;           /* bytes queued on one WebSocket; 0: 1 MiB */
    size_t max_connections;      /* 0: what the file limit allows, less 64, at most 50,000. Beyond: accepting waits */
    unsigned body_timeout_ms;    /* whole request; 0: 15 s */
    http_early_fn *early;        /* whose body is taken in pieces; NULL: nobody's */
    unsigned stall_ms;           /* without a byte of such a body, or taken of a streamed answer; 0: 15 s */
    unsigned ping_ms;            /* WebSocket ping period; 0: 25 s. No byte for 2.5 periods: closed */
};

/* Listens at once. ERR_ADDRESS: cannot bind (logged). `ws` may be NULL. */
int httpd_create(struct httpd **httpd_r, struct loop *loop, const struct httpd_config *config, http_handler_fn *handler,
                 const struct ws_handler *ws, void *arg, struct metrics *metrics);
/* Stop accepting; what is open stays. */
void httpd_stop_accepting(struct httpd *httpd);
size_t httpd_connections(const struct httpd *httpd);
/* The port it listens on (config.listen may say 0: any free one); 0 when it no longer listens. */
uint16_t httpd_port(const struct httpd *httpd);
/* Closes everything now; `closed` is called for each ws. */
void httpd_destroy(struct httpd **httpd);

#endif
