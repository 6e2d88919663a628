/* The form of the archive: its sums, its lengths, and where 32 bits do not suffice. That other programs read it is
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

Test(zip, lengths_are_known_before)
{
    static const int64_t sizes[] = {0, 1, 4 * GIB - 2, 4 * GIB - 1, 4 * GIB, 100 * GIB};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
            struct zip_file file = {.name = STR("files/ö"), .size = sizes[i], .at = sizes[j], .crc = 7};
            struct buf around = {0}, entry = {0}, end = {0};
            zip_head(&file, &around);
            zip_tail(&file, &around);
            zip_entry(&file, &entry);
            zip_end(3, sizes[i], sizes[j], &end);
            cr_expect_eq((int64_t)around.n + file.size, zip_file_bytes(&file));
            cr_expect_eq((int64_t)entry.n, zip_entry_bytes(&file));
            cr_expect_eq((int64_t)end.n, zip_end_bytes(3, sizes[i], sizes[j]));
            buf_fini(&around);
            buf_fini(&entry);
            buf_fini(&end);
        }
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
