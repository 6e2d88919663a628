/* The form of the archive: its sums, and where 32 bits do not suffice. That other programs read it is
 * tried by tests/service/test_mine.c. */
#include <criterion/criterion.h>

#include "zip.h"

#define GIB (INT64_C(1) << 30)

static uint64_t number(const struct buf *b, size_t at, size_t bytes)
{
    uint64_t value = 0;
    cr_assert(at + bytes <= b->n);
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | (unsigned char)b->p[at + i];
    return value;
}

Test(zip, sums_are_those_of_everybody)
{
    cr_expect_eq(zip_crc(0, STR("")), 0);
    cr_expect_eq(zip_crc(0, STR("123456789")), 0xcbf43926U);
    cr_expect_eq(zip_crc(zip_crc(0, STR("1234")), STR("56789")), 0xcbf43926U);
}

/* Whoever reads it must take as many bytes for its sizes as there are, however small it turned out to be. */
Test(zip, a_file_whose_size_is_not_known_before_may_be_large)
{
    struct zip_file file = {.name = STR("x"), .open = true, .crc = 7};
    struct buf head = {0}, tail = {0}, entry = {0};
    zip_head(&file, &head);
    cr_expect_eq(number(&head, 4, 2), 45);
    cr_expect_eq(number(&head, 18, 4), 0xffffffffU);
    cr_expect_eq(number(&head, 22, 4), 0xffffffffU);
    cr_expect_eq(number(&head, 28, 2), 20);
    cr_expect_eq(head.n, 30 + 1 + 20);
    file.size = 10;
    zip_tail(&file, &tail);
    cr_expect_eq(tail.n, 4 + 4 + 8 + 8);
    cr_expect_eq(number(&tail, 8, 8), 10);
    cr_expect_eq(number(&tail, 16, 8), 10);
    zip_entry(&file, &entry);
    cr_expect_eq(number(&entry, 24, 4), 0xffffffffU);
    cr_expect_eq(number(&entry, 49, 2), 16);
    cr_expect_eq(number(&entry, 51, 8), 10);
    buf_fini(&head);
    buf_fini(&tail);
    buf_fini(&entry);
}

Test(zip, what_needs_more_than_32_bits_has_64)
{
    struct zip_file file = {.name = STR("x"), .size = 5 * GIB, .at = 6 * GIB, .crc = 7};
    struct buf entry = {0}, end = {0};
    zip_entry(&file, &entry);
    cr_expect_eq(number(&entry, 20, 4), 0xffffffffU);
    cr_expect_eq(number(&entry, 24, 4), 0xffffffffU);
    cr_expect_eq(number(&entry, 42, 4), 0xffffffffU);
    /* The extra field of ZIP64 behind the name: size, size, place. */
    cr_expect_eq(number(&entry, 47, 2), 1);
    cr_expect_eq(number(&entry, 49, 2), 24);
    cr_expect_eq((int64_t)number(&entry, 51, 8), 5 * GIB);
    cr_expect_eq((int64_t)number(&entry, 59, 8), 5 * GIB);
    cr_expect_eq((int64_t)number(&entry, 67, 8), 6 * GIB);
    zip_end(70000, 6 * GIB, 100, &end);
    cr_expect_eq(number(&end, 0, 4), 0x06064b50U);
    cr_expect_eq(number(&end, 24, 8), 70000);
    cr_expect_eq((int64_t)number(&end, 48, 8), 6 * GIB);
    cr_expect_eq((int64_t)number(&end, 64, 8), 6 * GIB + 100);
    cr_expect_eq(number(&end, 76 + 10, 2), 0xffff);
    cr_expect_eq(number(&end, 76 + 16, 4), 0xffffffffU);
    buf_fini(&entry);
    buf_fini(&end);
}

Test(zip, what_does_not_has_none)
{
    struct zip_file file = {.name = STR("x"), .size = 10, .at = 20, .crc = 7};
    struct buf entry = {0}, end = {0};
    zip_entry(&file, &entry);
    cr_expect_eq(entry.n, 47);
    cr_expect_eq(number(&entry, 16, 4), 7);
    cr_expect_eq(number(&entry, 24, 4), 10);
    cr_expect_eq(number(&entry, 42, 4), 20);
    zip_end(2, 300, 100, &end);
    cr_expect_eq(number(&end, 0, 4), 0x06054b50U);
    cr_expect_eq(number(&end, 10, 2), 2);
    cr_expect_eq(number(&end, 16, 4), 300);
    buf_fini(&entry);
    buf_fini(&end);
}
