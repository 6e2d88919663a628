/* The small files of tests/service/media, and what can be read from a WebP without decoding it. */
#ifndef PARLEY_TEST_MEDIA_FILES_H
#define PARLEY_TEST_MEDIA_FILES_H

#include "buf.h"

/* Appends the file's bytes; asserts that it is there. */
void media_read(const char *name, struct buf *out);
/* A file of these bytes without a name, to be closed. */
int media_fd(struct str bytes);

/* Of a WebP, by its first chunk; -1: it has no such. */
int media_webp_width(struct str webp);
int media_webp_height(struct str webp);

#endif
