/* Names of files on the wire. */
#include <criterion/criterion.h>
#include <string.h>

#include "file_id.h"

Test(file_id, printed_and_read_again_is_the_same)
{
    char text[FILE_ID_TEXT];
    struct file_id a = file_id_make(), b = file_id_make();
    cr_assert_neq(memcmp(&a, &b, sizeof(a)), 0, "two are different");
    file_id_print(&a, text);
    cr_assert_eq(strlen(text), 32);
    cr_assert(file_id_parse(str_of(text), &b));
    cr_assert_eq(memcmp(&a, &b, sizeof(a)), 0);
}

Test(file_id, another_spelling_is_none)
{
    static const char *const bad[] = {"", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
                                      "0123456789ABCDEF0123456789abcdef", "0123456789abcdeg0123456789abcdef"};
    struct file_id id;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_not(file_id_parse(str_of(bad[i]), &id), "%s", bad[i]);
}
