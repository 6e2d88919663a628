/* Marks are found in whatever a server puts around them. */
#include <criterion/criterion.h>
#include <string.h>

#include "mark.h"

static const struct mark written = {.run = 0xdeadbeef, .number = 77, .due_us = 1234567890123};

static void assert_same(const struct mark *mark)
{
    cr_assert_eq(mark->run, written.run);
    cr_assert_eq(mark->number, written.number);
    cr_assert_eq(mark->due_us, written.due_us);
}

Test(mark, is_found_again)
{
    char text[200];
    struct mark mark;
    mark_put(text, sizeof(text), &written);
    struct str rest = {text, sizeof(text)};
    cr_assert(mark_next(&rest, &mark));
    assert_same(&mark);
    cr_assert_not(mark_next(&rest, &mark));
}

Test(mark, all_of_a_frame_are_found)
{
    char text[1000];
    struct mark mark;
    int found = 0;
    memset(text, '^', sizeof(text));
    for (size_t at = 3; at + MARK_SIZE <= sizeof(text); at += 101)
        mark_put(text + at, MARK_SIZE, &written);
    for (struct str rest = {text, sizeof(text)}; mark_next(&rest, &mark); found++)
        assert_same(&mark);
    cr_assert_eq(found, 10);
}

Test(mark, a_part_of_one_is_none)
{
    char text[MARK_SIZE];
    struct mark mark;
    mark_put(text, sizeof(text), &written);
    for (size_t n = 0; n < sizeof(text); n++) {
        struct str rest = {text, n};
        cr_assert_not(mark_next(&rest, &mark));
    }
}

Test(mark, needs_no_escape_in_json)
{
    char text[500];
    mark_put(text, sizeof(text), &written);
    for (size_t i = 0; i < sizeof(text); i++)
        cr_assert(text[i] >= ' ' && text[i] < 127 && text[i] != '"' && text[i] != '\\' && text[i] != '@');
}
