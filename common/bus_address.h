/* Where Redis is and how to log in there, taken apart from a URL. Pure; resolves nothing. */
#ifndef PARLEY_BUS_ADDRESS_H
#define PARLEY_BUS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

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

#endif
