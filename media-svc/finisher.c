/* Takes stored files one after the other, tells what they are, has the decoder look at those it knows, and makes them
 * ready. Whatever comes of the decoder, a file becomes ready: at worst as one without a preview. */
#include "finisher.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "blob.h"
#include "decoder.h"
#include "err.h"
#include "file_type.h"
#include "log.h"
#include "media.h"
#include "mover.h"
#include "spool.h"

enum {
    AT_ONCE = DECODER_RUNNING_MAX,
    MAX_WAITING = 1000,
    MAX_OF_ONE = 100, /* of those, of a person */
    PART_BYTES = 256 << 10
};

struct waiting {
    struct list link;
    struct file_id id;
    int64_t owner;
    int nth; /* of its owner's, when it came */
};

/* One file at a time. */
struct slot {
    struct finisher *finisher;
    struct file_type *type;
    struct file file;
    struct buf head;          /* its first bytes, while a worker looks at them */
    char told[FILE_TYPE_MAX]; /* what it said */
    struct buf previews[2];   /* small, large: still to be stored */
    size_t preview, stored;   /* which one, and how much of it is */
    bool busy;
};

struct finisher {
    struct media *media;
    struct decoder *decoder;
    struct list waiting;
    size_t waiting_count;
    bool stopping;
    struct slot slots[AT_ONCE];
};

int finisher_create(struct finisher **finisher_r, struct media *media)
{
    struct finisher *f = xcalloc(1, sizeof(*f));
    int err = 0;
    f->media = media;
    f->decoder = decoder_create(media->process.loop, NULL);
    list_init(&f->waiting);
    for (size_t i = 0; !err && i < AT_ONCE; i++) {
        f->slots[i].finisher = f;
        err = file_type_create(&f->slots[i].type);
    }
    *finisher_r = f;
    return err;
}

static void slot_clear(struct slot *slot)
{
    file_fini(&slot->file);
    buf_fini(&slot->head);
    buf_fini(&slot->previews[0]);
    buf_fini(&slot->previews[1]);
    slot->file = (struct file){0};
    slot->preview = slot->stored = 0;
    slot->busy = false;
}

void finisher_stop(struct finisher *finisher)
{
    if (!finisher)
        return;
    finisher->stopping = true;
    decoder_destroy(&finisher->decoder);
}

void finisher_destroy(struct finisher **finisher)
{
    struct finisher *f = *finisher;
    if (!f)
        return;
    *finisher = NULL;
    LIST_EACH (&f->waiting, it)
        free(LIST_ITEM(it, struct waiting, link));
    for (size_t i = 0; i < AT_ONCE; i++) {
        slot_clear(&f->slots[i]);
        file_type_destroy(&f->slots[i].type);
    }
    free(f);
}

static void next(struct finisher *f);

/* It is ready, or left to a sweeper. */
static void slot_end(struct slot *slot, int err)
{
    struct media *media = slot->finisher->media;
    char id[FILE_ID_TEXT];
    file_id_print(&slot->file.id, id);
    if (err && err != ERR_NOT_FOUND)
        log_warn(NULL, "file not finished", "file=%s error=%s", id, err_name(err));
    else if (!err)
        metric_add(media->m.finished, 1);
    mover_hurry(media->mover);
    slot_clear(slot);
    next(slot->finisher);
}

/* ---- ready ---- */

static void on_ready(void *arg, int err)
{
    slot_end(arg, err);
}

static void make_ready(struct slot *slot)
{
    buf_cstr(&slot->file.type, slot->told);
    int err = file_ready(slot->finisher->media->db, &slot->file, on_ready, slot);
    if (err)
        slot_end(slot, err);
}

/* ---- what the decoder says ---- */

static void store_previews(struct slot *slot);

static void on_part(void *arg, int err)
{
    struct slot *slot = arg;
    if (err)
        slot_end(slot, err);
    else
        store_previews(slot);
}

/* The next part of them; none is left: ready. */
static void store_previews(struct slot *slot)
{
    while (slot->preview < 2 && slot->stored == slot->previews[slot->preview].n) {
        slot->preview++;
        slot->stored = 0;
    }
    if (slot->preview == 2) {
        make_ready(slot);
        return;
    }
    struct str rest = buf_view(&slot->previews[slot->preview]);
    int64_t at = (int64_t)slot->stored;
    rest = (struct str){rest.p + slot->stored, rest.n - slot->stored};
    rest.n = rest.n < PART_BYTES ? rest.n : PART_BYTES;
    slot->stored += rest.n;
    int err = blob_put(slot->finisher->media->blob, &slot->file.id, (enum file_variant)(FILE_SMALL + slot->preview), at,
                       rest, on_part, slot);
    if (err)
        slot_end(slot, err);
}

