/* Makes a leaked allocation fail the test that leaked it: Criterion's test processes ignore the leak report that
 * AddressSanitizer gives at exit. Linked into every unit test with --wrap (tests/CMakeLists.txt). */
#include <criterion/criterion.h>
#include <stddef.h>

/* Absent without the sanitizer. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

void __real_criterion_internal_test_main(void (*fn)(void));
void __wrap_criterion_internal_test_main(void (*fn)(void));

static void (*test_body)(void);

static void body_and_check(void)
{
    test_body();
    if (__lsan_do_recoverable_leak_check != NULL && __lsan_do_recoverable_leak_check() != 0)
        cr_assert_fail("memory leaked, see the report of LeakSanitizer");
}

/* Runs in the test's own process. The check is part of the body, the only place whose failure Criterion counts; what
 * a fixture frees later is still reachable then and no leak. */
void __wrap_criterion_internal_test_main(void (*fn)(void))
{
    test_body = fn;
    __real_criterion_internal_test_main(body_and_check);
}
