/* Over how long a stopping gateway lets its clients go, so that those who stay elsewhere do not feel them come. */
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

#endif
