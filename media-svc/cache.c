/* An entry is a file without a name that has the beginning of one variant. Worker threads write, one piece after the
 * other; reading takes only what the kernel has in memory. The ones not looked at for the longest go first. */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "list.h"
#include "log.h"

enum {
    MAX_ENTRIES = 512,
    MAX_WAITING = 32,         /* pieces to be written, each at most as long as one read */
    AHEAD_BYTES = 4 << 20,    /* the disk is asked for at once */
    IDLE_MS = 10 * 60 * 1000, /* what nobody looks at for so long is let go */
    LOOK_MS = 60 * 1000
};

struct entry {
    struct list link; /* the one looked at last is first */
    struct file_id id;
    enum file_variant variant;
    int fd;               /* -1 until the first piece is written */
    int64_t written, end; /* bytes there, and with those on their way */
    int64_t used_ms;
    size_t waiting; /* pieces */
    bool gone;      /* freed when none waits any more */
};

struct piece {
    struct list link;
    struct cache *cache;
    struct entry *entry;
    struct buf bytes;
    int64_t at;
    int error; /* errno */
};

struct cache {
    struct loop *loop;
    struct timer *timer;
    const char *dir;
    int64_t max, bytes;
    size_t count, waiting;
    struct list entries, pieces, in_hand; /* in_hand: those that a worker writes */
    struct metric *kept, *served;
};

/* ---- entries ---- */

static void entry_free(struct entry *e)
{
    if (e->fd >= 0)
        close(e->fd);
    free(e);
}

static void let_go(struct cache *c, struct entry *e)
{
    list_remove(&e->link);
    c->count--;
    c->bytes -= e->end;
    metric_add(c->kept, -e->end);
    e->gone = true;
    if (e->waiting == 0)
        entry_free(e);
}

static struct entry *find(struct cache *c, const struct file_id *id, enum file_variant variant)
{
    LIST_EACH (&c->entries, it) {
        struct entry *e = LIST_ITEM(it, struct entry, link);
        if (e->variant == variant && memcmp(&e->id, id, sizeof(*id)) == 0)
            return e;
    }
    return NULL;
}

static void touch(struct cache *c, struct entry *e)
{
    list_remove(&e->link);
    list_push(c->entries.next, &e->link);
    e->used_ms = clock_mono_ms();
}

/* Until `more` bytes have room beside the one that is kept. */
static void make_room(struct cache *c, const struct entry *but, int64_t more)
{
    while (c->count > MAX_ENTRIES || c->bytes + more > c->max) {
        struct entry *last = LIST_ITEM(c->entries.prev, struct entry, link);
        if (last == but)
            return;
        let_go(c, last);
    }
}

static void look(void *arg)
{
    struct cache *c = arg;
    int64_t before = clock_mono_ms() - IDLE_MS;
    while (!list_empty(&c->entries)) {
        struct entry *last = LIST_ITEM(c->entries.prev, struct entry, link);
        if (last->used_ms > before)
            return;
        let_go(c, last);
    }
}

/* ---- writing ---- */

