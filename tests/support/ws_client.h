/* A blocking WebSocket client for tests, written from RFC 6455 and docs/protocol.md, sharing no code with the server.
 * Every wait has a deadline. */
#ifndef PARLEY_TEST_WS_CLIENT_H
#define PARLEY_TEST_WS_CLIENT_H

#include <stdarg.h>

#include "jval.h"

struct ws_client;

/* Handshake with the subprotocol and this Origin (NULL: none). NULL when refused; *status_r (may be NULL) is then the
 * HTTP status, 0 when there was no answer. */
struct ws_client *ws_client_connect(int port, const char *origin, int *status_r);
/* The same, then hello and welcome. NULL when that fails. */
struct ws_client *ws_client_login(int port, const char *token, const char *device);
void ws_client_close(struct ws_client **c);

/* A text frame. False: the connection is gone. */
bool ws_client_send(struct ws_client *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Raw bytes on the socket, for breaking rules. */
bool ws_client_raw(struct ws_client *c, const void *p, size_t n);
/* The next object of the server (a frame may hold several, one a line), the caller's to free; NULL when none came in
 * time or the connection was closed. Pings are answered on the way. */
struct jval *ws_client_next(struct ws_client *c, int timeout_ms);
/* The next object whose t is `type`; others before it are thrown away. */
struct jval *ws_client_wait(struct ws_client *c, const char *type, int timeout_ms);
/* The close code the server sent, waiting for it; 0: closed without one, -1: still open at the deadline. */
int ws_client_wait_close(struct ws_client *c, int timeout_ms);
/* The socket, for poll(). */
int ws_client_fd(const struct ws_client *c);

#endif
