/* What people write of themselves: texts, one emoji, a time zone. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "err.h"
#include "prose.h"

static void taken(const char *typed, int max, bool lines, const char *kept)
{
    struct buf out = {0};
    cr_assert(zero(int, prose_parse(str_of(typed), max, lines, &out)), "%s", typed);
    cr_expect_str_eq(buf_c(&out), kept);
    buf_fini(&out);
}

static void refused(const char *typed, int max, bool lines)
{
    struct buf out = {0};
    cr_expect(eq(int, prose_parse(str_of(typed), max, lines, &out), ERR_TEXT_INVALID), "%s", typed);
    cr_expect(eq(sz, out.n, 0));
    buf_fini(&out);
}

Test(prose, space_around_a_text_goes_and_space_within_stays)
{
    taken("  in a  meeting \n", 20, false, "in a  meeting");
    taken("", 20, false, "");
    taken(" \xe2\x80\x83\n ", 20, false, "");
    taken("one\n\ntwo", 20, true, "one\n\ntwo");
}

Test(prose, no_bytes_at_all_are_an_empty_text)
{
    struct buf out = {0};
    cr_assert(zero(int, prose_parse((struct str){0}, 20, false, &out)));
    cr_expect(eq(sz, out.n, 0));
    buf_fini(&out);
}

Test(prose, length_is_counted_in_characters_not_bytes)
{
    taken("äöü", 3, false, "äöü");
    refused("äöüß", 3, false);
    taken("  äöü  ", 3, false, "äöü");
    taken("👩‍💻", 3, false, "👩‍💻");
}

Test(prose, lines_controls_and_directions_are_refused)
{
    refused("two\nlines", 20, false);
    refused("a\tb", 20, true);
    refused("a\rb", 20, true);
    refused("a\x1b[31m", 20, true);
    refused("\xe2\x80\xaegnp.exe", 20, true);
}

Test(prose, one_emoji_is_one_picture)
{
    static const char *const good[] = {
        "",  "😀", "❤️", "👍🏽", "👩‍💻", "🏴‍☠️", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "☕", "❤"};
    static const char *const bad[] = {"a",  "1", "12",  "😀😀",           "😀 ",   " 😀",           "<b>",
                                      "ok", "#", "‍", "\xef\xb8\x8f", "🇩🇪🇫🇷", "😀\xe2\x80\xae"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(prose_is_emoji(str_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(not(prose_is_emoji(str_of(bad[i]))), "%s", bad[i]);
}

Test(prose, a_picture_of_a_hundred_parts_is_none)
{
    struct buf text = {0};
    buf_cstr(&text, "👩");
    for (int i = 0; i < 100; i++)
        buf_cstr(&text, "‍👩");
    cr_expect(not(prose_is_emoji(buf_view(&text))));
    buf_fini(&text);
}

Test(prose, time_zones_are_names_of_the_database)
{
    static const char *const good[] = {"Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+3",
                                       "Asia/Kolkata"};
    static const char *const bad[] = {"",         "Europe", "Europe/Nowhere", "europe/berlin ", "GMT+01:00",
                                      "Foo/Bar3", "CET",    "posix/UTC",      "../UTC",         "Europe/Berlin\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(prose_is_time_zone(str_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(not(prose_is_time_zone(str_of(bad[i]))), "%s", bad[i]);
    cr_expect(not(prose_is_time_zone(STR("EST\0 /"))), "a NUL ends nothing");
}
