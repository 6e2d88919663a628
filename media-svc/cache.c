/* An entry is a file without a name that has the beginning of one variant. Worker threads write, one piece after the
 * other; reading takes only what the kernel has in memory. The ones not looked at for the longest go first; what was
 * uploaded and not looked at yet leaves the others half of all room. */
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
    MAX_WAITING = 4 << 20,    /* bytes to be written */
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
    int64_t sure;         /* bytes that may be given out */
    int64_t used_ms;
    struct cache_run *run; /* it is being uploaded */
    size_t waiting;        /* pieces */
    bool fresh;            /* uploaded, and nobody has looked at it */
    bool gone;             /* freed when none waits any more */
};

struct cache_run {
    struct cache *cache;
    struct entry *entry; /* NULL: it was let go */
    int64_t at;
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
    int64_t max, bytes, fresh; /* of those that are fresh */
    size_t count, fresh_count, waiting;
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

/* It counts as one that was looked at. */
static void looked_at(struct cache *c, struct entry *e)
{
    if (!e->fresh)
        return;
    e->fresh = false;
    c->fresh -= e->end;
    c->fresh_count--;
}

static void let_go(struct cache *c, struct entry *e)
{
    looked_at(c, e);
    list_remove(&e->link);
    c->count--;
    c->bytes -= e->end;
    metric_add(c->kept, -e->end);
    if (e->run)
        e->run->entry = NULL;
    e->run = NULL;
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

/* With nothing in it yet. */
static struct entry *make(struct cache *c, const struct file_id *id, enum file_variant variant, bool fresh)
{
    struct entry *e = xcalloc(1, sizeof(*e));
    *e = (struct entry){.id = *id, .variant = variant, .fd = -1, .fresh = fresh};
    list_init(&e->link);
    list_push(&c->entries, &e->link);
    c->count++;
    c->fresh_count += fresh;
    return e;
}

/* The next to make room for `more` bytes of another one; NULL: none is for that. */
static struct entry *victim(struct cache *c, const struct entry *other, int64_t more)
{
    bool modest = other->fresh && (c->fresh + more > c->max / 2 || c->fresh_count > MAX_ENTRIES / 2);
    for (struct list *it = c->entries.prev; it != &c->entries; it = it->prev) {
        struct entry *e = LIST_ITEM(it, struct entry, link);
        if (e != other && (!modest || e->fresh))
            return e;
    }
    return NULL;
}

/* Until `more` bytes have room behind those of an entry. */
static bool make_room(struct cache *c, const struct entry *e, int64_t more)
{
    while (c->count > MAX_ENTRIES || c->bytes + more > c->max) {
        struct entry *old = victim(c, e, more);
        if (!old)
            return false;
        let_go(c, old);
    }
    return true;
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
    c->waiting -= p->bytes.n;
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

/* Behind what an entry has; takes the bytes. False: there is no room, or the disk is too slow. */
static bool append(struct cache *c, struct entry *e, struct buf *bytes)
{
    int64_t n = (int64_t)bytes->n;
    if (e->end + n > c->max || c->waiting + bytes->n > MAX_WAITING || !make_room(c, e, n))
        return false;
    struct piece *p = xcalloc(1, sizeof(*p));
    *p = (struct piece){.cache = c, .entry = e, .at = e->end, .bytes = *bytes};
    *bytes = (struct buf){0};
    e->end += n;
    c->bytes += n;
    c->fresh += e->fresh ? n : 0;
    metric_add(c->kept, n);
    list_init(&p->link);
    list_push(&c->pieces, &p->link);
    c->waiting += (size_t)n;
    e->waiting++;
    write_next(c);
    return true;
}

void cache_put(struct cache *c, const struct file_id *id, enum file_variant variant, int64_t at, struct str bytes)
{
    struct entry *e = find(c, id, variant);
    struct buf copy = {0};
    if (bytes.n == 0 || at != (e ? e->end : 0) || (e && e->run) || c->waiting + bytes.n > MAX_WAITING)
        return;
    if (!e)
        e = make(c, id, variant, false);
    touch(c, e);
    looked_at(c, e);
    buf_str(&copy, bytes);
    if (append(c, e, &copy))
        e->sure = e->end;
    else if (e->end == 0)
        let_go(c, e);
    buf_fini(&copy);
}

/* ---- uploads ---- */

struct cache_run *cache_run(struct cache *c, const struct file_id *id, int64_t at, int64_t size)
{
    struct entry *e = find(c, id, FILE_ORIGINAL);
    if (e && (e->run || e->sure != e->end || e->end > at)) {
        let_go(c, e);
        e = NULL;
    }
    if (size > c->max || at != (e ? e->end : 0))
        return NULL;
    if (!e)
        e = make(c, id, FILE_ORIGINAL, true);
    touch(c, e);
    struct cache_run *run = xcalloc(1, sizeof(*run));
    *run = (struct cache_run){.cache = c, .entry = e, .at = at};
    e->run = run;
    return run;
}

void cache_run_put(struct cache_run *run, struct buf *bytes)
{
    struct entry *e = run->entry;
    if (e)
        touch(run->cache, e);
    /* Once some have no room, those behind them have no place. */
    if (e && run->at == e->end && append(run->cache, e, bytes))
        run->at = e->end;
    else
        run->at = -1;
}

void cache_run_end(struct cache_run *run, bool sure)
{
    struct entry *e = run ? run->entry : NULL;
    if (e) {
        e->run = NULL;
        e->sure = sure ? e->end : e->sure;
        /* Put and not sure, or none at all. */
        if (e->end != e->sure || e->end == 0)
            let_go(run->cache, e);
    }
    free(run);
}

void cache_forget(struct cache *c, const struct file_id *id)
{
    for (int variant = FILE_ORIGINAL; variant <= FILE_LARGE; variant++) {
        struct entry *e = find(c, id, (enum file_variant)variant);
        if (e)
            let_go(c, e);
    }
}

/* ---- reading ---- */

bool cache_read(struct cache *c, const struct file_id *id, enum file_variant variant, int64_t at, struct buf *out)
{
    struct entry *e = find(c, id, variant);
    if (!e)
        return false;
    int64_t end = e->written < e->sure ? e->written : e->sure;
    if (at >= end)
        return false;
    touch(c, e);
    looked_at(c, e);
    int64_t there = end - at;
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

int cache_file(struct cache *c, const struct file_id *id, int64_t size)
{
    const struct entry *e = find(c, id, FILE_ORIGINAL);
    return e && e->written == size && e->sure == size ? fcntl(e->fd, F_DUPFD_CLOEXEC, 0) : -1;
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
