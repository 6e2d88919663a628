/* Matches request paths against the patterns of the contract. */
#include "route.h"

#include <stdio.h>
#include <string.h>

#include "err.h"
#include "httpd.h"

static size_t param_index(const struct route *route, struct str name)
{
    for (size_t i = 0; i < route->param_count; i++)
        if (str_is(name, route->params[i].name))
            return i;
    return ROUTE_MAX_PARAMS;
}

/* Take "/segment" off the front. False: nothing left, or it does not begin with '/'. */
static bool segment(struct str *path, struct str *segment_r)
{
    if (path->n == 0 || path->p[0] != '/')
        return false;
    segment_r->p = ++path->p;
    segment_r->n = 0;
    path->n--;
    while (segment_r->n < path->n && path->p[segment_r->n] != '/')
        segment_r->n++;
    path->p += segment_r->n;
    path->n -= segment_r->n;
    return true;
}

static bool match(const struct route *route, struct str path, struct route_match *m)
{
    struct str pattern = str_of(route->pattern);
    struct str want, got;
    m->route = route;
    while (segment(&pattern, &want)) {
        if (!segment(&path, &got))
            return false;
        if (want.n > 2 && want.p[0] == '{') {
            size_t i = param_index(route, (struct str){want.p + 1, want.n - 2});
            if (i >= ROUTE_MAX_PARAMS || got.n == 0)
                return false;
            m->params[i] = got;
        } else if (!str_eq(want, got)) {
            return false;
        }
    }
    return path.n == 0;
}

const char *route_method(int method)
{
    switch (method) {
    case HTTP_POST:
        return "POST";
    case HTTP_PUT:
        return "PUT";
    case HTTP_PATCH:
        return "PATCH";
    case HTTP_DELETE:
        return "DELETE";
    default:
        return "GET";
    }
}

int route_find(int method, struct str path, struct route_match *match_r, char allow[ROUTE_ALLOW_MAX])
{
    const struct route *best = NULL;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    allow[0] = 0;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        struct route_match m = {0};
        if (!match(&routes[i], path, &m))
            continue;
        /* "/rooms/directory" is meant before "/rooms/{room}": a fixed word beats a parameter. */
        if (best && best->param_count < routes[i].param_count && best->method == method)
            continue;
        if (routes[i].method == method) {
            *match_r = m;
            best = &routes[i];
        } else if (!best) {
            size_t n = strlen(allow);
            snprintf(allow + n, ROUTE_ALLOW_MAX - n, "%s%s%s", n ? ", " : "", route_method(routes[i].method),
                     routes[i].method == HTTP_GET ? ", HEAD" : "");
        }
    }
    if (best)
        return 0;
    return allow[0] ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND;
}
