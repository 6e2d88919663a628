/* Who a request comes from: client addresses behind trusted proxies, and the Origin rule. Pure functions. */
#ifndef PARLEY_HTTP_ADDRESS_H
#define PARLEY_HTTP_ADDRESS_H

#include "buf.h"

enum { HTTP_ADDRESS_MAX = 46 }; /* the longest IPv6 text and a NUL */

/* An IPv4 or IPv6 address; IPv4 as ::ffff:a.b.c.d, so that both compare as 16 bytes. */
struct http_address {
    unsigned char bytes[16];
};

/* Text of an address, IPv6 with or without brackets. False: it is none; ports, zones and names are none. */
bool http_address_parse(struct str text, struct http_address *address_r);
/* Canonical text (RFC 5952); IPv4 dotted. */
void http_address_print(const struct http_address *address, char text_r[HTTP_ADDRESS_MAX]);

struct http_network {
    struct http_address address;
    unsigned bits; /* of 128 */
};
/* "10.0.0.0/8", "fd00::/8", or an address, which is a network of its own. Bits behind the prefix are ignored. */
bool http_network_parse(struct str text, struct http_network *network_r);
bool http_network_has(const struct http_network *network, const struct http_address *address);

struct http_networks {
    struct http_network *at;
    size_t count;
};
/* Parse a comma-separated list, spaces allowed. False, and nothing to free: an item is none; it comes in *bad_r. */
bool http_networks_parse(const char *list, struct http_networks *networks_r, struct str *bad_r);
void http_networks_fini(struct http_networks *networks);
bool http_networks_have(const struct http_networks *networks, const struct http_address *address);

/* The client's address: `peer`, or, when that is a trusted proxy, the last item of X-Forwarded-For if it is an
 * address. Only the last: it is what our own proxy saw, all before it is hearsay. */
struct http_address http_client_address(const struct http_networks *trusted, const struct http_address *peer,
                                        struct str forwarded_for);

/* Whether a browser's Origin may speak here: "" (no browser), http(s)://`host`, or an item of the comma-separated
 * `origins`. Over TLS (`secure`) the page of the same host must be https too. Case and default ports do not
 * count; "null" never passes. */
bool http_origin_allowed(struct str origin, struct str host, bool secure, const char *origins);

#endif
