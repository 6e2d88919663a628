/* What nodes of a cluster say of where slots are. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "bus_map.h"
#include "bus_reply.h"

static struct bus_reply *reply;

/* As it comes from Redis. */
static const struct bus_reply *answer(const char *wire)
{
    redisReader *reader = bus_reply_reader();
    void *got = NULL;
    cr_assert(eq(int, redisReaderFeed(reader, wire, strlen(wire)), REDIS_OK));
    cr_assert(eq(int, redisReaderGetReply(reader, &got), REDIS_OK));
    redisReaderFree(reader);
    cr_assert(got != NULL);
    reply = got;
    return reply;
}

static void fini(void)
{
    bus_reply_free(reply);
    reply = NULL;
}

TestSuite(bus_map, .fini = fini);

#define NODE(host, port) "*4\r\n" host "\r\n:" port "\r\n$2\r\nid\r\n*0\r\n"

Test(bus_map, each_line_is_a_master_and_its_slots)
{
    const struct bus_reply *slots =
        answer("*2\r\n"
               "*4\r\n:0\r\n:5460\r\n" NODE("$9\r\n127.0.0.1", "7001")
                   NODE("$9\r\n127.0.0.1", "7004") "*3\r\n:16383\r\n:16383\r\n" NODE("$3\r\n::1", "7002"));
    struct bus_range r;
    cr_assert(bus_map_range(slots, 0, &r));
    cr_expect(eq(uint, r.from, 0));
    cr_expect(eq(uint, r.to, 5460));
    cr_expect(str_is(r.host, "127.0.0.1"));
    cr_expect(eq(u16, r.port, 7001));
    cr_assert(bus_map_range(slots, 1, &r));
    cr_expect(eq(uint, r.from, 16383));
    cr_expect(str_is(r.host, "::1"));
    cr_expect(not(bus_map_range(slots, 2, &r)));
}

Test(bus_map, a_node_that_does_not_know_its_address_is_where_it_was_asked)
{
    struct bus_range r;
    cr_assert(bus_map_range(answer("*1\r\n*3\r\n:0\r\n:1\r\n" NODE("$-1", "7001")), 0, &r));
    cr_expect(eq(sz, r.host.n, 0));
}

Test(bus_map, what_is_no_line_is_refused)
{
    static const char *const bad[] = {
        "*0\r\n",
        ":1\r\n",
        "*1\r\n:1\r\n",
        "*1\r\n*2\r\n:0\r\n:1\r\n",
        "*1\r\n*3\r\n:1\r\n:0\r\n" NODE("$1\r\nh", "7001"),
        "*1\r\n*3\r\n:0\r\n:16384\r\n" NODE("$1\r\nh", "7001"),
        "*1\r\n*3\r\n:-1\r\n:1\r\n" NODE("$1\r\nh", "7001"),
        "*1\r\n*3\r\n$1\r\n0\r\n:1\r\n" NODE("$1\r\nh", "7001"),
        "*1\r\n*3\r\n:0\r\n:1\r\n" NODE("$1\r\nh", "0"),
        "*1\r\n*3\r\n:0\r\n:1\r\n" NODE("$1\r\nh", "65536"),
        "*1\r\n*3\r\n:0\r\n:1\r\n" NODE("$1\r\n?", "7001"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bus_range r;
        cr_expect(not(bus_map_range(answer(bad[i]), 0, &r)), "%s", bad[i]);
        fini();
    }
}

Test(bus_map, only_a_node_that_misses_nobody_is_ok)
{
    cr_expect(bus_map_ok(STR("cluster_state:ok\r\ncluster_slots_assigned:16384\r\n")));
    cr_expect(bus_map_ok(STR("cluster_enabled:1\r\ncluster_state:ok\r\n")));
    cr_expect(not(bus_map_ok(STR("cluster_state:fail\r\n"))));
    cr_expect(not(bus_map_ok(STR("not_cluster_state:ok\r\n"))));
    cr_expect(not(bus_map_ok(STR(""))));
}

Test(bus_map, a_slot_that_moved_says_where_it_is)
{
    struct bus_redirect r = bus_redirect_of(STR("MOVED 3999 127.0.0.1:6381"));
    cr_expect(eq(int, r.kind, BUS_MOVED));
    cr_expect(eq(uint, r.slot, 3999));
    cr_expect(str_is(r.host, "127.0.0.1"));
    cr_expect(eq(u16, r.port, 6381));
    r = bus_redirect_of(STR("ASK 16383 ::1:6381"));
    cr_expect(eq(int, r.kind, BUS_ASK));
    cr_expect(str_is(r.host, "::1"));
    r = bus_redirect_of(STR("MOVED 0 :6381"));
    cr_expect(eq(int, r.kind, BUS_MOVED));
    cr_expect(eq(sz, r.host.n, 0));
}

Test(bus_map, a_redirection_that_says_nothing_is_for_later)
{
    static const char *const bad[] = {
        "MOVED",        "MOVED 1",     "MOVED 1 host",    "MOVED 16384 h:1",  "MOVED x h:1",
        "MOVED -1 h:1", "MOVED 1 h:0", "MOVED 1 h:65536", "MOVED 1 h:12345x", "MOVED 1 ?:6379",
        "ASK 1 h:",     "TRYAGAIN x",  "LOADING x",       "MASTERDOWN x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(eq(int, bus_redirect_of(str_of(bad[i])).kind, BUS_NOT_NOW), "%s", bad[i]);
}

Test(bus_map, a_cluster_that_is_down_says_so)
{
    cr_expect(eq(int, bus_redirect_of(STR("CLUSTERDOWN The cluster is down")).kind, BUS_DOWN));
    cr_expect(eq(int, bus_redirect_of(STR("CLUSTERDOWN Hash slot not served")).kind, BUS_DOWN));
}

Test(bus_map, any_other_error_is_about_the_command)
{
    static const char *const other[] = {"ERR unknown command", "WRONGTYPE x",
                                        "NOGROUP x",           "",
                                        "MOVEDX 1 h:1",        "CROSSSLOT Keys in request don't hash to the same slot"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        cr_expect(eq(int, bus_redirect_of(str_of(other[i])).kind, BUS_HERE), "%s", other[i]);
}
