/* Where Redis is and how to log in there, taken apart from a URL. Pure; resolves nothing. */
#ifndef PARLEY_BUS_ADDRESS_H
#define PARLEY_BUS_ADDRESS_H

#include "str.h"

struct bus_address {
    bool local; /* a Unix socket: `host` is its path */
    char *host; /* name or number, an IPv6 one without brackets */
    uint16_t port;
    char *user;     /* NULL: none */
    char *password; /* NULL: none */
    int64_t db;
};

/* redis://[[user]:password@]host[:port][/db] or unix:///path[?password]; user and password percent-encoded.
 * 0 and *a to be freed by bus_address_fini(), or ERR_BAD_REQUEST and nothing to free. */
int bus_address_parse(struct bus_address *a, const char *url);
void bus_address_fini(struct bus_address *a);

/* The same login, and kind of address, at another place; *to is the caller's to free. */
void bus_address_copy(struct bus_address *to, const struct bus_address *login, struct str host, uint16_t port);
bool bus_address_is(const struct bus_address *a, struct str host, uint16_t port);

enum { BUS_SEEDS_MAX = 16 };
/* Some nodes of a cluster, which know the others. */
struct bus_seeds {
    struct bus_address at[BUS_SEEDS_MAX];
    size_t count;
};
bool bus_seeds_meant(const char *url);
/* redis+cluster://[[user]:password@]host[:port][,host[:port]]…; one login for all of them. Returns as
 * bus_address_parse(). */
int bus_seeds_parse(struct bus_seeds *seeds, const char *url);
void bus_seeds_fini(struct bus_seeds *seeds);

#endif
