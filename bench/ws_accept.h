/* The answer to a WebSocket's opening handshake (RFC 6455 §4.2.2). */
#ifndef PARLEY_BENCH_WS_ACCEPT_H
#define PARLEY_BENCH_WS_ACCEPT_H

#include "str.h"

enum { WS_KEY = 24, WS_ACCEPT = 28 };

/* Sec-WebSocket-Accept for the WS_KEY characters of a Sec-WebSocket-Key, with a NUL behind it. */
void ws_accept(const char key[WS_KEY], char accept_r[WS_ACCEPT + 1]);

#endif
