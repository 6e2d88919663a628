/* Looks up the names of a PostgreSQL connection string. */
#include "db_address.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <string.h>

#include "str.h"

enum { EACH = 4 /* addresses of one name */ };

static struct str option(const PQconninfoOption *options, const char *name)
{
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, name) == 0 && o->val)
            return str_of(o->val);
    return (struct str){0};
}

static bool is_name(struct str host)
{
    char text[256];
    struct in6_addr any;
    if (host.n == 0 || host.n >= sizeof text || host.p[0] == '/' || host.p[0] == '@')
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    return inet_pton(AF_INET, text, &any) != 1 && inet_pton(AF_INET6, text, &any) != 1;
}

bool db_address_has_names(const char *url)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    struct str hosts = option(options, "host"), one;
    bool names = false;
    if (option(options, "hostaddr").n > 0)
        hosts.n = 0;
    while (hosts.n > 0 && !names) {
        hosts = str_cut(hosts, ',', &one);
        names = is_name(one);
    }
    PQconninfoFree(options);
    return names;
}

static void put(struct db_address *a, bool first, struct str host, const char *number, struct str port)
{
    const char *comma = first ? "" : ",";
    buf_printf(&a->host, "%s%.*s", comma, (int)host.n, host.p);
    buf_printf(&a->hostaddr, "%s%s", comma, number);
    buf_printf(&a->port, "%s%.*s", comma, (int)port.n, port.p ? port.p : "");
}

/* NULL, or why. */
static const char *put_name(struct db_address *a, struct str host, struct str port)
{
    char name[256], number[64];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    memcpy(name, host.p, host.n);
    name[host.n] = '\0';
    int gai = getaddrinfo(name, NULL, &hints, &list);
    if (gai != 0)
        return gai_strerror(gai);
    int n = 0;
    for (const struct addrinfo *i = list; i && n < EACH; i = i->ai_next)
        if (getnameinfo(i->ai_addr, i->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST) == 0) {
            put(a, a->host.n == 0, host, number, port);
            n++;
        }
    freeaddrinfo(list);
    return n > 0 ? NULL : "no address";
}

const char *db_address_resolve(struct db_address *address, const char *url)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    struct str hosts = option(options, "host"), ports = option(options, "port"), host, port = {0};
    const char *why = hosts.n > 0 ? NULL : "no host";
    while (hosts.n > 0) {
        hosts = str_cut(hosts, ',', &host);
        /* One port is everybody's. */
        if (ports.n > 0)
            ports = str_cut(ports, ',', &port);
        if (!is_name(host))
            put(address, address->host.n == 0, host, "", port);
        else
            why = put_name(address, host, port);
    }
    PQconninfoFree(options);
    /* Of several hosts the one whose name is unknown does not matter. */
    return address->host.n > 0 ? NULL : why;
}

void db_address_fini(struct db_address *address)
{
    buf_fini(&address->host);
    buf_fini(&address->hostaddr);
    buf_fini(&address->port);
}
