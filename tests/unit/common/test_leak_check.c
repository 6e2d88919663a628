/* A leak fails its test: this one leaks, and is good when it fails (CMakeLists.txt). */
#include <criterion/criterion.h>
#include <stdlib.h>

Test(leak_check, a_leak_fails_the_test_that_leaked)
{
    char *volatile lost = malloc(100);

    cr_assert_not_null(lost);
    lost = NULL;
} /* NOLINT(clang-analyzer-unix.Malloc) */
