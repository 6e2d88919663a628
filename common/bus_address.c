/* Takes the URL of a Redis, or of a cluster of them, apart. */
#include "bus_address.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "str.h"

/* Percent-decoded copy; NULL when an escape is broken or gives a NUL. */
static char *decoded(struct str s)
{
    char *out = xcalloc(s.n + 1, 1), *o = out;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            *o++ = s.p[i];
            continue;
        }
        bool whole = s.n - i > 2;
        int high = whole ? str_hex_digit(s.p[i + 1]) : -1;
        int low = whole ? str_hex_digit(s.p[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
            free(out);
            return NULL;
        }
        *o++ = (char)(high * 16 + low);
        i += 2;
    }
    return out;
}

/* user:password, both optional. */
static int parse_login(struct bus_address *a, struct str login)
{
    struct str user;
    struct str password = str_cut(login, ':', &user);
    if (user.n == login.n)
        return ERR_BAD_REQUEST;
    if (user.n > 0 && !(a->user = decoded(user)))
        return ERR_BAD_REQUEST;
    if (password.n > 0 && !(a->password = decoded(password)))
        return ERR_BAD_REQUEST;
    return a->user && !a->password ? ERR_BAD_REQUEST : 0;
}

/* host, host:port, [v6] or [v6]:port. */
static int parse_host(struct bus_address *a, struct str s)
{
    struct str host, port;
    if (s.n > 0 && s.p[0] == '[') {
        struct str inside = {s.p + 1, s.n - 1};
        port = str_cut(inside, ']', &host);
        if (host.n == inside.n || (port.n > 0 && port.p[0] != ':'))
            return ERR_BAD_REQUEST;
        if (port.n > 0)
            port = (struct str){port.p + 1, port.n - 1};
    } else {
        port = str_cut(s, ':', &host);
    }
    int64_t number = 6379;
    if (port.n > 0 && (!str_i64(port, &number) || number < 1 || number > 65535))
        return ERR_BAD_REQUEST;
    if (host.n == 0 || host.n > 255)
        return ERR_BAD_REQUEST;
    a->host = xstrndup(host);
    a->port = (uint16_t)number;
    return 0;
}

/* What stands behind the login, if there is one: the last @ ends it, as a password may hold one that nobody encoded. */
static int parse_authority(struct bus_address *a, struct str s, struct str *places_r)
{
    *places_r = s;
    for (size_t i = s.n; i-- > 0;) {
        if (s.p[i] != '@')
            continue;
        *places_r = (struct str){s.p + i + 1, s.n - i - 1};
        return parse_login(a, (struct str){s.p, i});
    }
    return 0;
}

static int parse_tcp(struct bus_address *a, struct str s)
{
    struct str authority, place;
    struct str db = str_cut(s, '/', &authority);
    if (db.n > 0 && !str_i64(db, &a->db))
        return ERR_BAD_REQUEST;
    int err = parse_authority(a, authority, &place);
    return err ? err : parse_host(a, place);
}

static int parse_unix(struct bus_address *a, struct str s)
{
    struct str path;
    struct str password = str_cut(s, '?', &path);
    a->local = true;
    /* sun_path holds 108 bytes with its NUL. */
    if (path.n < 2 || path.n > 107 || path.p[0] != '/')
        return ERR_BAD_REQUEST;
    a->host = xstrndup(path);
    if (password.n > 0 && !(a->password = decoded(password)))
        return ERR_BAD_REQUEST;
    return 0;
}

int bus_address_parse(struct bus_address *a, const char *url)
{
    struct str s = str_of(url);
    int err = ERR_BAD_REQUEST;
    *a = (struct bus_address){0};
    if (str_starts(s, STR("redis://")))
        err = parse_tcp(a, (struct str){s.p + 8, s.n - 8});
    else if (str_starts(s, STR("unix://")))
        err = parse_unix(a, (struct str){s.p + 7, s.n - 7});
    if (err)
        bus_address_fini(a);
    return err;
}

void bus_address_fini(struct bus_address *a)
{
    free(a->host);
    free(a->user);
    free(a->password);
    *a = (struct bus_address){0};
}

void bus_address_copy(struct bus_address *to, const struct bus_address *login, struct str host, uint16_t port)
{
    *to = (struct bus_address){.local = login->local, .host = xstrndup(host), .port = port, .db = login->db};
    to->user = login->user ? xstrdup(login->user) : NULL;
    to->password = login->password ? xstrdup(login->password) : NULL;
}

bool bus_address_is(const struct bus_address *a, struct str host, uint16_t port)
{
    return a->port == port && a->host && str_is(host, a->host);
}

/* ---- a cluster ---- */

static const struct str cluster_scheme = {"redis+cluster://", 16};

bool bus_seeds_meant(const char *url)
{
    return str_starts(str_of(url), cluster_scheme);
}

/* Another place with the first one's login. */
static int parse_seed(struct bus_seeds *seeds, struct str place)
{
    const struct bus_address *first = &seeds->at[0];
    if (seeds->count == BUS_SEEDS_MAX)
        return ERR_BAD_REQUEST;
    struct bus_address *a = &seeds->at[seeds->count++];
    a->user = first->user ? xstrdup(first->user) : NULL;
    a->password = first->password ? xstrdup(first->password) : NULL;
    return parse_host(a, place);
}

/* A cluster has one database, 0. */
static int parse_seeds(struct bus_seeds *seeds, struct str s)
{
    struct str authority, places, place;
    struct str db = str_cut(s, '/', &authority);
    if (db.n > 0 && !str_is(db, "0"))
        return ERR_BAD_REQUEST;
    seeds->count = 1;
    int err = parse_authority(&seeds->at[0], authority, &places);
    if (err || places.n == 0 || places.p[places.n - 1] == ',')
        return ERR_BAD_REQUEST;
    places = str_cut(places, ',', &place);
    err = parse_host(&seeds->at[0], place);
    while (!err && places.n > 0) {
        places = str_cut(places, ',', &place);
        err = parse_seed(seeds, place);
    }
    return err;
}

int bus_seeds_parse(struct bus_seeds *seeds, const char *url)
{
    struct str s = str_of(url);
    *seeds = (struct bus_seeds){0};
    if (!bus_seeds_meant(url))
        return ERR_BAD_REQUEST;
    int err = parse_seeds(seeds, (struct str){s.p + cluster_scheme.n, s.n - cluster_scheme.n});
    if (err)
        bus_seeds_fini(seeds);
    return err;
}

void bus_seeds_fini(struct bus_seeds *seeds)
{
    for (size_t i = 0; i < seeds->count; i++)
        bus_address_fini(&seeds->at[i]);
    seeds->count = 0;
}
