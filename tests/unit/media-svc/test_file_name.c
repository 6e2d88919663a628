/* What becomes of names that people give their files. */
#include <criterion/criterion.h>
#include <string.h>

#include "file_name.h"

static void expect_clean(const char *name, const char *want)
{
    struct buf b = {0};
    file_name_clean(str_of(name), &b);
    cr_expect_str_eq(buf_c(&b), want);
    buf_fini(&b);
}

Test(file_name, is_a_name_and_no_path)
{
    expect_clean("report.pdf", "report.pdf");
    expect_clean("C:\\Users\\me\\report.pdf", "report.pdf");
    expect_clean("../../etc/passwd", "passwd");
    expect_clean("a/b/", "file");
    expect_clean("", "file");
    expect_clean("..", "file");
}

Test(file_name, has_no_controls_and_turns_no_text_around)
{
    expect_clean("a\r\nb\tc.txt", "abc.txt");
    expect_clean("photo\xe2\x80\xae"
                 "gnp.exe",
                 "photognp.exe");
    expect_clean("  spaced out . ", "spaced out");
    expect_clean("Grüße 漢字.txt", "Grüße 漢字.txt");
}

Test(file_name, too_long_keeps_its_ending_and_whole_characters)
{
    struct buf name = {0}, b = {0};
    for (int i = 0; i < 200; i++)
        buf_cstr(&name, "ü");
    buf_cstr(&name, ".jpeg");
    file_name_clean(buf_view(&name), &b);
    cr_expect_leq(b.n, FILE_NAME_MAX);
    cr_expect_geq(b.n, FILE_NAME_MAX - 1);
    cr_expect(str_utf8(buf_view(&b)));
    cr_expect_str_eq(buf_c(&b) + b.n - 5, ".jpeg");
    buf_fini(&name);
    buf_fini(&b);
}

static void expect_header(const char *how, const char *name, const char *want)
{
    struct buf b = {0};
    file_name_disposition(how, str_of(name), &b);
    cr_expect_str_eq(buf_c(&b), want);
    buf_fini(&b);
}

Test(file_name, stands_in_the_header_so_that_it_cannot_be_misread)
{
    expect_header("attachment", "a b.txt", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
    expect_header("inline", "Grüße.png", "inline; filename=\"Gr__e.png\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png");
    expect_header("attachment", "a\"; filename=\"b.exe",
                  "attachment; filename=\"a_; filename=_b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe");
    expect_header("attachment", "50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt");
}
