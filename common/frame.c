/* Builds WebSocket text frames that many connections share. */
#include "frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"

enum { FIN_TEXT = 0x81, LENGTH_16 = 126, LENGTH_64 = 127, MAX_HEADER = 10 };

struct frame {
    size_t refs, count;
    size_t header, n;          /* bytes of the header; bytes in all */
    struct frame_watch *watch; /* NULL: nobody wants to know */
    /* Of it alone: with each of ten thousand connections only what the write has touched is touched again. */
    int64_t sockets, first_us;
    char bytes[];
};

/* RFC 6455 §5.2: the length in 7 bits, or 126 and 16 bits, or 127 and 64 bits, big-endian. */
static size_t write_header(unsigned char *p, size_t payload)
{
    size_t extra = payload < LENGTH_16 ? 0 : payload <= UINT16_MAX ? 2 : 8;

    p[0] = FIN_TEXT;
    p[1] = extra == 0 ? (unsigned char)payload : extra == 2 ? LENGTH_16 : LENGTH_64;
    for (size_t i = 0; i < extra; i++)
        p[2 + i] = (unsigned char)((uint64_t)payload >> (8 * (extra - 1 - i)));
    return 2 + extra;
}

struct frame *frame_text(struct str text)
{
    unsigned char header[MAX_HEADER];
    size_t header_n = write_header(header, text.n);
    struct frame *f = xcalloc(1, sizeof(*f) + header_n + text.n);

    f->refs = f->count = 1;
    f->header = header_n;
    f->n = header_n + text.n;
    memcpy(f->bytes, header, header_n);
    if (text.n > 0)
        memcpy(f->bytes + header_n, text.p, text.n);
    return f;
}

struct frame *frame_join(struct frame *const *parts, size_t n)
{
    size_t bytes = 0;
    if (n == 1)
        return frame_ref(parts[0]);
    for (size_t i = 0; i < n; i++)
        bytes += parts[i]->n;
    struct frame *f = xcalloc(1, sizeof(*f) + bytes);
    f->refs = 1;
    for (size_t i = 0; i < n; i++) {
        memcpy(f->bytes + f->n, parts[i]->bytes, parts[i]->n);
        f->n += parts[i]->n;
        f->count += parts[i]->count;
        if (f->watch == NULL && parts[i]->watch != NULL)
            frame_watch(f, parts[i]->watch);
    }
    return f;
}

struct frame *frame_ref(struct frame *f)
{
    f->refs++;
    return f;
}

static void watch_tell(struct frame_watch *watch, const struct frame *f)
{
    watch->sockets += f->sockets;
    if (f->first_us > 0 && (watch->first_us == 0 || f->first_us < watch->first_us))
        watch->first_us = f->first_us;
}

void frame_unref(struct frame **f)
{
    if (*f == NULL)
        return;
    assert((*f)->refs > 0);
    if (--(*f)->refs == 0) {
        struct frame_watch *watch = (*f)->watch;

        if (watch != NULL)
            watch_tell(watch, *f);
        free(*f);
        if (watch != NULL && --watch->frames == 0)
            watch->done(watch);
    }
    *f = NULL;
}

void frame_watch(struct frame *f, struct frame_watch *watch)
{
    assert(f->watch == NULL);
    f->watch = watch;
    watch->frames++;
}

void frame_written(struct frame *f)
{
    if (f->sockets++ == 0 && f->watch != NULL)
        f->first_us = clock_mono_us();
}

size_t frame_count(const struct frame *f)
{
    return f->count;
}

struct str frame_bytes(const struct frame *f)
{
    return (struct str){f->bytes, f->n};
}

struct str frame_payload(const struct frame *f)
{
    assert(f->count == 1);
    return (struct str){f->bytes + f->header, f->n - f->header};
}
