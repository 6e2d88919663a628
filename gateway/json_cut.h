/* Takes members out of the text of a JSON object without parsing the rest, so that what is passed on stays as its
 * author wrote it. */
#ifndef PARLEY_GATEWAY_JSON_CUT_H
#define PARLEY_GATEWAY_JSON_CUT_H

#include "buf.h"

/* Append `json`, an object that jval_parse() has accepted, to `out`, without its own members of these names
 * (NULL-ended; names without escapes). */
void json_cut(struct str json, const char *const *names, struct buf *out);

#endif
