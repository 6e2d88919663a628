/* The outbox of one WebSocket: order, bytes, references. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "ws_outbox.h"

static void push(struct ws_outbox *outbox, const char *text)
{
    struct frame *f = frame_text(str_of(text));
    ws_outbox_push(outbox, f);
    frame_unref(&f);
}

Test(ws_outbox, frames_leave_in_the_order_they_came)
{
    struct ws_outbox outbox;
    struct buf out = {0}, all = {0};
    ws_outbox_init(&outbox);
    /* Three in, two out, so that the ring grows while it is wrapped. */
    for (int i = 0; i < 300; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        push(&outbox, text);
        buf_char(&all, (char)0x81);
        buf_char(&all, (char)strlen(text));
        buf_cstr(&all, text);
        if (i % 3 == 2) {
            cr_assert_eq(ws_outbox_gather(&outbox, &out, out.n, out.n), 1);
            cr_assert_eq(ws_outbox_gather(&outbox, &out, out.n, out.n), 1);
        }
    }
    cr_assert_eq(outbox.count, 100);
    cr_assert_eq(ws_outbox_gather(&outbox, &out, out.n, SIZE_MAX), 100);
    cr_assert(str_eq(buf_view(&out), buf_view(&all)));
    cr_assert_eq(outbox.bytes, 0);
    buf_fini(&out);
    buf_fini(&all);
    ws_outbox_fini(&outbox);
}

Test(ws_outbox, a_write_takes_whole_frames_within_its_size)
{
    struct ws_outbox outbox;
    struct buf out = {0};
    ws_outbox_init(&outbox);
    for (int i = 0; i < 10; i++)
        push(&outbox, "12345678"); /* 10 bytes with its header */
    cr_assert_eq(outbox.bytes, 100);
    buf_cstr(&out, "head");
    cr_assert_eq(ws_outbox_gather(&outbox, &out, 4, 4 + 35), 3);
    cr_assert_eq(out.n, 34);
    cr_assert_eq(outbox.bytes, 70);
    cr_assert_eq(ws_outbox_gather(&outbox, &out, 4, 4 + 35), 0);
    cr_assert_eq(ws_outbox_gather(&outbox, &out, out.n, out.n + 5), 1, "a frame larger than the size must pass alone");
    ws_outbox_fini(&outbox);
    cr_assert_eq(outbox.bytes, 0);
    buf_fini(&out);
}

Test(ws_outbox, a_frame_is_shared_not_copied)
{
    struct ws_outbox a, b;
    struct buf out = {0};
    struct frame *f = frame_text(STR("shared"));
    ws_outbox_init(&a);
    ws_outbox_init(&b);
    ws_outbox_push(&a, f);
    ws_outbox_push(&b, f);
    cr_assert_eq(a.ring[0], f);
    cr_assert_eq(b.ring[0], f);
    frame_unref(&f);
    ws_outbox_fini(&a);
    cr_assert_eq(ws_outbox_gather(&b, &out, 0, 100), 1);
    cr_assert(str_eq(buf_view(&out), STR("\x81\x06shared")));
    ws_outbox_fini(&b);
    buf_fini(&out);
}

Test(ws_outbox, joined_frames_leave_together_and_count_each)
{
    struct ws_outbox outbox;
    struct buf out = {0};
    struct frame *parts[] = {frame_text(STR("one")), frame_text(STR("two"))};
    struct frame *both = frame_join(parts, 2);
    ws_outbox_init(&outbox);
    push(&outbox, "zero");
    ws_outbox_push(&outbox, both);
    push(&outbox, "three");
    cr_assert_eq(ws_outbox_gather(&outbox, &out, 0, 6 + 5), 1, "they are not parted");
    cr_assert_eq(ws_outbox_gather(&outbox, &out, 6, 6 + 10), 2);
    struct frame *last = ws_outbox_take(&outbox);
    cr_assert(str_is(frame_payload(last), "three"));
    cr_assert_eq(outbox.bytes, 0);
    cr_assert_eq(outbox.count, 0);
    frame_unref(&last);
    frame_unref(&both);
    frame_unref(&parts[0]);
    frame_unref(&parts[1]);
    ws_outbox_fini(&outbox);
    buf_fini(&out);
}
