/* What waits for the next round: everybody gets all of it, in order, as he is to see it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "bundle.h"

static struct list all;
static struct bundle *bundle;

static void start(void)
{
    list_init(&all);
    bundle_create(&bundle, NULL, &all);
}

static void stop(void)
{
    bundle_destroy(&bundle);
    cr_assert(list_empty(&all));
}

TestSuite(bundle, .init = start, .fini = stop);

static void add(const char *text, int64_t user, const char *own, bool ephemeral)
{
    struct frame *plain = frame_text(str_of(text)), *f = own ? frame_text(str_of(own)) : NULL;
    bundle_add(bundle, plain, user, f, ephemeral);
    frame_unref(&plain);
    frame_unref(&f);
}

/* `want` has the payloads, split by blanks. */
static void expect(int64_t user, size_t after, bool whole, const char *want)
{
    struct frame *f = bundle_frame(bundle, user, after, whole);
    struct str rest = str_of(want), word;
    struct buf bytes = {0};
    size_t n = 0;
    for (; rest.n > 0; n++) {
        rest = str_cut(rest, ' ', &word);
        struct frame *one = frame_text(word);
        buf_str(&bytes, frame_bytes(one));
        frame_unref(&one);
    }
    cr_assert_eq(f != NULL, n > 0, "%s", want);
    if (f) {
        cr_assert(str_eq(frame_bytes(f), buf_view(&bytes)), "%s", want);
        cr_assert_eq(frame_count(f), n);
    }
    frame_unref(&f);
    buf_fini(&bytes);
}

Test(bundle, most_share_one_frame)
{
    add("one", 0, NULL, false);
    add("two", 7, "TWO", false);
    struct frame *a = bundle_frame(bundle, 1, 0, true), *b = bundle_frame(bundle, 2, 0, true);
    cr_assert_eq(a, b);
    frame_unref(&a);
    frame_unref(&b);
    expect(1, 0, true, "one two");
    cr_assert_eq(bundle->count, 2);
    cr_assert_eq(bundle->bytes, 10);
}

Test(bundle, an_author_sees_his_own_and_all_others)
{
    add("a1", 7, "A1", false);
    add("b1", 8, "B1", false);
    add("a2", 7, "A2", false);
    expect(7, 0, true, "A1 b1 A2");
    expect(8, 0, true, "a1 B1 a2");
    expect(9, 0, true, "a1 b1 a2");
    /* The same place among the bits. */
    expect(7 + 64, 0, true, "a1 b1 a2");
    struct frame *a = bundle_frame(bundle, 7, 0, true), *b = bundle_frame(bundle, 7, 0, true);
    cr_assert_eq(a, b, "his connections share one");
    frame_unref(&a);
    frame_unref(&b);
}

Test(bundle, who_has_some_of_it_gets_the_rest)
{
    add("a1", 7, "A1", false);
    add("b1", 8, "B1", false);
    expect(7, 1, true, "b1");
    expect(8, 1, true, "B1");
    expect(8, 2, true, "");
    expect(9, 3, true, "");
}

Test(bundle, what_comes_later_is_not_missed)
{
    add("one", 7, "ONE", false);
    expect(1, 0, true, "one");
    expect(7, 0, true, "ONE");
    for (int i = 0; i < 100; i++)
        add("more", 0, NULL, false);
    expect(1, 99, true, "more more");
    cr_assert_eq(bundle->count, 101);
    struct frame *f = bundle_frame(bundle, 7, 0, true);
    cr_assert_eq(frame_count(f), 101);
    frame_unref(&f);
}

Test(bundle, what_may_be_lost_is_not_for_whom_it_tells_of_nor_for_the_slow)
{
    add("typing", 7, NULL, true);
    expect(7, 0, true, "");
    expect(8, 0, true, "typing");
    expect(8, 0, false, "");
    add("event", 0, NULL, false);
    expect(7, 0, true, "event");
    expect(8, 0, true, "typing event");
    expect(8, 0, false, "event");
    cr_assert_eq(bundle->ephemeral, 1);
}

Test(bundle, user_0_is_nobody)
{
    add("one", 0, NULL, false);
    expect(0, 0, true, "one");
    expect(64, 0, true, "one");
}
