/* Members leave the text of an object; the rest stays byte for byte. */
#include <criterion/criterion.h>

#include "json_cut.h"

static const char *const hidden[] = {"secret", "age", NULL};

static void check_cut(const char *json, const char *want)
{
    struct buf b = {0};
    json_cut(str_of(json), hidden, &b);
    cr_assert_str_eq(buf_c(&b), want);
    buf_fini(&b);
}

Test(json_cut, takes_the_named_members_out)
{
    check_cut("{\"a\":1,\"secret\":\"x\",\"b\":2,\"age\":3}", "{\"a\":1,\"b\":2}");
    check_cut("{\"secret\":\"x\",\"a\":1}", "{\"a\":1}");
    check_cut("{\"secret\":\"x\"}", "{}");
    check_cut("{}", "{}");
}

Test(json_cut, leaves_members_of_inner_objects_alone)
{
    check_cut("{\"a\":{\"secret\":1},\"secret\":{\"a\":[1,{}]},\"c\":[\"secret\"]}",
              "{\"a\":{\"secret\":1},\"c\":[\"secret\"]}");
}

Test(json_cut, is_not_misled_by_strings)
{
    check_cut("{\"a\":\"},\\\"secret\\\":\\\\\",\"secret\":\"{,\\\"\"}", "{\"a\":\"},\\\"secret\\\":\\\\\"}");
}

Test(json_cut, takes_space_between_members)
{
    check_cut(" { \"a\" : 1 , \"secret\" : 2 , \"b\" : 3 } ", "{\"a\" : 1 ,\"b\" : 3 }");
}
