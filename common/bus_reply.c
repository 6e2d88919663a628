/* Reading an answer of Redis. A struct bus_reply is hiredis' redisReply under another name. */
#include <hiredis/hiredis.h>

#include "bus.h"

static const redisReply *reply_of(const struct bus_reply *r)
{
    return (const redisReply *)(const void *)r;
}

enum bus_type bus_type(const struct bus_reply *r)
{
    if (!r)
        return BUS_NIL;
    switch (reply_of(r)->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        return BUS_STRING;
    case REDIS_REPLY_INTEGER:
        return BUS_INTEGER;
    case REDIS_REPLY_ARRAY:
        return BUS_ARRAY;
    case REDIS_REPLY_ERROR:
        return BUS_ERROR;
    default:
        return BUS_NIL;
    }
}

struct str bus_str(const struct bus_reply *r)
{
    enum bus_type type = bus_type(r);
    if (type != BUS_STRING && type != BUS_ERROR)
        return STR("");
    return (struct str){reply_of(r)->str, reply_of(r)->len};
}

int64_t bus_int(const struct bus_reply *r)
{
    int64_t value = 0;
    if (bus_type(r) == BUS_INTEGER)
        return reply_of(r)->integer;
    str_i64(bus_str(r), &value);
    return value;
}

size_t bus_count(const struct bus_reply *r)
{
    return bus_type(r) == BUS_ARRAY ? reply_of(r)->elements : 0;
}

const struct bus_reply *bus_at(const struct bus_reply *r, size_t i)
{
    return i < bus_count(r) ? (const struct bus_reply *)(const void *)reply_of(r)->element[i] : NULL;
}
