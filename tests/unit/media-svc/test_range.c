/* What part of a file a request wants. */
#include <criterion/criterion.h>

#include "range.h"

Test(range, is_read_as_rfc_9110_has_it)
{
    static const struct {
        const char *header;
        int64_t size;
        enum range want;
        int64_t from, to;
    } rows[] = {
        {"bytes=0-0", 10, RANGE_PART, 0, 1},   {"bytes=0-9", 10, RANGE_PART, 0, 10},
        {"bytes=3-", 10, RANGE_PART, 3, 10},   {"bytes=3-100", 10, RANGE_PART, 3, 10},
        {"bytes=-4", 10, RANGE_PART, 6, 10},   {"bytes=-40", 10, RANGE_PART, 0, 10},
        {"Bytes= 2-3 ", 10, RANGE_PART, 2, 4}, {"bytes=007-8", 10, RANGE_PART, 7, 9},
        {"bytes=10-", 10, RANGE_NONE, 0, 0},   {"bytes=10-12", 10, RANGE_NONE, 0, 0},
        {"bytes=-0", 10, RANGE_NONE, 0, 0},    {"bytes=0-", 0, RANGE_NONE, 0, 0},
        {"bytes=-1", 0, RANGE_NONE, 0, 0},     {"", 10, RANGE_ALL, 0, 0},
        {"bytes=", 10, RANGE_ALL, 0, 0},       {"bytes=5", 10, RANGE_ALL, 0, 0},
        {"bytes=-", 10, RANGE_ALL, 0, 0},      {"bytes=5-3", 10, RANGE_ALL, 0, 0},
        {"bytes=a-b", 10, RANGE_ALL, 0, 0},    {"bytes=0-1,3-4", 10, RANGE_ALL, 0, 0},
        {"lines=0-1", 10, RANGE_ALL, 0, 0},    {"bytes=0-99999999999999999999", 10, RANGE_ALL, 0, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t from = 0, to = 0;
        cr_expect_eq(range_of(str_of(rows[i].header), rows[i].size, &from, &to), rows[i].want, "row %zu", i);
        cr_expect(rows[i].want != RANGE_PART || (from == rows[i].from && to == rows[i].to), "row %zu: %ld-%ld", i,
                  (long)from, (long)to);
    }
}

Test(range, tags_are_compared_weakly)
{
    struct str tag = STR("\"abc\"");
    cr_expect(range_has_tag(STR("\"abc\""), tag));
    cr_expect(range_has_tag(STR("\"x\", W/\"abc\""), tag));
    cr_expect(range_has_tag(STR("*"), tag));
    cr_expect_not(range_has_tag(STR("\"abcd\""), tag));
    cr_expect_not(range_has_tag(STR("abc"), tag));
    cr_expect_not(range_has_tag(STR(""), tag));
}
