/* Counts REST requests by route: rate, errors, duration. What a route has is made with its first request. */
#include <stdio.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "httpd.h"
#include "rest.h"
#include "route.h"

enum { LABEL_MAX = 160 };
static const char latency_name[] = "parley_gateway_rest_seconds", errors_name[] = "parley_gateway_rest_errors_total";
static const char latency_help[] = "REST requests by route, from arrival to answer.",
                  errors_help[] = "REST requests answered by an error, by route and status class.";

void rest_metrics_make(struct gateway *gw)
{
    metrics_announce_histogram(gw->process.metrics, latency_name, latency_help);
    metrics_announce_counter(gw->process.metrics, errors_name, errors_help);
    gw->m.rest = xcalloc(ROUTE_COUNT + 1, sizeof(*gw->m.rest));
}

static void make(struct rest_metrics *m, const struct gateway *gw, const struct route *route)
{
    struct metrics *all = gw->process.metrics;
    char name[LABEL_MAX / 2], label[LABEL_MAX];
    if (route)
        snprintf(name, sizeof(name), "%s %s", route_method(route->method), route->pattern);
    snprintf(label, sizeof(label), "route=\"%s\"", route ? name : "none");
    m->latency = metrics_histogram(all, latency_name, label, latency_help);
    snprintf(label, sizeof(label), "route=\"%s\",class=\"4xx\"", route ? name : "none");
    m->client_errors = metrics_counter(all, errors_name, label, errors_help);
    snprintf(label, sizeof(label), "route=\"%s\",class=\"5xx\"", route ? name : "none");
    m->server_errors = metrics_counter(all, errors_name, label, errors_help);
}

void rest_metrics_answered(const struct gateway *gw, const struct route *route, int err, int64_t took_us)
{
    struct rest_metrics *m = &gw->m.rest[route ? (size_t)(route - routes) : ROUTE_COUNT];
    if (!m->latency)
        make(m, gw, route);
    metric_observe_us(m->latency, took_us);
    if (err)
        metric_add(err_http_status(err) >= 500 ? m->server_errors : m->client_errors, 1);
}
