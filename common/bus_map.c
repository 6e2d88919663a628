/* Reads what a node of a Redis Cluster says of where slots are. */
#include "bus_map.h"

#include "bus_slot.h"

static bool in_bounds(int64_t n, int64_t min, int64_t max)
{
    return n >= min && n <= max;
}

/* [from, to, [host, port, id, …], replicas …] */
bool bus_map_range(const struct bus_reply *slots, size_t i, struct bus_range *range)
{
    const struct bus_reply *line = bus_at(slots, i), *master = bus_at(line, 2);
    if (bus_type(bus_at(line, 0)) != BUS_INTEGER || bus_type(bus_at(line, 1)) != BUS_INTEGER)
        return false;
    int64_t from = bus_int(bus_at(line, 0)), to = bus_int(bus_at(line, 1)), port = bus_int(bus_at(master, 1));
    struct str host = bus_str(bus_at(master, 0));
    /* "?" is a node whose name nobody has told yet. */
    if (!in_bounds(from, 0, BUS_SLOTS - 1) || !in_bounds(to, from, BUS_SLOTS - 1) || !in_bounds(port, 1, 65535) ||
        host.n > 255 || str_is(host, "?"))
        return false;
    *range = (struct bus_range){(unsigned)from, (unsigned)to, host, (uint16_t)port};
    return true;
}

bool bus_map_ok(struct str info)
{
    struct str line;
    while (info.n > 0) {
        info = str_cut(info, '\n', &line);
        if (str_is(line, "cluster_state:ok\r") || str_is(line, "cluster_state:ok"))
            return true;
    }
    return false;
}

/* "3999 host:port": the last colon ends the host, which may be an IPv6 address without brackets, or nothing. */
static bool read_place(struct str s, struct bus_redirect *r)
{
    struct str number;
    struct str place = str_cut(s, ' ', &number);
    int64_t slot, port;
    size_t colon = place.n;
    while (colon > 0 && place.p[colon - 1] != ':')
        colon--;
    if (colon == 0 || colon > 256 || !str_i64(number, &slot) || !in_bounds(slot, 0, BUS_SLOTS - 1) ||
        !str_i64((struct str){place.p + colon, place.n - colon}, &port) || !in_bounds(port, 1, 65535))
        return false;
    r->slot = (unsigned)slot;
    r->host = (struct str){place.p, colon - 1};
    r->port = (uint16_t)port;
    return !str_is(r->host, "?");
}

struct bus_redirect bus_redirect_of(struct str error)
{
    static const char *const later[] = {"LOADING", "MASTERDOWN", "TRYAGAIN"};
    struct bus_redirect r = {.kind = BUS_HERE};
    struct str word;
    struct str rest = str_cut(error, ' ', &word);
    bool moved = str_is(word, "MOVED");
    if (moved || str_is(word, "ASK"))
        r.kind = !read_place(rest, &r) ? BUS_NOT_NOW : moved ? BUS_MOVED : BUS_ASK;
    else if (str_is(word, "CLUSTERDOWN"))
        r.kind = BUS_DOWN;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (str_is(word, later[i]))
            r.kind = BUS_NOT_NOW;
    return r;
}
