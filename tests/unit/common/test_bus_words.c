/* Words of a command from a format. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "bus_words.h"

/* The words joined by '|'. */
static char joined[256];

static size_t words(const char *format, ...)
{
    struct buf text = {0};
    struct str argv[BUS_MAX_WORDS];
    va_list args;
    size_t at = 0;
    va_start(args, format);
    size_t n = bus_words(&text, argv, format, args);
    va_end(args);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            joined[at++] = '|';
        memcpy(joined + at, argv[i].p, argv[i].n);
        at += argv[i].n;
    }
    joined[at] = '\0';
    buf_fini(&text);
    return n;
}

Test(bus_words, plain_words_are_split_at_spaces)
{
    cr_expect(eq(sz, words("SET key value"), 3));
    cr_expect_str_eq(joined, "SET|key|value");
}

Test(bus_words, a_value_with_spaces_is_one_word)
{
    struct str value = STR("two words");
    cr_expect(eq(sz, words("SET %s %b", "a key", &value), 3));
    cr_expect_str_eq(joined, "SET|a key|two words");
}

Test(bus_words, values_may_stand_inside_a_word)
{
    struct str g = STR("g");
    cr_expect(eq(sz, words("HSET presence:{%lld} %b:%s %lld", 7LL, &g, "1a", -5LL), 4));
    cr_expect_str_eq(joined, "HSET|presence:{7}|g:1a|-5");
}

Test(bus_words, an_empty_value_is_an_empty_word)
{
    struct str empty = {0};
    cr_expect(eq(sz, words("SET k %b", &empty), 3));
    cr_expect_str_eq(joined, "SET|k|");
    cr_expect(eq(sz, words("%b", &empty), 1));
}
