/* How pages are written, and what they say then. */
#include <string.h>

#include <criterion/criterion.h>

#include "charset.h"

static void expect(const char *type, const char *page, const char *name)
{
    const char *is = charset_of(type, page, strlen(page));
    cr_expect(is == name || (is != NULL && name != NULL && strcmp(is, name) == 0), "%s %s: %s", type, page,
              is != NULL ? is : "UTF-8");
}

Test(charset, its_content_type_counts_before_what_it_says_itself)
{
    expect("text/html; charset=windows-1251", "<meta charset=koi8-r>", "WINDOWS-1251");
    expect("text/html; CHARSET=\"ISO-8859-1\"", "", "WINDOWS-1252");
    expect("text/html", "<meta charset=\"koi8-r\">", "KOI8-R");
    expect("text/html", "<meta http-equiv=Content-Type content='text/html; charset=Shift_JIS'>", "CP932");
    expect("text/html", "<title>words</title>", NULL);
    expect("text/html; charset=utf-8", "<meta charset=koi8-r>", NULL);
    expect("text/html; charset=no-such-thing-at-all-anywhere", "", NULL);
    expect("text/html; charset=windows-1251", "\xef\xbb\xbf", NULL);
    expect("text/html", "\xff\xfe<", "UTF-16");
}

static void expect_text(const char *name, const char *bytes, const char *text)
{
    char out[64];
    void *converter = charset_open(name);
    size_t n = charset_convert(converter, bytes, strlen(bytes), out, sizeof out);
    charset_close(converter);
    cr_expect(n == strlen(text) && memcmp(out, text, n) == 0, "%s: %.*s", name, (int)n, out);
}

Test(charset, texts_become_utf_8_and_what_cannot_be_read_is_left_out)
{
    expect_text(NULL, "w\xc3\xb6rter", "wörter");
    expect_text("WINDOWS-1252", "w\xf6rter \x80", "wörter €");
    expect_text("WINDOWS-1251", "\xf1\xeb\xee\xe2\xee", "слово");
    expect_text("WINDOWS-1252",
                "a\x81"
                "b",
                "ab");
    expect_text("UTF-16",
                "\xff\xfe"
                "a",
                "");
}

Test(charset, it_never_writes_more_than_there_is_room)
{
    char out[4];
    void *converter = charset_open("WINDOWS-1252");
    cr_expect_leq(charset_convert(converter, "\x80\x80\x80", 3, out, sizeof out), sizeof out);
    charset_close(converter);
    cr_expect_eq(charset_convert(NULL, "abcdef", 6, out, sizeof out), 4);
}
