/* All that the server has of a person but the bytes of files, gathered from the services that have it, into a file
 * without a name: export.ndjson of docs/export.md. Memory holds a page, and which files there are. Loop thread only. */
#ifndef PARLEY_MEDIA_ARCHIVE_ROWS_H
#define PARLEY_MEDIA_ARCHIVE_ROWS_H

#include "file_id.h"
#include "sum.h"

struct media;

enum { ARCHIVE_FILES_MAX = 50000 };

struct archive_file {
    struct file_id id;
    int64_t size;
    char *name; /* as it was given, fit for any disk */
};

struct archive_rows {
    int fd; /* read from its start; closed by archive_rows_fini() */
    int64_t bytes;
    uint32_t crc; /* zip_crc() */
    char sum[SUM_TEXT];
    struct archive_file *files;
    size_t count;
};
void archive_rows_fini(struct archive_rows *rows);

/* 0 and the rows, which are the callee's; ERR_NOT_CONFIRMED: this login has not typed its password of late;
 * ERR_TOO_LARGE; ERR_UNAVAILABLE … of who was asked. Called exactly once, later; not when an error is returned. */
typedef void archive_rows_fn(void *arg, int err, struct archive_rows *rows);
int archive_rows_gather(struct media *media, int64_t user, struct str session, archive_rows_fn *fn, void *arg);

#endif
