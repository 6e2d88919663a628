/* Takes the URL of a Redis apart. */
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

static int parse_tcp(struct bus_address *a, struct str s)
{
    struct str place;
    struct str db = str_cut(s, '/', &place);
    if (db.n > 0 && !str_i64(db, &a->db))
        return ERR_BAD_REQUEST;
    /* The last @ ends the login: a password may hold one that nobody encoded. */
    for (size_t i = place.n; i-- > 0;) {
        if (place.p[i] != '@')
            continue;
        int err = parse_login(a, (struct str){place.p, i});
        return err ? err : parse_host(a, (struct str){place.p + i + 1, place.n - i - 1});
    }
    return parse_host(a, place);
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