static void on_decoded(void *arg, int err, const struct decoder_answer *answer)
{
    struct slot *slot = arg;
    struct file *file = &slot->file;
    struct media_metrics *m = &slot->finisher->media->m;
    metric_add(err ? m->undecoded : m->decoded, 1);
    if (!err) {
        file->kind = (enum file_kind)answer->kind;
        file->width = answer->width;
        file->height = answer->height;
        file->duration_ms = answer->duration_ms < INT32_MAX ? (int)answer->duration_ms : INT32_MAX;
        buf_cstr(&file->blurhash, answer->blurhash);
        if (answer->has_waveform)
            buf_put(&file->waveform, answer->waveform, sizeof(answer->waveform));
        buf_str(&slot->previews[0], answer->small);
        buf_str(&slot->previews[1], answer->large);
        file->previews = (answer->small.n > 0 ? 1U : 0U) | (answer->large.n > 0 ? 2U : 0U);
    }
    store_previews(slot);
}

static void on_spooled(void *arg, int err, int fd)
{
    struct slot *slot = arg;
    struct finisher *f = slot->finisher;
    /* Of the database: a sweeper comes back to it. Of the disk, or of the decoder: it stays without a preview. */
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT || err == ERR_BUSY || f->stopping) {
        if (fd >= 0)
            close(fd);
        slot_end(slot, err ? err : ERR_UNAVAILABLE);
        return;
    }
    if (!err) {
        err = decoder_start(f->decoder, fd, slot->told, DECODER_DEADLINE_MS, on_decoded, slot);
        close(fd);
    }
    if (err) {
        log_warn(NULL, "file not looked into", "error=%s", err_name(err));
        metric_add(slot->finisher->media->m.undecoded, 1);
        make_ready(slot);
    }
}

static void decode(struct slot *slot)
{
    int err = spool_file(slot->finisher->media, &slot->file, on_spooled, slot);
    if (err)
        slot_end(slot, err);
}

/* ---- what it is ---- */

/* On a worker thread. */
static void look(void *arg)
{
    struct slot *slot = arg;
    file_type_of(slot->type, buf_view(&slot->head), slot->told);
}

static void looked(void *arg)
{
    struct slot *slot = arg;
    if (slot->file.size > 0 && decoder_knows(slot->told))
        decode(slot);
    else
        make_ready(slot);
}

static int read_head(struct slot *slot);

/* What is stored at once may be a few bytes; a type shows in more of them. */
static void on_head(void *arg, int err, struct str bytes)
{
    struct slot *slot = arg;
    if (!err) {
        size_t room = FILE_TYPE_BYTES - slot->head.n;
        buf_put(&slot->head, bytes.p, bytes.n < room ? bytes.n : room);
        err = read_head(slot);
    }
    if (err)
        slot_end(slot, err);
}

static int read_head(struct slot *slot)
{
    struct media *media = slot->finisher->media;
    if (slot->head.n < FILE_TYPE_BYTES && (int64_t)slot->head.n < slot->file.size)
        return blob_read(media->blob, &slot->file.id, FILE_ORIGINAL, (int64_t)slot->head.n, on_head, slot);
    return loop_work(media->process.loop, look, looked, slot);
}

static void on_file(void *arg, int err, struct file *file)
{
    struct slot *slot = arg;
    slot->file = *file;
    if (!err && file->state != FILE_STORED)
        err = ERR_NOT_FOUND;
    if (!err)
        err = read_head(slot);
    if (err)
        slot_end(slot, err);
}

static void start(struct slot *slot, const struct file_id *id)
{
    slot->busy = true;
    slot->file.id = *id;
    int err = file_load(slot->finisher->media->db, id, on_file, slot);
    if (err)
        slot_end(slot, err);
}

static void next(struct finisher *f)
{
    for (size_t i = 0; i < AT_ONCE && !list_empty(&f->waiting) && !f->stopping; i++) {
        if (f->slots[i].busy)
            continue;
        struct waiting *w = LIST_ITEM(f->waiting.next, struct waiting, link);
        struct file_id id = w->id;
        list_remove(&w->link);
        free(w);
        f->waiting_count--;
        start(&f->slots[i], &id);
    }
}

static bool is_in_hand(const struct finisher *f, const struct file_id *id)
{
    for (size_t i = 0; i < AT_ONCE; i++)
        if (f->slots[i].busy && memcmp(&f->slots[i].file.id, id, sizeof(*id)) == 0)
            return true;
    return false;
}

/* Everybody's first one comes before anybody's second: who sends a hundred that take long to look at holds up himself.
 * What has no place a sweeper brings again. */
void finisher_add(struct finisher *finisher, const struct file_id *id, int64_t owner)
{
    struct list *behind = &finisher->waiting;
    int nth = 0;
    if (finisher->waiting_count >= MAX_WAITING || is_in_hand(finisher, id))
        return;
    LIST_EACH (&finisher->waiting, it) {
        const struct waiting *other = LIST_ITEM(it, struct waiting, link);
        if (memcmp(&other->id, id, sizeof(*id)) == 0)
            return;
        nth += other->owner == owner;
    }
    if (nth >= MAX_OF_ONE)
        return;
    while (behind->prev != &finisher->waiting && LIST_ITEM(behind->prev, struct waiting, link)->nth > nth)
        behind = behind->prev;
    struct waiting *w = xcalloc(1, sizeof(*w));
    *w = (struct waiting){.id = *id, .owner = owner, .nth = nth};
    list_init(&w->link);
    list_push(behind, &w->link);
    finisher->waiting_count++;
    next(finisher);
}
