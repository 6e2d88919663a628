/* Ends sessions and tells the gateways. */
#include "ending.h"

#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "err.h"
#include "revocation.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    int none;
};

void ending_publish(struct auth *a, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        if (!db_is_null(r, i, 0))
            revocation_publish(a->revocations, db_str(r, i, 0));
}

static void ending_done(void *arg, int err, const struct db_result *r)
{
    struct ctx *c = arg;
    if (!err) {
        ending_publish(c->a, r);
        if (db_rows(r) == 0)
            err = c->none;
    }
    if (err)
        rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    else
        answer_nothing(c->req);
    free(c);
}

void ending_run(struct auth *a, struct rpc_request *req, const char *sql, struct db_params *params, int none)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    *c = (struct ctx){.a = a, .req = req, .none = none};
    int err = auth_query(a, sql, params, ending_done, c);
    if (err)
        ending_done(c, err, NULL);
}
