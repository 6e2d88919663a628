/* What alloc.h promises. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "alloc.h"

Test(alloc, fresh_memory_is_zero_and_never_null_even_for_nothing)
{
    int *numbers = xcalloc(4, sizeof(*numbers));
    void *nothing = xcalloc(0, 0);

    for (int i = 0; i < 4; i++)
        cr_assert_eq(numbers[i], 0);
    cr_assert_not_null(nothing);
    free(numbers);
    free(nothing);
}

Test(alloc, growing_keeps_what_was_there)
{
    char *p = xrealloc(NULL, 1);

    p[0] = 'x';
    p = xrealloc(p, 100000);
    cr_assert_eq(p[0], 'x');
    free(p);
}

Test(alloc, a_copy_of_a_view_ends_where_the_view_ends)
{
    char *part = xstrndup((struct str){"abcdef", 3});
    char *empty = xstrndup((struct str){NULL, 0});
    char *whole = xstrdup("abc");

    cr_assert_str_eq(part, "abc");
    cr_assert_str_eq(empty, "");
    cr_assert_str_eq(whole, "abc");
    free(part);
    free(empty);
    free(whole);
}
