/* Names: what is accepted in many scripts, and what looks alike. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "err.h"
#include "username.h"

static void setup(void)
{
    cr_assert(zero(int, username_init()));
}

TestSuite(username, .init = setup, .fini = username_fini);
TestSuite(display_name, .init = setup, .fini = username_fini);

static void accepted(const char *typed, const char *shown, const char *key)
{
    struct username n;
    cr_assert(zero(int, username_parse(str_of(typed), &n)), "%s", typed);
    cr_assert_str_eq(buf_c(&n.shown), shown);
    cr_assert_str_eq(buf_c(&n.key), key);
    username_free(&n);
}

static void refused(const char *typed)
{
    struct username n;
    cr_assert(eq(int, username_parse(str_of(typed), &n), ERR_USERNAME_INVALID), "%s", typed);
    username_free(&n);
}

static bool alike(const char *a, const char *b)
{
    struct username x, y;
    cr_assert(zero(int, username_parse(str_of(a), &x)), "%s", a);
    cr_assert(zero(int, username_parse(str_of(b), &y)), "%s", b);
    bool same = str_eq(buf_view(&x.skeleton), buf_view(&y.skeleton));
    username_free(&x);
    username_free(&y);
    return same;
}

Test(username, plain_names_keep_their_case_and_are_one_name_without_it)
{
    accepted("Alice", "Alice", "alice");
    accepted("ALICE", "ALICE", "alice");
    accepted("j.r.r_tolkien-2", "j.r.r_tolkien-2", "j.r.r_tolkien-2");
    accepted("ab", "ab", "ab");
    accepted("42", "42", "42");
}

Test(username, every_script_may_be_used)
{
    accepted("Zo\xc3\xab", "Zo\xc3\xab", "zo\xc3\xab");
    accepted("Stra\xc3\x9f"
             "e",
             "Stra\xc3\x9f"
             "e",
             "strasse");
    accepted("Иван", "Иван", "иван");
    accepted("Ελένη", "Ελένη", "ελένη");
    accepted("ΝΊΚΟΣ", "ΝΊΚΟΣ", "νίκοσ");
    accepted("νίκος", "νίκος", "νίκοσ");
    accepted("İpek", "İpek", "i\xcc\x87pek");
    accepted("Kılıç", "Kılıç", "kılıç");
    accepted("山田太郎", "山田太郎", "山田太郎");
    accepted("やまだタロウ", "やまだタロウ", "やまだタロウ");
    accepted("김철수", "김철수", "김철수");
    accepted("محمد", "محمد", "محمد");
    accepted("दिनेश", "दिनेश", "दिनेश");
    accepted("สมชาย", "สมชาย", "สมชาย");
    accepted("דוד", "דוד", "דוד");
}

Test(username, compatibility_forms_are_normalised)
{
    accepted("Ａlｉcｅ", "Alice", "alice");
    accepted("e\xcc\x81mile", "\xc3\xa9mile", "\xc3\xa9mile");
    accepted("oﬃce", "office", "office");
}

Test(username, length_is_counted_in_characters)
{
    refused("");
    refused("a");
    accepted("山田", "山田", "山田");
    accepted("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    refused("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

Test(username, other_characters_are_refused)
{
    const char *bad[] = {
        "a b",
        "a@b",
        "<b>",
        "a/b",
        "a\\b",
        "a\tb",
        "a\nb",
        "al'ice",
        "a,b",
        "\xf0\x9f\x98\x80ok",
        "x\xe2\x80\x8dx", /* joiner */
        "x\xe2\x80\x8bx", /* zero-width space */
        "x\xe2\x80\xaex", /* right-to-left override */
        "\xc2\xadxx",     /* soft hyphen */
        "x\x7fx",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refused(bad[i]);
}

Test(username, punctuation_is_inside_only)
{
    refused(".ab");
    refused("ab.");
    refused("-ab");
    refused("ab_");
    refused("..");
}

Test(username, marks_need_a_letter_and_do_not_pile_up)
{
    refused("\xcc\x81"
            "ab");
    refused("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
            "b");
}

Test(username, scripts_are_not_mixed)
{
    refused("аlice"); /* Cyrillic а */
    refused("pаypal");
    refused("αlpha");
    refused("алиceв");
}

Test(username, bytes_that_are_no_utf8_are_refused)
{
    refused("a\xff"
            "b");
    refused("ab\xc3");
    refused("a\xed\xa0\x80"
            "b");
}

Test(username, names_that_look_alike_share_a_skeleton)
{
    cr_assert(alike("alice", "aIice"));
    cr_assert(alike("paypal", "paypa1"));
    cr_assert(alike("сосо", "coco")); /* all Cyrillic, all Latin */
    cr_assert(alike("mark", "rnark"));
    cr_assert(alike("b0b", "bob"));
    cr_assert(not(alike("alice", "alicia")));
    cr_assert(not(alike("bob", "rob")));
    cr_assert(not(alike("user-12", "user-21")));
}

static void shows(const char *typed, const char *expected)
{
    struct buf out = {0};
    cr_assert(zero(int, display_name_parse(str_of(typed), &out)), "%s", typed);
    cr_assert_str_eq(buf_c(&out), expected);
    buf_fini(&out);
}

static void shows_not(const char *typed)
{
    struct buf out = {0};
    cr_assert(eq(int, display_name_parse(str_of(typed), &out), ERR_NAME_INVALID), "%s", typed);
    buf_fini(&out);
}

Test(display_name, is_trimmed_and_composed)
{
    shows("  Ada Lovelace \t", "Ada Lovelace");
    shows("\xe3\x80\x80山田 太郎\xe3\x80\x80", "山田 太郎");
    shows("Rene\xcc\x81", "Ren\xc3\xa9");
    shows("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 Mae", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 Mae");
    shows("x", "x");
}

Test(display_name, nothing_visible_is_refused)
{
    shows_not("");
    shows_not("   ");
    shows_not("\xe2\x80\x8b");
    shows_not("\xc2\xad\xc2\xad");
}

Test(display_name, control_and_direction_characters_are_refused)
{
    shows_not("a\nb");
    shows_not("a\x1b[31mb");
    shows_not("a\xe2\x80\xae"
              "b");
    shows_not("a\xe2\x81\xa6"
              "b");
    shows_not("a\xe2\x80\xa8"
              "b");
    shows_not("a\xff");
}

Test(display_name, has_at_most_80_characters)
{
    struct buf name = {0};
    for (int i = 0; i < 80; i++)
        buf_cstr(&name, "é");
    shows(buf_c(&name), buf_c(&name));
    buf_cstr(&name, "é");
    shows_not(buf_c(&name));
    buf_fini(&name);
}
