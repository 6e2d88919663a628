/* Ending login sessions and access tokens: the calls that do run a statement that returns the ids of those it ended,
 * and every gateway is told of each. */
#ifndef PARLEY_ENDING_H
#define PARLEY_ENDING_H

#include "auth.h"

/* Run it and answer {}; `none` is the error when it ended no session, 0: that is fine too. Consumes params. */
void ending_run(struct auth *a, struct rpc_request *req, const char *sql, struct db_params *params, int none);
/* Publish the ids, column 0 of the rows; a row without one is something else that ended. */
void ending_publish(struct auth *a, const struct db_result *r);

#endif
