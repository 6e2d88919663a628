/* A loop, a private Redis and a bus for a test of what presence-svc keeps there. */
#ifndef PARLEY_TEST_PRESENCE_WORLD_H
#define PARLEY_TEST_PRESENCE_WORLD_H

#include "presence.h"
#include "redis_server.h"
#include "rpc.h"

struct world {
    struct redis_server *redis;
    struct loop *loop;
    struct metrics *metrics;
    struct bus *bus;
    struct rpc *rpc;
    struct presence *presence;
    int changes; /* of a user's state */
    int64_t changed_user;
};

extern struct world w;

/* Init and fini of a suite. The world ends in two steps, as the service does: what a test made of its own and has
 * answers due is freed between them. */
void world_begin(void);
void world_end(void);
void world_close_bus(void);

/* Run the loop until it is so; a failure after 20 s. */
void world_until(bool (*until)(void));
/* Change a connection and wait until it is done. `gateway` and `conn` as text, `id` as "1000-0". */
void world_set(int64_t user, const char *gateway, const char *conn, enum presence_state state, const char *id);
/* How the user stands. */
struct presence_user world_read(int64_t user);
void world_command(const char *command);
void world_expect(const char *command, const char *answer);

#endif
