/* Heads of frames: what is written is read again, whatever its length, and what is no head is refused. */
#include <criterion/criterion.h>
#include <string.h>

#include "ws_frame.h"

static enum ws_parsed parse(const char *bytes, size_t n, struct ws_head *head)
{
    return ws_head_parse((struct str){bytes, n}, head);
}

Test(ws_frame, what_is_written_is_read_again)
{
    static const uint64_t lengths[] = {0, 1, 125, 126, 127, 200, 65535, 65536, (uint64_t)1 << 40};
    static const char mask[WS_MASK] = {1, 2, 3, 4};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        for (int masked = 0; masked < 2; masked++) {
            char out[WS_HEAD_MAX];
            struct ws_head head;
            size_t n = ws_head_put(out, WS_TEXT, lengths[i], masked ? mask : NULL);
            for (size_t part = 0; part < n; part++)
                cr_assert_eq(parse(out, part, &head), WS_MORE, "%zu of %zu bytes", part, n);
            cr_assert_eq(parse(out, n, &head), WS_HEAD);
            cr_assert_eq(head.size, n);
            cr_assert_eq(head.length, lengths[i]);
            cr_assert_eq(head.opcode, WS_TEXT);
            cr_assert(head.final);
            cr_assert_eq(head.mask != NULL, masked == 1);
            cr_assert(!masked || memcmp(head.mask, mask, WS_MASK) == 0);
        }
}

Test(ws_frame, the_sizes_of_heads_are_those_of_the_rfc)
{
    char out[WS_HEAD_MAX];
    cr_assert_eq(ws_head_put(out, WS_TEXT, 125, NULL), 2);
    cr_assert_eq(ws_head_put(out, WS_TEXT, 126, NULL), 4);
    cr_assert_eq(ws_head_put(out, WS_TEXT, 65535, NULL), 4);
    cr_assert_eq(ws_head_put(out, WS_TEXT, 65536, NULL), 10);
    cr_assert_eq(ws_head_put(out, WS_TEXT, 65536, "mask"), 14);
}

Test(ws_frame, the_first_part_of_a_message_is_not_its_end)
{
    struct ws_head head;
    cr_assert_eq(parse("\x01\x03", 2, &head), WS_HEAD);
    cr_assert_not(head.final);
}

Test(ws_frame, what_is_no_head_is_refused)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *why;
    } wrong[] = {
        {"\xc1\x01", 2, "a reserved bit"},
        {"\x09\x01", 2, "a ping in parts"},
        {"\x89\x7e\x00\x80", 4, "a ping of 128 bytes"},
        {"\x81\x7e\x00\x7d", 4, "125 in two bytes"},
        {"\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10, "65535 in eight bytes"},
        {"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10, "more than 63 bits"},
    };
    struct ws_head head;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        cr_assert_eq(parse(wrong[i].bytes, wrong[i].n, &head), WS_WRONG, "%s", wrong[i].why);
}

Test(ws_frame, masking_twice_is_not_masking)
{
    char text[] = "the quick brown fox";
    ws_mask(text, sizeof(text) - 1, "abcd");
    cr_assert_str_neq(text, "the quick brown fox");
    ws_mask(text, sizeof(text) - 1, "abcd");
    cr_assert_str_eq(text, "the quick brown fox");
}
