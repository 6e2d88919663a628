/* Takes stored files one after the other, tells what they are, and makes them ready. */
#include "finisher.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "blob.h"
#include "err.h"
#include "file_type.h"
#include "log.h"
#include "media.h"

enum { AT_ONCE = 2, MAX_WAITING = 1000 };

struct waiting {
    struct list link;
    struct file_id id;
};

/* One file at a time. */
struct slot {
    struct finisher *finisher;
    struct file_type *type;
    struct file file;
    struct buf head;          /* its first bytes, while a worker looks at them */
    char told[FILE_TYPE_MAX]; /* what it said */
    bool busy;
};

struct finisher {
    struct media *media;
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
    list_init(&f->waiting);
    for (size_t i = 0; !err && i < AT_ONCE; i++) {
        f->slots[i].finisher = f;
        err = file_type_create(&f->slots[i].type);
    }
    *finisher_r = f;
    return err;
}

void finisher_stop(struct finisher *finisher)
{
    if (finisher)
        finisher->stopping = true;
}

void finisher_destroy(struct finisher **finisher)
{
    struct finisher *f = *finisher;
    if (!f)
        return;
    *finisher = NULL;
    LIST_EACH (&f->waiting, it)
        free(LIST_ITEM(it, struct waiting, link));
    for (size_t i = 0; i < AT_ONCE; i++)
        file_type_destroy(&f->slots[i].type);
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
    file_fini(&slot->file);
    buf_fini(&slot->head);
    slot->file = (struct file){0};
    slot->busy = false;
    next(slot->finisher);
}

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

/* On a worker thread. */
static void look(void *arg)
{
    struct slot *slot = arg;
    file_type_of(slot->type, buf_view(&slot->head), slot->told);
}

static void looked(void *arg)
{
    make_ready(arg);
}

static void tell(struct slot *slot)
{
    int err = loop_work(slot->finisher->media->process.loop, look, looked, slot);
    if (err)
        slot_end(slot, err);
}

static void on_head(void *arg, int err, struct str bytes)
{
    struct slot *slot = arg;
    if (err) {
        slot_end(slot, err);
        return;
    }
    buf_put(&slot->head, bytes.p, bytes.n < FILE_TYPE_BYTES ? bytes.n : FILE_TYPE_BYTES);
    tell(slot);
}

static void on_file(void *arg, int err, struct file *file)
{
    struct slot *slot = arg;
    struct media *media = slot->finisher->media;
    slot->file = *file;
    if (!err && file->state != FILE_STORED)
        err = ERR_NOT_FOUND;
    if (!err && file->size > 0)
        err = blob_read(media->blob, &file->id, FILE_ORIGINAL, 0, on_head, slot);
    else if (!err)
        tell(slot);
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

void finisher_add(struct finisher *finisher, const struct file_id *id)
{
    if (finisher->waiting_count >= MAX_WAITING)
        return;
    struct waiting *w = xcalloc(1, sizeof(*w));
    w->id = *id;
    list_init(&w->link);
    list_push(&finisher->waiting, &w->link);
    finisher->waiting_count++;
    next(finisher);
}
