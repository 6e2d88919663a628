/* Statement parameters: what reaches PostgreSQL as text. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "db.h"
#include "db_conn.h"

static void check(struct db_params *p, size_t i, const char *expected)
{
    db_params_settle(p);
    cr_assert(lt(sz, i, p->n));
    cr_assert_str_eq(p->v[i], expected);
}

Test(db_params, values_are_text)
{
    struct db_params p = {0};
    db_p_int(&p, INT64_MIN);
    db_p_str(&p, STR("O'Brien \\ \"x\""));
    db_p_cstr(&p, "");
    check(&p, 0, "-9223372036854775808");
    check(&p, 1, "O'Brien \\ \"x\"");
    check(&p, 2, "");
    db_params_fini(&p);
}

Test(db_params, a_bytea_is_its_bytes_moved_too)
{
    struct db_params p = {.binary_result = true}, to;
    db_p_int(&p, 5);
    db_p_bytes(&p, (struct str){"\x00\xff\x1a", 3});
    db_p_bytes(&p, (struct str){NULL, 0});
    db_params_move(&to, &p);
    db_params_settle(&to);
    cr_assert_eq(to.binary_result, true);
    cr_assert_eq(to.format[0], 0);
    cr_assert_eq(to.format[1], 1);
    cr_assert_eq(to.length[1], 3);
    cr_assert_arr_eq(to.v[1], "\x00\xff\x1a", 3);
    /* Empty, and not NULL. */
    cr_assert_not_null(to.v[2]);
    cr_assert_eq(to.length[2], 0);
    db_params_fini(&to);
}

Test(db_params, null_is_null_and_not_empty)
{
    struct db_params p = {0};
    db_p_null(&p);
    db_p_cstr(&p, NULL);
    db_p_str(&p, (struct str){NULL, 0});
    db_params_settle(&p);
    cr_assert_null(p.v[0]);
    cr_assert_null(p.v[1]);
    check(&p, 2, "");
    db_params_fini(&p);
}

Test(db_params, array_elements_are_quoted)
{
    struct db_params p = {0};
    db_p_array(&p);
    db_p_array_str(&p, STR("plain"));
    db_p_array_str(&p, STR("{a,b}"));
    db_p_array_str(&p, STR("say \"hi\" \\ bye"));
    db_p_array_str(&p, STR(""));
    db_p_array_str(&p, STR("NULL"));
    db_p_array_null(&p);
    db_p_array_bytes(&p, STR("\x01\xfe"));
    db_p_array_end(&p);
    check(&p, 0, "{\"plain\",\"{a,b}\",\"say \\\"hi\\\" \\\\ bye\",\"\",\"NULL\",NULL,\"\\\\x01fe\"}");
    db_params_fini(&p);
}

Test(db_params, arrays_of_none_one_and_many_numbers)
{
    struct db_params p = {0};
    db_p_array(&p);
    db_p_array_end(&p);
    db_p_array(&p);
    db_p_array_int(&p, 7);
    db_p_array_end(&p);
    db_p_array(&p);
    for (int i = 0; i < 3; i++)
        db_p_array_int(&p, i - 1);
    db_p_array_end(&p);
    check(&p, 0, "{}");
    check(&p, 1, "{7}");
    check(&p, 2, "{-1,0,1}");
    db_params_fini(&p);
}

Test(db_params, a_nul_byte_becomes_the_replacement_character)
{
    struct db_params p = {0};
    db_p_str(&p, (struct str){"a\0b", 3});
    db_p_array(&p);
    db_p_array_str(&p, (struct str){"\0", 1});
    db_p_array_end(&p);
    check(&p, 0,
          "a\xef\xbf\xbd"
          "b");
    check(&p, 1, "{\"\xef\xbf\xbd\"}");
    db_params_fini(&p);
}

Test(db_params, moving_copies_what_was_pointed_at)
{
    char own[] = "mine";
    struct db_params from = {.v = {own, NULL}, .n = 2}, to;
    db_p_int(&from, 12);
    db_params_move(&to, &from);
    own[0] = 'X';
    check(&to, 0, "mine");
    cr_assert_null(to.v[1]);
    check(&to, 2, "12");
    cr_assert(eq(sz, from.n, 0));
    db_params_fini(&to);
}
