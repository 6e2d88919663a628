/* What buf.h promises. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "buf.h"

Test(buf, a_zeroed_one_is_empty_and_a_c_string)
{
    struct buf b = {0};

    cr_assert_eq(buf_view(&b).n, 0);
    cr_assert_str_eq(buf_c(&b), "");
    buf_fini(&b);
    cr_assert_null(b.p);
    buf_fini(&b);
}

Test(buf, appends_in_order_over_every_growth)
{
    struct buf b = {0};

    for (int i = 0; i < 10000; i++)
        buf_char(&b, (char)('a' + i % 26));
    cr_assert_eq(b.n, 10000);
    for (int i = 0; i < 10000; i++)
        cr_assert_eq(b.p[i], 'a' + i % 26);
    buf_fini(&b);
}

Test(buf, putting_nothing_from_nowhere_is_allowed)
{
    struct buf b = {0};

    buf_put(&b, NULL, 0);
    buf_str(&b, (struct str){NULL, 0});
    buf_cstr(&b, NULL);
    cr_assert_eq(b.n, 0);
    cr_assert_null(b.p);
}

Test(buf, binary_bytes_survive)
{
    struct buf b = {0};

    buf_put(&b, "a\0b", 3);
    buf_str(&b, STR("\0"));
    cr_assert_eq(b.n, 4);
    cr_assert_eq(memcmp(b.p, "a\0b\0", 4), 0);
    buf_fini(&b);
}

Test(buf, numbers_of_every_size_read_as_printf_writes_them)
{
    static const int64_t numbers[] = {0, 1, -1, 9, 10, -10, 1234567890123, INT64_MAX, INT64_MIN};
    struct buf b = {0}, expected = {0};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        buf_reset(&b);
        buf_reset(&expected);
        buf_i64(&b, numbers[i]);
        buf_printf(&expected, "%" PRId64, numbers[i]);
        cr_assert_str_eq(buf_c(&b), buf_c(&expected));
    }
    buf_fini(&b);
    buf_fini(&expected);
}

Test(buf, printf_of_any_length_is_whole)
{
    struct buf b = {0};

    for (int width = 1; width <= 300; width++) {
        buf_reset(&b);
        buf_printf(&b, "%*d|", width, 7);
        cr_assert_eq(b.n, (size_t)width + 1);
        cr_assert_eq(b.p[width - 1], '7');
        cr_assert_eq(b.p[width], '|');
    }
    buf_fini(&b);
}

Test(buf, reset_keeps_the_memory_and_forgets_the_bytes)
{
    struct buf b = {0};
    char *before;

    buf_cstr(&b, "something");
    before = b.p;
    buf_reset(&b);
    cr_assert_eq(buf_view(&b).n, 0);
    buf_cstr(&b, "x");
    cr_assert_eq(b.p, before);
    cr_assert_str_eq(buf_c(&b), "x");
    buf_fini(&b);
}

Test(buf, the_c_string_form_does_not_count_its_nul)
{
    struct buf b = {0};

    buf_cstr(&b, "ab");
    cr_assert_str_eq(buf_c(&b), "ab");
    buf_cstr(&b, "cd");
    cr_assert_str_eq(buf_c(&b), "abcd");
    cr_assert_eq(b.n, 4);
    buf_fini(&b);
}
