/* What a node of a Redis Cluster says of where slots are: its map, and the errors that name another node. Pure; views
 * into what was read. */
#ifndef PARLEY_BUS_MAP_H
#define PARLEY_BUS_MAP_H

#include "bus.h"

/* A master and some of its slots. */
struct bus_range {
    unsigned from, to; /* both are in it */
    struct str host;   /* empty: the host that was asked */
    uint16_t port;
};

/* Line i of an answer to CLUSTER SLOTS. False: it is none, or its master's address is not known. */
bool bus_map_range(const struct bus_reply *slots, size_t i, struct bus_range *range);

/* An answer to CLUSTER INFO says that all is well there: slots have masters, and most of these are heard of. */
bool bus_map_ok(struct str info);

enum bus_elsewhere {
    BUS_HERE,    /* the error is about the command */
    BUS_MOVED,   /* the slot is another node's, from now on */
    BUS_ASK,     /* this name is with another node already, its slot will be */
    BUS_DOWN,    /* the node refuses everything: a master is missing, or it hears too few of them */
    BUS_NOT_NOW, /* the node would run it later: it reads its disk, or has half of the keys */
};
struct bus_redirect {
    enum bus_elsewhere kind;
    unsigned slot;
    struct str host; /* empty: the host that said so */
    uint16_t port;
};
/* What an error of a node says: "MOVED 3999 127.0.0.1:6381", "ASK …", "CLUSTERDOWN …". */
struct bus_redirect bus_redirect_of(struct str error);

#endif
