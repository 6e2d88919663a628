/* What nodes of a Redis Cluster say of where slots are, and the setting that names some of them. Properties: what is
 * taken lies in bounds, and in the bytes that were read; a name's slot depends on its tag alone. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bus_address.h"
#include "bus_map.h"
#include "bus_reply.h"
#include "bus_slot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static void check_map(struct str s)
{
    redisReader *reader = bus_reply_reader();
    void *reply = NULL;
    CHECK(reader != NULL);
    if (redisReaderFeed(reader, s.p, s.n) == REDIS_OK && redisReaderGetReply(reader, &reply) == REDIS_OK && reply) {
        const struct bus_reply *slots = reply;
        struct bus_range r;
        for (size_t i = 0; i <= bus_count(slots); i++)
            if (bus_map_range(slots, i, &r))
                CHECK(i < bus_count(slots) && r.from <= r.to && r.to < BUS_SLOTS && r.port > 0 && r.host.n < 256);
        bus_reply_free(reply);
    }
    redisReaderFree(reader);
}

static void check_redirect(struct str s)
{
    struct bus_redirect r = bus_redirect_of(s);
    if (r.kind == BUS_MOVED || r.kind == BUS_ASK)
        CHECK(r.slot < BUS_SLOTS && r.port > 0 && r.host.n < 256 && r.host.p >= s.p && r.host.p + r.host.n < s.p + s.n);
    (void)bus_map_ok(s);
}

static void check_slot(struct str s)
{
    char *name = malloc(s.n + 3);
    CHECK(name != NULL && bus_slot(s) < BUS_SLOTS);
    if (s.n > 0 && !memchr(s.p, '}', s.n) && !memchr(s.p, '{', s.n)) {
        name[0] = '{';
        memcpy(name + 1, s.p, s.n);
        memcpy(name + 1 + s.n, "}x", 2);
        CHECK(bus_slot((struct str){name, s.n + 3}) == bus_slot(s));
    }
    free(name);
}

static void check_url(const char *url)
{
    struct bus_seeds seeds;
    if (bus_seeds_parse(&seeds, url))
        return;
    CHECK(bus_seeds_meant(url) && seeds.count > 0 && seeds.count <= BUS_SEEDS_MAX);
    for (size_t i = 0; i < seeds.count; i++)
        CHECK(seeds.at[i].host[0] != '\0' && seeds.at[i].port > 0);
    bus_seeds_fini(&seeds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly this size, so that reading one byte too far is seen. */
    char *copy = malloc(size + 1);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    copy[size] = '\0';
    struct str s = {copy, size};
    check_map(s);
    check_redirect(s);
    check_slot(s);
    check_url(copy);
    free(copy);
    return 0;
}
