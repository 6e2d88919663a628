/* What err.h promises. */
#include <criterion/criterion.h>
#include <string.h>

#include "err.h"

/* One enumerator a row, so that the last one is the number of rows. */
#define COUNT(number, code, status, retryable, text) ROW_##number,
enum { ERR_TABLE(COUNT) ROWS };

Test(err, success_is_ok_and_200)
{
    cr_assert_str_eq(err_code(0), "ok");
    cr_assert_eq(err_http_status(0), 200);
    cr_assert_not(err_retryable(0));
    cr_assert_eq(err_from_code(STR("ok")), 0);
}

Test(err, every_row_is_found_by_its_number_and_by_its_code)
{
    for (int err = ERR_INTERNAL; err > ERR_INTERNAL - ROWS; err--) {
        bool inside = strcmp(err_name(err), err_code(err)) != 0;

        cr_assert_eq(err_from_code(str_of(err_code(err))), inside ? ERR_INTERNAL : err, "%d", err);
        cr_assert_gt(strlen(err_text(err)), 0, "%d", err);
        cr_assert_geq(err_http_status(err), 400, "%d", err);
        cr_assert_lt(err_http_status(err), 600, "%d", err);
    }
}

Test(err, what_is_for_use_inside_leaves_as_internal_and_is_named_in_logs_only)
{
    cr_assert_str_eq(err_code(ERR_SQL), "internal");
    cr_assert_str_eq(err_text(ERR_SQL), err_text(ERR_INTERNAL));
    cr_assert_eq(err_http_status(ERR_SQL), 500);
    cr_assert_eq(err_retryable(ERR_SQL), err_retryable(ERR_INTERNAL));
    cr_assert_str_eq(err_name(ERR_SQL), "sql");
    cr_assert_eq(err_from_code(STR("sql")), ERR_INTERNAL);
}

Test(err, known_rows_have_their_known_codes)
{
    cr_assert_str_eq(err_code(ERR_INTERNAL), "internal");
    cr_assert_eq(err_http_status(ERR_INTERNAL), 500);
    cr_assert_str_eq(err_code(ERR_ROOM_NOT_FOUND), "room_not_found");
    cr_assert_eq(err_http_status(ERR_ROOM_NOT_FOUND), 404);
    cr_assert(err_retryable(ERR_BUSY));
    cr_assert_not(err_retryable(ERR_ROOM_NOT_FOUND));
}

Test(err, what_is_no_row_is_internal)
{
    static const int none[] = {1, -1, -9999, ERR_INTERNAL - ROWS, ERR_INTERNAL - ROWS - 1, -2147483647 - 1, 2147483647};

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        cr_assert_str_eq(err_code(none[i]), "internal", "%d", none[i]);
        cr_assert_eq(err_http_status(none[i]), 500);
    }
    cr_assert_eq(err_from_code(STR("no_such_code")), ERR_INTERNAL);
    cr_assert_eq(err_from_code(STR("")), ERR_INTERNAL);
    cr_assert_eq(err_from_code(STR("ok\0")), ERR_INTERNAL);
}
