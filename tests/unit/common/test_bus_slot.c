/* Slots of names, as the specification of Redis Cluster has them and as Redis says of our own names. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "bus_slot.h"

static void expect_slot(const char *name, unsigned slot)
{
    cr_expect(eq(uint, bus_slot(str_of(name)), slot), "%s", name);
}

Test(bus_slot, the_check_value_of_the_specification_comes_out)
{
    expect_slot("123456789", 0x31c3);
    expect_slot("", 0);
    expect_slot("foo", 12182);
    expect_slot("bar", 5061);
}

Test(bus_slot, the_first_tag_counts)
{
    expect_slot("{user1000}.following", 3443);
    expect_slot("{user1000}.followers", 3443);
    cr_expect(eq(uint, bus_slot(STR("foo{bar}{zap}")), bus_slot(STR("bar"))));
    cr_expect(eq(uint, bus_slot(STR("foo{{bar}}zap")), bus_slot(STR("{bar"))));
}

Test(bus_slot, what_is_no_tag_makes_the_whole_name_count)
{
    expect_slot("foo{}{bar}", 8363);
    cr_expect(eq(uint, bus_slot(STR("foo{bar")), 15278));
    cr_expect(ne(uint, bus_slot(STR("foo}bar{")), bus_slot(STR("foo"))));
}

Test(bus_slot, what_belongs_together_lies_together)
{
    cr_expect(eq(uint, bus_slot(STR("ingest:{7}")), bus_slot(STR("tries:{7}"))));
    cr_expect(eq(uint, bus_slot(STR("gateways:{presence}")), bus_slot(STR("rpc:{presence}"))));
    cr_expect(eq(uint, bus_slot(STR("watched:{presence}")), bus_slot(STR("dying:{presence}"))));
}

static size_t key_of(const char *a, const char *b, const char *c, const char *d)
{
    const struct str argv[] = {str_of(a), str_of(b), str_of(c), str_of(d)};
    return bus_key_at(b ? c ? 4 : 2 : 1, argv);
}

Test(bus_slot, each_command_has_its_key_or_none)
{
    cr_expect(eq(sz, key_of("GET", "k", NULL, NULL), 1));
    cr_expect(eq(sz, key_of("XADD", "k", "*", "f"), 1));
    cr_expect(eq(sz, key_of("PUBLISH", "c", "x", ""), 1));
    cr_expect(eq(sz, key_of("EVAL", "script", "1", "k"), 3));
    cr_expect(eq(sz, key_of("EVAL", "script", NULL, NULL), 0));
    cr_expect(eq(sz, key_of("PING", NULL, NULL, NULL), 0));
    cr_expect(eq(sz, key_of("TIME", NULL, NULL, NULL), 0));
    cr_expect(eq(sz, key_of("CLIENT", "GETNAME", NULL, NULL), 0));
    cr_expect(eq(sz, bus_key_at(0, NULL), 0));
}
