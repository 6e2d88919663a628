/* What frame.h promises. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

static void expect_header(size_t payload, const char *header, size_t n)
{
    char *text = calloc(1, payload + 1);
    struct frame *f;

    memset(text, 'x', payload);
    f = frame_text((struct str){text, payload});
    cr_assert_eq(frame_bytes(f).n, n + payload);
    cr_assert_eq(memcmp(frame_bytes(f).p, header, n), 0, "%zu", payload);
    cr_assert(str_eq(frame_payload(f), (struct str){text, payload}));
    cr_assert_eq(frame_payload(f).p, frame_bytes(f).p + n);
    frame_unref(&f);
    cr_assert_null(f);
    free(text);
}

Test(frame, the_length_takes_7_bits_or_16_or_64)
{
    expect_header(0, "\x81\x00", 2);
    expect_header(1, "\x81\x01", 2);
    expect_header(125, "\x81\x7d", 2);
    expect_header(126, "\x81\x7e\x00\x7e", 4);
    expect_header(65535, "\x81\x7e\xff\xff", 4);
    expect_header(65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
    expect_header(1000000, "\x81\x7f\x00\x00\x00\x00\x00\x0f\x42\x40", 10);
}

Test(frame, it_lives_until_the_last_reference_goes)
{
    struct frame *first = frame_text(STR("hello")), *second = frame_ref(first);

    cr_assert_eq(first, second);
    frame_unref(&first);
    cr_assert(str_is(frame_payload(second), "hello"));
    frame_unref(&second);
    frame_unref(&second);
    cr_assert_null(second);
}

Test(frame, several_can_be_one)
{
    struct frame *parts[] = {frame_text(STR("a")), frame_text(STR("bc")), frame_text(STR(""))};
    struct frame *pair = frame_join(parts, 2), *all = frame_join((struct frame *[]){pair, parts[2]}, 2);
    struct frame *same = frame_join(parts, 1);

    cr_assert(str_eq(frame_bytes(all), (struct str){"\x81\x01"
                                                    "a\x81\x02"
                                                    "bc\x81\x00",
                                                    9}));
    cr_assert_eq(frame_count(parts[0]), 1);
    cr_assert_eq(frame_count(pair), 2);
    cr_assert_eq(frame_count(all), 3);
    cr_assert_eq(same, parts[0], "one alone is itself");
    frame_unref(&same);
    frame_unref(&pair);
    frame_unref(&all);
    for (size_t i = 0; i < 3; i++)
        frame_unref(&parts[i]);
}

static void watched_to_the_end(struct frame_watch *watch)
{
    watch->frames = 99;
}

Test(frame, who_watches_is_told_of_sockets_and_once_of_the_end_also_of_what_was_joined)
{
    struct frame_watch watch = {.done = watched_to_the_end};
    struct frame *a = frame_text(STR("a")), *b = frame_text(STR("b")), *c = frame_text(STR("c"));
    frame_watch(b, &watch);
    frame_watch(c, &watch);
    struct frame *both = frame_join((struct frame *[]){a, b}, 2);
    cr_assert_eq(watch.frames, 3);
    frame_unref(&b);
    frame_unref(&c);
    frame_written(a);
    cr_assert_eq(watch.sockets, 0);
    frame_written(both);
    frame_written(both);
    cr_assert_eq(watch.frames, 1);
    frame_unref(&a);
    cr_assert_eq(watch.sockets, 0);
    frame_unref(&both);
    cr_assert_eq(watch.sockets, 2);
    cr_assert_gt(watch.first_us, 0);
    cr_assert_eq(watch.frames, 99);
}
