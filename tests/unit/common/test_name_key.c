/* What names are compared by. */
#include <criterion/criterion.h>
#include <string.h>

#include "name_key.h"

static void has_key(const char *name, const char *key)
{
    struct buf b = {0};
    cr_expect(name_key(str_of(name), &b), "%s", name);
    cr_expect_str_eq(buf_c(&b), key, "%s: %s", name, buf_c(&b));
    buf_fini(&b);
}

static void is_one_name(const char *const *ways, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        has_key(ways[i], key);
}
#define ONE_NAME(key, ...) \
    is_one_name((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), key)

Test(name_key, case_and_width_make_no_other_name)
{
    ONE_NAME("ada", "ada", "ADA", "Ada", "Ａｄａ", "ＡＤＡ");
    ONE_NAME("иван", "Иван", "ИВАН");
    has_key("", "");
}

Test(name_key, a_sigma_is_a_sigma_and_a_sharp_s_is_two)
{
    ONE_NAME("νίκοσ", "Νίκος", "ΝΊΚΟΣ", "νίκοσ", "νίκος");
    ONE_NAME("strasse", "Straße", "STRASSE", "STRAẞE", "strasſe");
}

Test(name_key, an_accent_is_part_of_its_letter_however_it_is_written)
{
    ONE_NAME("zo\xc3\xab", "Zo\xc3\xab", "ZOe\xcc\x88", "zoE\xcc\x88");
    has_key("zoe", "zoe");
}

Test(name_key, the_dots_of_turkish_letters_tell_names_apart)
{
    ONE_NAME("i\xcc\x87pek", "İpek", "İPEK", "i\xcc\x87pek", "I\xcc\x87pek");
    has_key("Ipek", "ipek");
    ONE_NAME("kılıç", "Kılıç", "KıLıÇ");
    has_key("KILIÇ", "kiliç");
}

Test(name_key, what_is_no_text_has_none)
{
    struct buf b = {0};
    char lengthy[2050];
    memset(lengthy, 'a', sizeof(lengthy));
    cr_expect_not(name_key(STR("a\xff"), &b));
    cr_expect_not(name_key(STR("ab\xc3"), &b));
    cr_expect_not(name_key((struct str){lengthy, 2049}, &b));
    cr_expect_eq(b.n, 0);
    cr_expect(name_key((struct str){lengthy, 2048}, &b));
    cr_expect_eq(b.n, 2048);
    buf_fini(&b);
}

Test(name_key, four_words_call_many)
{
    cr_expect_eq(name_calls(STR("all")), NAME_CALLS_ALL);
    cr_expect_eq(name_calls(STR("channel")), NAME_CALLS_ALL);
    cr_expect_eq(name_calls(STR("everyone")), NAME_CALLS_ALL);
    cr_expect_eq(name_calls(STR("here")), NAME_CALLS_HERE);
    cr_expect_eq(name_calls(STR("allan")), NAME_CALLS_ONE);
    cr_expect_eq(name_calls(STR("")), NAME_CALLS_ONE);
    size_t words = 0;
    for (; name_that_calls_many(words); words++)
        cr_expect_neq(name_calls(str_of(name_that_calls_many(words))), NAME_CALLS_ONE);
    cr_expect_eq(words, 4);
}
