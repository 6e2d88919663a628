/* A server on a thread of its own, whose handler does what the path says, and plain sockets to speak to it.
 * Everything the server knows is asked over HTTP, so that only its own thread touches it. */
#ifndef PARLEY_TEST_HTTPD_SERVER_H
#define PARLEY_TEST_HTTPD_SERVER_H

#include "httpd.h"

enum { TEST_BIG_BYTES = 800 * 1024, TEST_COPY_BYTES = 300 * 1024, TEST_WAIT_MS = 10000 };

/* Start with this configuration (NULL: defaults) on a free port of the loopback. */
void server_start(const struct httpd_config *config);
/* What else the handler does, on the server's thread; true: the request was its. NULL: nothing. */
extern bool (*server_more)(struct http_request *req);
/* Destroys server and loop; every connection ends. */
void server_stop(void);
int server_port(void);
/* After /stop was answered: a client that connected just before. */
int server_late_fd(void);
/* Move the server's clocks on: a deadline is reached without waiting for it. */
void server_skip_ms(int ms);
/* A number of the server's state: "opened", "closed", "code" (of the last close), "messages", "drained", "slow",
 * "connections", "accept_errors", "held", "error" (of the last ws_send that failed). */
int server_state(const char *name);
/* Wait until it is `value`; fails the test when it does not become so. */
void server_wait_state(const char *name, int value);

/* ---- clients; each wait is bounded by TEST_WAIT_MS and fails the test ---- */

int dial(void);
void put(int fd, const char *text);
/* False: the server does not take it all. What it answered is still there to be read. */
bool put_n(int fd, const void *p, size_t n);
struct reply {
    int status; /* 0: closed before an answer */
    struct buf head, body;
};
/* One answer, its body by content-length; `bodiless`: of a HEAD. */
struct reply get_reply(int fd, bool bodiless);
void reply_fini(struct reply *r);
/* Value of a header of the answer ("": absent); a static buffer. */
const char *reply_header(struct reply *r, const char *lower_name);
/* The same as a number; 0: absent. */
long reply_number(struct reply *r, const char *lower_name);
/* Dial, send, read one answer, hang up: its status. */
int status_of(const char *request, size_t n);
/* Status, body and (may be NULL) one header of a good GET. */
struct reply ask(const char *path, const char *headers);
/* The server closed: nothing but an end comes. */
bool is_closed(int fd);

/* ---- WebSocket frames by hand ---- */

/* Handshake; the answer's status (101 is good). */
int ws_dial(int *fd_r, const char *extra_headers);
/* A masked frame; op with FIN as on the wire (0x81 text). */
void ws_put(int fd, int op, const void *p, size_t n);
void ws_put_text(int fd, const char *text);
/* The next frame: its first byte, payload appended. -1: closed. */
int ws_get(int fd, struct buf *payload);
/* Expect this text next. */
void ws_expect(int fd, const char *text);
/* Expect a close frame next (frames before it are passed over): its code. -1: closed without one. */
int ws_close_code(int fd);

#endif
