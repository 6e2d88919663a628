/* The REST edge: everything of the public port that is no WebSocket. One request at a time from syntax to answer:
 * path → origin → content type → body → fields → token → rate → service → answer. */
#ifndef PARLEY_GATEWAY_REST_H
#define PARLEY_GATEWAY_REST_H

#include "gateway.h"

/* For httpd_create(); its argument is the gateway. */
void rest_handle(void *gateway, struct http_request *req);
/* Answer every request that is still open with `unavailable`: the process ends. */
void rest_abandon(struct gateway *gw);

/* rest_metrics.c: what is counted of requests. `route` NULL: none was meant; err 0: it went well. */
void rest_metrics_make(struct gateway *gw);
void rest_metrics_answered(const struct gateway *gw, const struct route *route, int err, int64_t took_us);

/* pages.c: what is not the API: the client's files and the probes. Answers the request. */
void pages_handle(struct gateway *gw, struct http_request *req);

#endif
