/* What only admins may do. Whether the caller is one is asked of the database at each call, so that it ends at once for
 * who is none any more. */
#ifndef PARLEY_ADMIN_H
#define PARLEY_ADMIN_H

#include "auth.h"
#include "rpc.h"

/* Ask, then go on; the request fails with ERR_FORBIDDEN for who is no admin. */
typedef void admin_then_fn(struct auth *a, struct rpc_request *req);
void admin_only(struct auth *a, struct rpc_request *req, admin_then_fn *then);

/* Change something in a transaction that has the row of settings and the row of `subject` (0: nobody) locked: what it
 * finds stays so, and two admins cannot take each other's place. `sql` begins with ADMIN_ME, whose $1 is the caller,
 * and its first column is "ok", or the code of the error, in every row; there is one at least. `done` is called for
 * "ok" only; answers. Consumes `params`. */
typedef void admin_done_fn(struct auth *a, struct rpc_request *req, const struct db_result *r);
void admin_change(struct auth *a, struct rpc_request *req, int64_t subject, const char *sql, struct db_params *params,
                  admin_done_fn *done);

#define ADMIN_ME "me AS (SELECT id FROM auth.users WHERE id = $1::bigint AND admin AND disabled_at IS NULL)"

#endif
