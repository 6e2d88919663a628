/* All that the server has of a person but the bytes of files, asked for page by page of the services that have it:
 * export.ndjson of docs/export.md. Memory holds a page, and which files there are. Loop thread only. */
#ifndef PARLEY_MEDIA_ARCHIVE_ROWS_H
#define PARLEY_MEDIA_ARCHIVE_ROWS_H

#include "file_id.h"
#include "str.h"

struct media;
struct archive_rows;

enum { ARCHIVE_FILES_MAX = 50000 };

struct archive_file {
    struct file_id id;
    int64_t size;
    char *name; /* as it was given, fit for any disk */
};

void archive_rows_create(struct archive_rows **rows_r, struct media *media, int64_t user, struct str session);
/* Not while text is asked for. */
void archive_rows_destroy(struct archive_rows **rows);

/* The next of its text, never empty, a view for the time of the call; `last`: that was all. Of the first one also
 * ERR_NOT_CONFIRMED: this login has not typed its password of late; ERR_TOO_LARGE: more than ARCHIVE_FILES_MAX. Of any
 * one what those say who are asked. Called exactly once, later; not when an error is returned. One at a time, and none
 * behind the last. */
typedef void archive_rows_fn(void *arg, int err, struct str text, bool last);
int archive_rows_next(struct archive_rows *rows, archive_rows_fn *fn, void *arg);
/* The files, known when the text is: theirs, as long as they are. */
const struct archive_file *archive_rows_files(const struct archive_rows *rows, size_t *count_r);

#endif
