/* A whole file on disk, without a name, for who needs it whole: copied there chunk by chunk, and gone with its
 * descriptor. */
#ifndef PARLEY_MEDIA_SPOOL_H
#define PARLEY_MEDIA_SPOOL_H

#include "file.h"

struct media;

/* 0 and a descriptor for reading, at its start, which is the callee's to close; or an error (logged when it is the
 * disk's). Called exactly once, later; not when an error is returned. */
typedef void spool_fn(void *arg, int err, int fd);
int spool_file(struct media *media, const struct file *file, spool_fn *fn, void *arg);

#endif
