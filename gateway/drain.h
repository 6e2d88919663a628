/* Over how long the clients of a gateway go elsewhere, when it stops and when it is lost, so that those who are there
 * do not feel them come. */
#ifndef PARLEY_GATEWAY_DRAIN_H
#define PARLEY_GATEWAY_DRAIN_H

#include <stddef.h>
#include <stdint.h>

enum {
    DRAIN_GRACE_MS = 250,  /* from when a client was told to go to when it is closed */
    DRAIN_CLOSE_MS = 2500, /* kept free at the end, for closings to be answered */
};

/* A second for each 500 connections: at least one, at most ten, and no longer than the process's drain time allows. */
int64_t drain_span_ms(size_t connections, int64_t drain_ms);
/* The same, as clients are told in advance, for when there is nobody left to tell them: at most nine, so that all are
 * back within ten; 0 without connections. */
int64_t drain_return_ms(size_t connections);

#endif
