/* Copies files from where they are to a file without a name, but for one that is at hand whole. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "blob.h"
#include "cache.h"
#include "err.h"
#include "log.h"
#include "media.h"

struct spool {
    struct media *media;
    struct file_id id;
    int64_t at, size;
    struct buf chunk; /* while a worker writes it */
    int fd, error;    /* errno of what failed on the disk */
    spool_fn *fn;
    void *arg;
};

static void spool_end(struct spool *s, int err)
{
    char self[40];
    int fd = -1;
    /* Whoever gets it only reads. */
    if (!err) {
        snprintf(self, sizeof(self), "/proc/self/fd/%d", s->fd);
        fd = open(self, O_RDONLY | O_CLOEXEC);
        s->error = fd < 0 ? errno : 0;
    }
    if (s->error) {
        log_error(NULL, "no room for a file to be looked at", "dir=%s error=\"%s\"", s->media->config.spool_dir,
                  strerror(s->error));
        err = ERR_INTERNAL;
    }
    if (s->fd >= 0)
        close(s->fd);
    s->fn(s->arg, err, fd);
    buf_fini(&s->chunk);
    free(s);
}

static void next(struct spool *s);

/* On a worker thread: a disk may take its time. */
static void work(void *arg)
{
    struct spool *s = arg;
    if (s->fd < 0)
        s->fd = open(s->media->config.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (s->fd < 0)
        s->error = errno;
    for (size_t done = 0; !s->error && done < s->chunk.n;) {
        ssize_t n = write(s->fd, s->chunk.p + done, s->chunk.n - done);
        if (n < 0 && errno != EINTR)
            s->error = errno;
        done += n > 0 ? (size_t)n : 0;
    }
}

static void worked(void *arg)
{
    struct spool *s = arg;
    s->at += (int64_t)s->chunk.n;
    buf_reset(&s->chunk);
    if (s->error)
        spool_end(s, ERR_INTERNAL);
    else
        next(s);
}

static void on_bytes(void *arg, int err, struct str bytes)
{
    struct spool *s = arg;
    if (!err) {
        buf_str(&s->chunk, bytes);
        err = loop_work(s->media->process.loop, work, worked, s);
    }
    if (err)
        spool_end(s, err);
}

static void next(struct spool *s)
{
    int err = 0;
    if (s->at < s->size)
        err = blob_read(s->media->blob, &s->id, FILE_ORIGINAL, s->at, on_bytes, s);
    if (err || s->at >= s->size)
        spool_end(s, err);
}

int spool_file(struct media *media, const struct file *file, spool_fn *fn, void *arg)
{
    struct spool *s = xcalloc(1, sizeof(*s));
    s->media = media;
    s->id = file->id;
    s->size = file->size;
    s->fn = fn;
    s->arg = arg;
    int err = 0;
    s->fd = cache_file(media->cache, &s->id, s->size);
    if (s->fd >= 0) {
        s->at = s->size;
        err = loop_work(media->process.loop, work, worked, s);
    } else {
        err = blob_read(media->blob, &s->id, FILE_ORIGINAL, 0, on_bytes, s);
    }
    if (err && s->fd >= 0)
        close(s->fd);
    if (err)
        free(s);
    return err;
}
