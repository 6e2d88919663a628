/* Which REST path of the contract a request means. Pure. */
#ifndef PARLEY_GATEWAY_ROUTE_H
#define PARLEY_GATEWAY_ROUTE_H

#include "contract.h"

enum { ROUTE_MAX_PARAMS = 4, ROUTE_ALLOW_MAX = 64 };

struct route_match {
    const struct route *route;
    struct str params[ROUTE_MAX_PARAMS]; /* in the order of route->params */
};

/* `path` is the decoded path below /api/v1, beginning with '/'. `method` is an enum http_method; HEAD is taken as GET.
 * 0; ERR_NOT_FOUND; or ERR_METHOD_NOT_ALLOWED and `allow`: the methods that the path takes, as of an Allow header. */
int route_find(int method, struct str path, struct route_match *match_r, char allow[ROUTE_ALLOW_MAX]);
/* What a route's method is called: GET for an enum http_method that is no other. */
const char *route_method(int method);

#endif
