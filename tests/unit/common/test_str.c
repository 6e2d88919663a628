/* What str.h promises. */
#include <criterion/criterion.h>

#include "str.h"

Test(str, a_null_c_string_is_an_empty_view)
{
    cr_assert_eq(str_of(NULL).n, 0);
    cr_assert(str_eq(str_of(NULL), STR("")));
    cr_assert(str_is(str_of(NULL), ""));
    cr_assert(str_is(STR(""), NULL));
}

Test(str, equality_is_of_all_bytes)
{
    cr_assert(str_eq(STR("a\0b"), STR("a\0b")));
    cr_assert_not(str_eq(STR("a\0b"), STR("a\0c")));
    cr_assert_not(str_eq(STR("a"), STR("ab")));
    cr_assert_not(str_is(STR("a\0"), "a"));
    cr_assert(str_starts(STR("abc"), STR("ab")));
    cr_assert(str_starts(STR("abc"), STR("")));
    cr_assert_not(str_starts(STR("a"), STR("ab")));
}

Test(str, a_number_is_decimal_digits_and_nothing_else)
{
    static const char *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "01",
                                      "00",
                                      "0x1",
                                      "1.0",
                                      "1e3",
                                      "９",
                                      "a",
                                      "9223372036854775808",
                                      "18446744073709551616",
                                      "99999999999999999999"};
    int64_t v = -7;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_not(str_i64(str_of(bad[i]), &v), "%s", bad[i]);
    cr_assert_not(str_i64(STR("1\0"), &v));
    cr_assert_eq(v, -7, "untouched");
    cr_assert(str_i64(STR("0"), &v));
    cr_assert_eq(v, 0);
    cr_assert(str_i64(STR("9223372036854775807"), &v));
    cr_assert_eq(v, INT64_MAX);
    cr_assert(str_i64((struct str){"123", 2}, &v));
    cr_assert_eq(v, 12);
}

Test(str, cutting_walks_all_parts_and_ends_empty)
{
    struct str rest = STR("a,,bc"), part;

    rest = str_cut(rest, ',', &part);
    cr_assert(str_is(part, "a"));
    rest = str_cut(rest, ',', &part);
    cr_assert(str_is(part, ""));
    rest = str_cut(rest, ',', &part);
    cr_assert(str_is(part, "bc"));
    cr_assert_eq(rest.n, 0);
    rest = str_cut(rest, ',', &part);
    cr_assert_eq(part.n, 0);
    cr_assert_eq(rest.n, 0);
    rest = str_cut((struct str){NULL, 0}, ',', &part);
    cr_assert_eq(rest.n, 0);
    rest = str_cut(STR("x,"), ',', &part);
    cr_assert(str_is(part, "x"));
    cr_assert_eq(rest.n, 0);
}

Test(str, well_formed_utf8_is_accepted)
{
    static const char *const good[] = {"",
                                       "plain",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "grüße 😀"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_assert(str_utf8(str_of(good[i])), "%zu", i);
    cr_assert(str_utf8(STR("a\0b")));
    cr_assert(str_utf8((struct str){NULL, 0}));
}

Test(str, overlong_forms_surrogates_and_cut_sequences_are_refused)
{
    static const char *const bad[] = {
        "\x80",             /* continuation alone */
        "\xc0\x80",         /* overlong NUL */
        "\xc1\xbf",         /* overlong */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* surrogate D800 */
        "\xed\xbf\xbf",     /* surrogate DFFF */
        "\xf4\x90\x80\x80", /* beyond 10FFFF */
        "\xf5\x80\x80\x80", /* no lead byte */
        "\xff",             /* no lead byte */
        "\xc2",             /* cut */
        "\xe2\x82",         /* cut */
        "\xf0\x9f\x98",     /* cut */
        "abc\xc3",          /* cut */
        "\xc2\x41",         /* no continuation */
        "\xe2\x28\xa1",     /* no continuation */
        "\xf0\x9f\x98\x41", /* no continuation */
        "\xe2\x82\xc0",     /* no continuation */
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_assert_not(str_utf8(str_of(bad[i])), "%zu", i);
}

Test(str, a_sequence_cut_by_the_end_of_the_view_is_not_read_past_it)
{
    cr_assert_not(str_utf8((struct str){"\xe2\x82\xac", 2}));
    cr_assert(str_utf8((struct str){"\xe2\x82\xac", 3}));
}

Test(str, hexadecimal_digits_of_either_case_and_nothing_else)
{
    static const char digits[] = "0123456789abcdef", upper[] = "ABCDEF", none[] = "gG/:@`";
    for (int i = 0; i < 16; i++)
        cr_expect_eq(str_hex_digit(digits[i]), i);
    for (int i = 0; i < 6; i++)
        cr_expect_eq(str_hex_digit(upper[i]), 10 + i);
    for (size_t i = 0; i < sizeof none; i++)
        cr_expect_eq(str_hex_digit(none[i]), -1);
}

Test(str, a_number_has_one_text)
{
    char text[STR_NUMBER];
    cr_assert(str_is(str_decimal(0, text), "0"));
    cr_assert(str_is(str_decimal(-7, text), "-7"));
    cr_assert(str_is(str_decimal(INT64_MAX, text), "9223372036854775807"));
    cr_assert(str_is(str_decimal(INT64_MIN, text), "-9223372036854775808"));
    cr_assert(str_is(str_hex(0, text), "0"));
    cr_assert(str_is(str_hex(0xbeef, text), "beef"));
    cr_assert(str_is(str_hex(UINT64_MAX, text), "ffffffffffffffff"));
}

Test(str, a_copy_is_cut_to_its_place)
{
    char place[4] = "xyz";
    str_copy(place, sizeof place, STR("abcdef"));
    cr_assert(str_is(str_of(place), "abc"));
    str_copy(place, sizeof place, STR("ab"));
    cr_assert(str_is(str_of(place), "ab"));
    str_copy(place, sizeof place, (struct str){0});
    cr_assert(str_is(str_of(place), ""));
}