static void piece_write(struct piece *p)
{
    struct entry *e = p->entry;
    if (e->fd < 0)
        e->fd = open(p->cache->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (e->fd < 0)
        p->error = errno;
    for (size_t done = 0; !p->error && done < p->bytes.n;) {
        ssize_t n = pwrite(e->fd, p->bytes.p + done, p->bytes.n - done, p->at + (int64_t)done);
        if (n < 0 && errno != EINTR)
            p->error = errno;
        done += n > 0 ? (size_t)n : 0;
    }
}

/* On a worker thread, whose they are meanwhile: the pieces in hand, and the descriptors of their entries. */
static void work(void *arg)
{
    struct cache *c = arg;
    LIST_EACH (&c->in_hand, it)
        piece_write(LIST_ITEM(it, struct piece, link));
}

static void piece_end(struct cache *c, struct piece *p)
{
    struct entry *e = p->entry;
    if (!e->gone && !p->error)
        e->written = p->at + (int64_t)p->bytes.n;
    if (!e->gone && p->error) {
        log_warn(NULL, "no room to keep files at hand", "dir=%s error=\"%s\"", c->dir, strerror(p->error));
        let_go(c, e);
    }
    list_remove(&p->link);
    c->waiting--;
    if (--e->waiting == 0 && e->gone)
        entry_free(e);
    buf_fini(&p->bytes);
    free(p);
}

static void write_next(struct cache *c);

static void worked(void *arg)
{
    struct cache *c = arg;
    LIST_EACH (&c->in_hand, it)
        piece_end(c, LIST_ITEM(it, struct piece, link));
    write_next(c);
}

/* All that wait, at once. */
static void write_next(struct cache *c)
{
    if (!list_empty(&c->in_hand) || list_empty(&c->pieces))
        return;
    LIST_EACH (&c->pieces, it) {
        list_remove(it);
        list_push(&c->in_hand, it);
    }
    if (loop_work(c->loop, work, worked, c) == 0)
        return;
    LIST_EACH (&c->in_hand, it) {
        struct piece *p = LIST_ITEM(it, struct piece, link);
        p->error = EBUSY;
        piece_end(c, p);
    }
}

void cache_put(struct cache *c, const struct file_id *id, enum file_variant variant, int64_t at, struct str bytes)
{
    struct entry *e = find(c, id, variant);
    if (bytes.n == 0 || bytes.n > CACHE_READ_MAX || at + (int64_t)bytes.n > c->max || c->waiting == MAX_WAITING ||
        at != (e ? e->end : 0))
        return;
    if (!e) {
        e = xcalloc(1, sizeof(*e));
        *e = (struct entry){.id = *id, .variant = variant, .fd = -1};
        list_init(&e->link);
        list_push(&c->entries, &e->link);
        c->count++;
    }
    touch(c, e);
    make_room(c, e, (int64_t)bytes.n);
    e->end += (int64_t)bytes.n;
    c->bytes += (int64_t)bytes.n;
    metric_add(c->kept, (int64_t)bytes.n);
    struct piece *p = xcalloc(1, sizeof(*p));
    *p = (struct piece){.cache = c, .entry = e, .at = at};
    buf_str(&p->bytes, bytes);
    list_init(&p->link);
    list_push(&c->pieces, &p->link);
    c->waiting++;
    e->waiting++;
    write_next(c);
}

/* ---- reading ---- */

bool cache_read(struct cache *c, const struct file_id *id, enum file_variant variant, int64_t at, struct buf *out)
{
    struct entry *e = find(c, id, variant);
    if (!e || at >= e->written)
        return false;
    touch(c, e);
    int64_t there = e->written - at;
    size_t want = there < CACHE_READ_MAX ? (size_t)there : CACHE_READ_MAX;
    buf_reserve(out, want);
    struct iovec to = {.iov_base = out->p + out->n, .iov_len = want};
    ssize_t n = preadv2(e->fd, &to, 1, at, RWF_NOWAIT);
    if (n <= 0) {
        posix_fadvise(e->fd, at, AHEAD_BYTES, POSIX_FADV_WILLNEED);
        return false;
    }
    out->n += (size_t)n;
    metric_add(c->served, n);
    return true;
}

/* ---- life ---- */

void cache_create(struct cache **cache_r, struct loop *loop, const char *dir, int64_t max, struct metrics *metrics)
{
    struct cache *c = xcalloc(1, sizeof(*c));
    *c = (struct cache){.loop = loop, .dir = dir, .max = max};
    list_init(&c->entries);
    list_init(&c->pieces);
    list_init(&c->in_hand);
    c->kept = metrics_gauge(metrics, "parley_media_cache_bytes", NULL, "Bytes of files kept at hand on disk.");
    c->served = metrics_counter(metrics, "parley_media_cache_served_bytes_total", NULL,
                                "Bytes of files given out from those kept at hand.");
    timer_make(&c->timer, loop, look, c);
    timer_start(c->timer, LOOK_MS, LOOK_MS);
    *cache_r = c;
}

void cache_stop(struct cache *c)
{
    if (!c)
        return;
    c->max = 0;
    timer_destroy(&c->timer);
    LIST_EACH (&c->entries, it)
        let_go(c, LIST_ITEM(it, struct entry, link));
}

void cache_destroy(struct cache **cache)
{
    free(*cache);
    *cache = NULL;
}
