/* The arguments of a call behind a REST path: path parameters, query and body, merged into one JSON object. Only what
 * the contract names gets through, so that no client can slip in an argument of the gateway's own. */
#ifndef PARLEY_GATEWAY_REST_ARGS_H
#define PARLEY_GATEWAY_REST_ARGS_H

#include "buf.h"
#include "contract.h"

/* Gives the text of a query parameter; false: absent. */
typedef bool rest_query_fn(void *arg, const char *name, struct str *value_r);

/* Append the object, left open at its end for more members: the caller writes them and the closing brace. `params` are
 * in the order of route->params; `body` may be NULL. False: *bad_r (a literal) is the field that is missing or wrong;
 * nothing usable in `out`. */
struct jsonw;
bool rest_args(const struct route *route, const struct str *params, rest_query_fn *query, void *query_arg,
               const struct jval *body, struct jsonw *out, const char **bad_r);
/* The body, if the contract has this member in it; else NULL. */
const struct jval *rest_body_with(const struct route *route, const struct jval *body, const char *name);

#endif
