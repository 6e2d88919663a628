/* Client addresses, trusted proxies and the Origin rule. */
#include "http_address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"

static const unsigned char v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool http_address_parse(struct str text, struct http_address *address)
{
    if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
        text.p++;
        text.n -= 2;
        if (memchr(text.p, ':', text.n) == NULL)
            return false;
    }
    char c[HTTP_ADDRESS_MAX];
    if (text.n == 0 || text.n >= sizeof(c) || memchr(text.p, '\0', text.n) != NULL)
        return false;
    memcpy(c, text.p, text.n);
    c[text.n] = '\0';
    memcpy(address->bytes, v4_prefix, sizeof(v4_prefix));
    if (inet_pton(AF_INET, c, address->bytes + sizeof(v4_prefix)) == 1)
        return true;
    return inet_pton(AF_INET6, c, address->bytes) == 1;
}

void http_address_print(const struct http_address *address, char text[HTTP_ADDRESS_MAX])
{
    bool v4 = memcmp(address->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
    if (!inet_ntop(v4 ? AF_INET : AF_INET6, address->bytes + (v4 ? sizeof(v4_prefix) : 0), text, HTTP_ADDRESS_MAX))
        abort();
}

bool http_network_parse(struct str text, struct http_network *network)
{
    struct str address;
    struct str prefix = str_cut(text, '/', &address);
    if (!http_address_parse(address, &network->address))
        return false;
    bool v4 = memchr(address.p, ':', address.n) == NULL;
    unsigned offset = v4 ? 96 : 0;
    network->bits = 128;
    if (address.n == text.n)
        return true;
    int64_t bits;
    if (!str_i64(prefix, &bits) || bits > 128 - (int64_t)offset)
        return false;
    network->bits = offset + (unsigned)bits;
    return true;
}

bool http_network_has(const struct http_network *network, const struct http_address *address)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    unsigned mask = 0xffU << (8 - rest) & 0xffU;
    return ((network->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

/* Cut the next item of a comma-separated list, without the spaces around it. */
static struct str next_item(struct str list, struct str *item_r)
{
    struct str rest = str_cut(list, ',', item_r);
    while (item_r->n > 0 && (item_r->p[0] == ' ' || item_r->p[0] == '\t')) {
        item_r->p++;
        item_r->n--;
    }
    while (item_r->n > 0 && (item_r->p[item_r->n - 1] == ' ' || item_r->p[item_r->n - 1] == '\t'))
        item_r->n--;
    return rest;
}

bool http_networks_parse(const char *list, struct http_networks *networks, struct str *bad_r)
{
    *networks = (struct http_networks){0};
    struct str rest = str_of(list), item;
    while (rest.n > 0) {
        rest = next_item(rest, &item);
        if (item.n == 0)
            continue;
        networks->at = xrealloc(networks->at, (networks->count + 1) * sizeof(*networks->at));
        if (!http_network_parse(item, &networks->at[networks->count])) {
            *bad_r = item;
            http_networks_fini(networks);
            return false;
        }
        networks->count++;
    }
    return true;
}

void http_networks_fini(struct http_networks *networks)
{
    free(networks->at);
    *networks = (struct http_networks){0};
}

bool http_networks_have(const struct http_networks *networks, const struct http_address *address)
{
    for (size_t i = 0; i < networks->count; i++)
        if (http_network_has(&networks->at[i], address))
            return true;
    return false;
}

struct http_address http_client_address(const struct http_networks *trusted, const struct http_address *peer,
                                        struct str forwarded_for)
{
    struct http_address client = *peer;
    if (!http_networks_have(trusted, peer))
        return client;
    struct str rest = forwarded_for, item = {"", 0};
    while (rest.n > 0)
        rest = next_item(rest, &item);
    struct http_address seen;
    if (http_address_parse(item, &seen))
        client = seen;
    return client;
}

/* An origin as scheme and authority, the scheme's default port dropped. */
struct origin {
    bool https;
    struct str authority;
};

static struct str drop_port(struct str authority, bool https)
{
    struct str port = https ? STR(":443") : STR(":80");
    if (authority.n > port.n && memcmp(authority.p + authority.n - port.n, port.p, port.n) == 0)
        authority.n -= port.n;
    return authority;
}

static bool origin_parse(struct str text, struct origin *origin)
{
    struct str http = STR("http://"), https = STR("https://");
    size_t scheme;
    if (text.n > https.n && strncasecmp(text.p, https.p, https.n) == 0)
        scheme = https.n;
    else if (text.n > http.n && strncasecmp(text.p, http.p, http.n) == 0)
        scheme = http.n;
    else
        return false;
    origin->https = scheme == https.n;
    origin->authority = (struct str){text.p + scheme, text.n - scheme};
    if (memchr(origin->authority.p, '/', origin->authority.n) || memchr(origin->authority.p, '@', origin->authority.n))
        return false;
    origin->authority = drop_port(origin->authority, origin->https);
    return origin->authority.n > 0;
}

static bool same_authority(struct str a, struct str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

bool http_origin_allowed(struct str text, struct str host, bool secure, const char *origins)
{
    if (text.n == 0)
        return true;
    struct origin origin, other;
    if (!origin_parse(text, &origin))
        return false;
    bool scheme_ok = origin.https || !secure;
    if (scheme_ok && host.n > 0 && same_authority(origin.authority, drop_port(host, origin.https)))
        return true;
    struct str rest = str_of(origins), item;
    while (rest.n > 0) {
        rest = next_item(rest, &item);
        if (origin_parse(item, &other) && other.https == origin.https &&
            same_authority(other.authority, origin.authority))
            return true;
    }
    return false;
}
