/* Writes the records of a ZIP archive (APPNOTE 6.3). */
#include "zip.h"

enum {
    HEAD = 0x04034b50,
    TAIL = 0x08074b50,
    ENTRY = 0x02014b50,
    END64 = 0x06064b50,
    LOCATOR64 = 0x07064b50,
    END = 0x06054b50,
    /* The sum and the sizes stand behind the bytes; names are UTF-8. */
    FLAGS = 1 << 3 | 1 << 11,
    VERSION = 20,
    VERSION64 = 45,
    MADE_ON_UNIX = 3 << 8,
    EXTRA64 = 1,      /* the extra field of ZIP64 */
    DAY = 1 << 5 | 1, /* 1 January 1980: an archive says nothing of when it was made */
    MODE = 0100600,
    END64_BYTES = 56
};
#define MOST32 INT64_C(0xffffffff)
#define MOST16 INT64_C(0xffff)

static void put(struct buf *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        buf_char(out, (char)(value >> 8 * i & 0xff));
}

static void put16(struct buf *out, int64_t value)
{
    put(out, (uint64_t)(value > MOST16 ? MOST16 : value), 2);
}

static void put32(struct buf *out, int64_t value)
{
    put(out, (uint64_t)(value > MOST32 ? MOST32 : value), 4);
}

static bool is_large(const struct zip_file *file)
{
    return file->open || file->size >= MOST32;
}

static bool is_far(const struct zip_file *file)
{
    return file->at >= MOST32;
}

uint32_t zip_crc(uint32_t crc, struct str bytes)
{
    static uint32_t table[256];
    for (uint32_t i = 0; table[1] == 0 && i < 256; i++) {
        /* From the last one, so that the table is whole as soon as [1] is there. */
        uint32_t c = 255 - i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320U ^ c >> 1 : c >> 1;
        table[255 - i] = c;
    }
    crc = ~crc;
    for (size_t i = 0; i < bytes.n; i++)
        crc = table[(crc ^ (unsigned char)bytes.p[i]) & 0xff] ^ crc >> 8;
    return ~crc;
}

/* From the version that is needed to the time: alike in head and entry. */
static void put_common(const struct zip_file *file, struct buf *out)
{
    put16(out, is_large(file) || is_far(file) ? VERSION64 : VERSION);
    put16(out, FLAGS);
    put16(out, 0); /* stored */
    put16(out, 0); /* midnight */
    put16(out, DAY);
}

void zip_head(const struct zip_file *file, struct buf *out)
{
    put32(out, HEAD);
    put_common(file, out);
    put32(out, 0); /* crc: behind the bytes */
    put32(out, is_large(file) ? MOST32 : 0);
    put32(out, is_large(file) ? MOST32 : 0);
    put16(out, (int64_t)file->name.n);
    put16(out, is_large(file) ? 20 : 0);
    buf_str(out, file->name);
    if (is_large(file)) {
        put16(out, EXTRA64);
        put16(out, 16);
        put(out, 0, 8);
        put(out, 0, 8);
    }
}

void zip_tail(const struct zip_file *file, struct buf *out)
{
    size_t width = is_large(file) ? 8 : 4;
    put32(out, TAIL);
    put32(out, file->crc);
    put(out, (uint64_t)file->size, width);
    put(out, (uint64_t)file->size, width);
}

static int64_t extra_bytes(const struct zip_file *file)
{
    int64_t fields = (is_large(file) ? 16 : 0) + (is_far(file) ? 8 : 0);
    return fields ? fields + 4 : 0;
}

void zip_entry(const struct zip_file *file, struct buf *out)
{
    put32(out, ENTRY);
    put16(out, VERSION64 | MADE_ON_UNIX);
    put_common(file, out);
    put32(out, file->crc);
    put32(out, is_large(file) ? MOST32 : file->size);
    put32(out, is_large(file) ? MOST32 : file->size);
    put16(out, (int64_t)file->name.n);
    put16(out, extra_bytes(file));
    put16(out, 0); /* no comment */
    put16(out, 0); /* first disk */
    put16(out, 0); /* bytes */
    put32(out, (int64_t)MODE << 16);
    put32(out, file->at);
    buf_str(out, file->name);
    if (extra_bytes(file) == 0)
        return;
    put16(out, EXTRA64);
    put16(out, extra_bytes(file) - 4);
    if (is_large(file)) {
        put(out, (uint64_t)file->size, 8);
        put(out, (uint64_t)file->size, 8);
    }
    if (is_far(file))
        put(out, (uint64_t)file->at, 8);
}

static bool end_needs64(int64_t files, int64_t at, int64_t bytes)
{
    return files >= MOST16 || at >= MOST32 || bytes >= MOST32;
}

static void put_end64(int64_t files, int64_t at, int64_t bytes, struct buf *out)
{
    put32(out, END64);
    put(out, END64_BYTES - 12, 8);
    put16(out, VERSION64 | MADE_ON_UNIX);
    put16(out, VERSION64);
    put32(out, 0); /* this disk */
    put32(out, 0); /* the directory's */
    put(out, (uint64_t)files, 8);
    put(out, (uint64_t)files, 8);
    put(out, (uint64_t)bytes, 8);
    put(out, (uint64_t)at, 8);
    put32(out, LOCATOR64);
    put32(out, 0);
    put(out, (uint64_t)(at + bytes), 8);
    put32(out, 1); /* disks */
}

void zip_end(int64_t files, int64_t at, int64_t bytes, struct buf *out)
{
    if (end_needs64(files, at, bytes))
        put_end64(files, at, bytes, out);
    put32(out, END);
    put16(out, 0);
    put16(out, 0);
    put16(out, files);
    put16(out, files);
    put32(out, bytes);
    put32(out, at);
    put16(out, 0); /* no comment */
}
