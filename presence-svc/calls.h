/* What others may ask of presence-svc: one row a call, one file a call. */
#ifndef PARLEY_PRESENCE_CALLS_H
#define PARLEY_PRESENCE_CALLS_H

#include "rpc.h"

extern const struct rpc_row presence_calls[];
extern const size_t presence_calls_count;

/* presence.set {gateway, conn, state}: a connection of the caller's came, went, or is used otherwise → {}. */
void call_set(void *service, struct rpc_request *req);
/* presence.changed {}: the caller's profile is another than it was; who shares a room is told → {}. */
void call_changed(void *service, struct rpc_request *req);
/* presence.online {} → {online}: how many people are there; for other services only. */
void call_online(void *service, struct rpc_request *req);
/* presence.query {users: "1,2,3"} → {users: [{user, state, last_seen?, profile?}]}: those who share a room with the
 * caller. */
void call_query(void *service, struct rpc_request *req);

/* The ids of "1,2,3" into `ids`, each once; how many, or 0 when the text is none, holds what is no id, or more than
 * `max`. Pure. */
size_t call_query_ids(struct str text, int64_t *ids, size_t max);
/* Lower-case hexadecimal digits, 1 to `max`. Pure. */
bool call_set_hex(struct str text, size_t max);

#endif
