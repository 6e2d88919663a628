/* What jsonw.h promises. */
#include <criterion/criterion.h>

#include "jsonw.h"

Test(jsonw, commas_stand_between_items_of_every_level)
{
    struct buf out = {0};
    struct jsonw w = jsonw_on(&out);

    jsonw_obj(&w, NULL);
    jsonw_int(&w, "a", 1);
    jsonw_arr(&w, "b");
    jsonw_int(&w, NULL, -2);
    jsonw_obj(&w, NULL);
    jsonw_obj_end(&w);
    jsonw_obj(&w, NULL);
    jsonw_bool(&w, "t", true);
    jsonw_bool(&w, "f", false);
    jsonw_obj_end(&w);
    jsonw_arr(&w, NULL);
    jsonw_arr_end(&w);
    jsonw_arr_end(&w);
    jsonw_null(&w, "n");
    jsonw_id(&w, "id", INT64_MAX);
    jsonw_cstr(&w, "s", "x");
    jsonw_raw(&w, "r", STR("[1,2]"));
    jsonw_obj_end(&w);
    cr_assert_str_eq(buf_c(&out), "{\"a\":1,\"b\":[-2,{},{\"t\":true,\"f\":false},[]],\"n\":null,"
                                  "\"id\":\"9223372036854775807\",\"s\":\"x\",\"r\":[1,2]}");
    buf_fini(&out);
}

Test(jsonw, what_json_forbids_in_strings_is_escaped_and_nothing_else)
{
    struct buf out = {0};
    struct jsonw w = jsonw_on(&out);

    jsonw_str(&w, NULL, STR("q\" b\\ n\n r\r t\t \x01\x1f\x7f \0 / <é😀>"));
    cr_assert_str_eq(buf_c(&out), "\"q\\\" b\\\\ n\\n r\\r t\\t \\u0001\\u001f\x7f \\u0000 / <é😀>\"");
    buf_fini(&out);
}

Test(jsonw, an_empty_string_and_one_that_ends_in_an_escape)
{
    struct buf out = {0};
    struct jsonw w = jsonw_on(&out);

    jsonw_arr(&w, NULL);
    jsonw_str(&w, NULL, (struct str){NULL, 0});
    jsonw_str(&w, NULL, STR("\n"));
    jsonw_cstr(&w, NULL, NULL);
    jsonw_arr_end(&w);
    cr_assert_str_eq(buf_c(&out), "[\"\",\"\\n\",\"\"]");
    buf_fini(&out);
}

Test(jsonw, a_key_that_is_data_is_escaped_and_its_value_follows)
{
    struct buf out = {0};
    struct jsonw w = jsonw_on(&out);

    jsonw_obj(&w, NULL);
    jsonw_key(&w, STR("a\"b"));
    jsonw_int(&w, NULL, 1);
    jsonw_key(&w, STR("o"));
    jsonw_obj(&w, NULL);
    jsonw_key(&w, STR("in"));
    jsonw_arr(&w, NULL);
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    jsonw_key(&w, STR("z"));
    jsonw_null(&w, NULL);
    jsonw_int(&w, "plain", 2);
    jsonw_obj_end(&w);
    cr_assert_str_eq(buf_c(&out), "{\"a\\\"b\":1,\"o\":{\"in\":[]},\"z\":null,\"plain\":2}");
    buf_fini(&out);
}

Test(jsonw, it_appends_behind_what_the_buffer_holds)
{
    struct buf out = {0};
    struct jsonw w;

    buf_cstr(&out, "R 1 ok\n");
    w = jsonw_on(&out);
    jsonw_obj(&w, NULL);
    jsonw_obj_end(&w);
    cr_assert_str_eq(buf_c(&out), "R 1 ok\n{}");
    buf_fini(&out);
}

Test(jsonw, sixteen_levels_are_allowed)
{
    struct buf out = {0};
    struct jsonw w = jsonw_on(&out);

    for (int i = 0; i < 16; i++)
        jsonw_arr(&w, NULL);
    for (int i = 0; i < 16; i++)
        jsonw_arr_end(&w);
    cr_assert_str_eq(buf_c(&out), "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]");
    buf_fini(&out);
}
