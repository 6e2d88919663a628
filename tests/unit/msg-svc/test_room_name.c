/* Names of rooms. */
#include <string.h>

#include <criterion/criterion.h>

#include "room_name.h"

static bool trims_to(struct str name, const char *expected)
{
    return str_is(room_name_trim(name), expected);
}

Test(room_name, white_space_at_both_ends_goes)
{
    cr_assert(trims_to(STR("  a b\t\n"), "a b"));
    cr_assert(trims_to(STR("\xc2\xa0\xe3\x80\x80x\xe3\x80\x80 "), "x"));
    cr_assert(trims_to(STR("plain"), "plain"));
    cr_assert(trims_to(STR(" \t "), ""));
    cr_assert(trims_to(STR(""), ""));
}

Test(room_name, eighty_characters_pass_however_many_bytes_they_have)
{
    enum { WIDE = 4 };
    static const char smile[] = "\xf0\x9f\x98\x80";
    char name[81 * WIDE];
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = smile[i % WIDE];
    cr_assert(room_name_ok((struct str){name, sizeof name - WIDE}));
    cr_assert_not(room_name_ok((struct str){name, sizeof name}));
    memset(name, 'a', 81);
    cr_assert(room_name_ok((struct str){name, 80}));
    cr_assert_not(room_name_ok((struct str){name, 81}));
}

Test(room_name, controls_and_turned_text_are_refused)
{
    cr_assert_not(room_name_ok(STR("a\x07")));
    cr_assert_not(room_name_ok(STR("a\nb")));
    cr_assert_not(room_name_ok(STR("a\x7f")));
    cr_assert_not(room_name_ok(STR("a\xc2\x85")));
    cr_assert_not(room_name_ok(STR("a\xe2\x80\xae"
                                   "b")));
    cr_assert_not(room_name_ok(STR("a\xe2\x80\xa8"
                                   "b")));
    cr_assert_not(room_name_ok(STR("\xff")));
    cr_assert(room_name_ok(STR("B\xc3\xbcro \xe6\x97\xa5\xe6\x9c\xac")));
    cr_assert(room_name_ok(STR("")));
}
