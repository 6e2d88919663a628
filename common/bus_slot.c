/* Which slot of a Redis Cluster a name lies in. */
#include "bus_slot.h"

static unsigned crc16(struct str s)
{
    unsigned crc = 0;
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (unsigned)(unsigned char)s.p[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1;
    }
    return crc;
}

unsigned bus_slot(struct str name)
{
    struct str before, tag;
    struct str behind = str_cut(name, '{', &before);
    str_cut(behind, '}', &tag);
    bool tagged = tag.n > 0 && tag.n < behind.n;
    return crc16(tagged ? tag : name) % BUS_SLOTS;
}

size_t bus_key_at(size_t argc, const struct str *argv)
{
    static const char *const without[] = {"CLIENT", "CLUSTER", "FLUSHALL", "INFO", "PING", "TIME"};
    for (size_t i = 0; argc > 0 && i < sizeof without / sizeof *without; i++)
        if (str_is(argv[0], without[i]))
            return 0;
    size_t at = argc > 0 && str_is(argv[0], "EVAL") ? 3 : 1;
    return at < argc ? at : 0;
}
