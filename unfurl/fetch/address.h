/* Which addresses are the world's: all others, our own networks first among them, are never connected to. Pure
 * functions. */
#ifndef PARLEY_FETCH_ADDRESS_H
#define PARLEY_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Whether somebody's page may be at it: a unicast address that is routed on the Internet, by the registries of special
 * addresses of IANA (IPv4 and IPv6, 2025). Of IPv6 only what is given out (2000::/3), and nothing that has an IPv4
 * address within: those are refused whatever it is. */
bool address_is_public(const struct sockaddr *address);

/* Whether it is in a list as "127.0.0.2:9999,[::1]:9999", port included. */
bool address_is_listed(const struct sockaddr *address, const char *list);

#endif
