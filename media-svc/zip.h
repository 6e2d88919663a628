/* The form of a ZIP archive whose files are stored as they are and that is written from its beginning to its end, once:
 * what stands before and behind each file's bytes, and the directory at the end. Where numbers need more than 32 bits,
 * or may, it is as ZIP64 has it. Pure. */
#ifndef PARLEY_MEDIA_ZIP_H
#define PARLEY_MEDIA_ZIP_H

#include "buf.h"

struct zip_file {
    struct str name;  /* UTF-8, with / between folders; at most 65,535 bytes */
    int64_t size, at; /* at: of its first byte in the archive, with what stands before it */
    bool open;        /* its size is not known at its head */
    uint32_t crc;
};

/* The CRC-32 of bytes of which the first ones came to `crc`; of none that is 0. */
uint32_t zip_crc(uint32_t crc, struct str bytes);

/* Append what stands before a file's bytes. Its crc need not be known yet. */
void zip_head(const struct zip_file *file, struct buf *out);
/* What stands behind them. Now it is. */
void zip_tail(const struct zip_file *file, struct buf *out);
/* A file's entry in the directory. */
void zip_entry(const struct zip_file *file, struct buf *out);
/* The end of an archive of so many files, whose directory begins at `at` and has so many bytes. */
void zip_end(int64_t files, int64_t at, int64_t bytes, struct buf *out);

#endif
