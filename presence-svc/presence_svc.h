/* The root of presence-svc: made in main(), handed to each call. */
#ifndef PARLEY_PRESENCE_SVC_H
#define PARLEY_PRESENCE_SVC_H

#include "expiry.h"
#include "presence.h"
#include "presence_config.h"
#include "process.h"
#include "publisher.h"
#include "redis_memory.h"

struct presence_svc {
    struct process process;
    struct presence_config config;
    struct presence *presence;
    struct publisher *publisher;
    struct expiry *expiry;
    struct redis_memory *redis_memory;
    struct rpc_server *server;
    struct timer *drain; /* looks whether all is done, while stopping */
    int64_t drain_began;
};

#endif
