/* The caller's own row: read or changed by one statement, answered as a Me, told to those who may see the change. */
#ifndef PARLEY_ME_H
#define PARLEY_ME_H

#include "auth.h"
#include "rpc.h"
#include "user_store.h"

/* What a statement for me_run() returns; u is the row of auth.users. */
#define ME_COLUMNS                                                                                           \
    USER_COLUMNS ", u.about, coalesce(u.time_zone, ''), u.hide_last_seen, u.hide_read, "                     \
                 "CASE WHEN u.dnd_until > now() THEN (extract(epoch FROM u.dnd_until) * 1000)::bigint END, " \
                 "array_to_json(u.quiet_from), array_to_json(u.quiet_to), "                                  \
                 "(SELECT coalesce(json_agg(b.blocked_id::text ORDER BY b.created_at DESC)::text, '[]') "    \
                 "FROM auth.blocks b WHERE b.user_id = u.id), u.admin, "                                     \
                 "u.notify_rooms, array_to_json(u.keywords), "                                               \
                 "(SELECT coalesce(json_agg(m.group_id::text ORDER BY m.group_id)::text, '[]') "             \
                 "FROM auth.group_members m WHERE m.user_id = u.id)"

/* Run `sql`, one of the service's literals, and answer the request with the Me it returns; consumes `params`. With
 * `changes` others are told once it is committed. No row: the account is gone, ERR_UNAUTHORIZED. */
void me_run(struct auth *a, struct rpc_request *req, const char *sql, struct db_params *params, bool changes);

#endif
