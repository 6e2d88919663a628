/* Arguments of the calls. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "calls.h"
#include "state.h"

Test(call_args, ids_are_split_at_commas_each_once)
{
    int64_t ids[4];
    cr_assert(eq(sz, call_query_ids(STR("3,1,3,2"), ids, 4), 3));
    cr_expect(eq(i64, ids[0], 3));
    cr_expect(eq(i64, ids[1], 1));
    cr_expect(eq(i64, ids[2], 2));
    cr_expect(eq(sz, call_query_ids(STR("7"), ids, 4), 1));
}

Test(call_args, what_is_no_list_of_ids_is_refused)
{
    static const char *const bad[] = {"", ",", "1,", ",1", "1,,2", "0", "-1", "1 ,2", "x", "01", "9223372036854775808"};
    int64_t ids[4];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(eq(sz, call_query_ids(str_of(bad[i]), ids, 4), 0), "%s", bad[i]);
}

Test(call_args, more_ids_than_the_bound_are_refused)
{
    int64_t ids[2];
    cr_expect(eq(sz, call_query_ids(STR("1,2"), ids, 2), 2));
    cr_expect(eq(sz, call_query_ids(STR("1,2,1"), ids, 2), 2));
    cr_expect(eq(sz, call_query_ids(STR("1,2,3"), ids, 2), 0));
}

Test(call_args, gateways_and_connections_are_lower_case_hexadecimal)
{
    cr_expect(call_set_hex(STR("0123456789abcdef"), 16));
    cr_expect(not(call_set_hex(STR("0123456789abcdef0"), 16)));
    cr_expect(not(call_set_hex(STR(""), 16)));
    cr_expect(not(call_set_hex(STR("7A"), 16)));
    cr_expect(not(call_set_hex(STR("7a:b"), 16)));
    cr_expect(not(call_set_hex(STR("7 a"), 16)));
}

Test(call_args, states_have_names)
{
    enum presence_state state = PRESENCE_OFFLINE;
    cr_expect(presence_state_parse(STR("online"), &state));
    cr_expect(eq(int, (int)state, PRESENCE_ONLINE));
    cr_expect(presence_state_parse(STR("away"), &state));
    cr_expect(eq(int, (int)state, PRESENCE_AWAY));
    cr_expect(presence_state_parse(STR("offline"), &state));
    cr_expect(eq(int, (int)state, PRESENCE_OFFLINE));
    cr_expect(not(presence_state_parse(STR("Online"), &state)));
    cr_expect(not(presence_state_parse(STR(""), &state)));
}

Test(call_args, a_stream_id_is_two_numbers)
{
    int64_t ms, n;
    cr_assert(presence_id_parse(STR("1790000000000-3"), &ms, &n));
    cr_expect(eq(i64, ms, 1790000000000));
    cr_expect(eq(i64, n, 3));
    cr_expect(not(presence_id_parse(STR("1790000000000"), &ms, &n)));
    cr_expect(not(presence_id_parse(STR("-"), &ms, &n)));
    cr_expect(not(presence_id_parse(STR("1-2-3"), &ms, &n)));
    cr_expect(not(presence_id_parse(STR(""), &ms, &n)));
}
