/* Names of a connection string are found, and looked up into lists as libpq wants them. */
#include <criterion/criterion.h>
#include <string.h>

#include "db_address.h"

Test(db_address, only_names_need_the_resolver)
{
    cr_expect(db_address_has_names("postgresql://u:p@db.example.org:5432/parley"));
    cr_expect(db_address_has_names("host=127.0.0.1,localhost dbname=parley"));
    cr_expect_not(db_address_has_names("postgresql://u:p@127.0.0.1:5432/parley"));
    cr_expect_not(db_address_has_names("postgresql://u@[::1]/parley"));
    cr_expect_not(db_address_has_names("host=/run/postgresql dbname=parley"));
    cr_expect_not(db_address_has_names("host=db.example.org hostaddr=127.0.0.1"));
    cr_expect_not(db_address_has_names("dbname=parley"));
    cr_expect_not(db_address_has_names("not a = connection ' string"));
}

Test(db_address, a_name_stands_once_for_each_of_its_addresses)
{
    struct db_address a = {0};
    cr_assert_null(db_address_resolve(&a, "host=localhost port=6543 dbname=x"));
    cr_expect(strstr(buf_c(&a.hostaddr), "127.0.0.1") || strstr(buf_c(&a.hostaddr), "::1"), "%s", buf_c(&a.hostaddr));
    cr_expect_eq(strncmp(buf_c(&a.host), "localhost", 9), 0);
    cr_expect_eq(strncmp(buf_c(&a.port), "6543", 4), 0);
    db_address_fini(&a);
}

Test(db_address, numbers_and_ports_keep_their_places)
{
    struct db_address a = {0};
    cr_assert_null(db_address_resolve(&a, "host=10.0.0.1,/run/pg port=1,2"));
    cr_expect_str_eq(buf_c(&a.host), "10.0.0.1,/run/pg");
    cr_expect_str_eq(buf_c(&a.hostaddr), ",");
    cr_expect_str_eq(buf_c(&a.port), "1,2");
    db_address_fini(&a);
}

Test(db_address, an_unknown_name_is_told)
{
    struct db_address a = {0};
    cr_expect_not_null(db_address_resolve(&a, "host=nobody.invalid"));
    db_address_fini(&a);
}
