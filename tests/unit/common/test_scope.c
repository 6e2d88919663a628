/* Scopes by their names. */
#include <criterion/criterion.h>

#include "scope.h"

Test(scope, each_has_a_bit_of_its_own_by_its_name)
{
    uint32_t all = 0;
    for (int i = 0; i < SCOPE_LOGIN; i++) {
        uint32_t one = scope_named(str_of(scope_name((enum scope)i)));
        cr_expect(scope_in(one, (enum scope)i));
        cr_expect_eq(all & one, 0);
        all |= one;
    }
    cr_expect(!scope_in(all, SCOPE_LOGIN), "no set of scopes is a login");
    cr_expect(scope_in(SCOPES_OF_LOGIN, SCOPE_LOGIN) && scope_in(SCOPES_OF_LOGIN, SCOPE_READ));
}

Test(scope, what_is_none_has_no_bit)
{
    cr_expect_eq(scope_named(STR("login")), 0);
    cr_expect_eq(scope_named(STR("")), 0);
    cr_expect_eq(scope_named(STR("READ")), 0);
}
