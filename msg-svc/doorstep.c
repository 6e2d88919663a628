/* Keeps entries of newcomers until these are welcomed. */
#include "doorstep.h"

#include <stdlib.h>

#include "alloc.h"

struct doorstep {
    struct welcome_config config;
    doorstep_fn *fn;
    doorstep_done_fn *done;
    void *arg;
    struct list entries;
    int64_t welcoming; /* whom; 0: nobody */
};

void doorstep_create(struct doorstep **d_r, const struct welcome_config *config, doorstep_fn *fn,
                     doorstep_done_fn *done, void *arg)
{
    struct doorstep *d = xcalloc(1, sizeof *d);
    *d = (struct doorstep){.config = *config, .fn = fn, .done = done, .arg = arg};
    list_init(&d->entries);
    *d_r = d;
}

void doorstep_destroy(struct doorstep **d)
{
    if (*d == NULL)
        return;
    doorstep_clear(*d);
    free(*d);
    *d = NULL;
}

static void give_back(struct doorstep *d, struct entry *e, bool welcomed)
{
    list_remove(&e->link);
    d->fn(d->arg, e, welcomed);
}

static void on_welcomed(void *arg, int err)
{
    struct doorstep *d = arg;
    LIST_EACH (&d->entries, it) {
        struct entry *e = LIST_ITEM(it, struct entry, link);
        if (e->user == d->welcoming)
            give_back(d, e, err == 0);
    }
    d->welcoming = 0;
    doorstep_knock(d);
    d->done(d->arg);
}

void doorstep_push(struct doorstep *d, struct entry *e)
{
    list_push(&d->entries, &e->link);
}

size_t doorstep_sift(struct doorstep *d, const struct plan *p, struct entry **entries, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (p->steps[i].newcomer)
            doorstep_push(d, entries[i]);
        else
            entries[kept++] = entries[i];
    }
    return kept;
}

void doorstep_knock(struct doorstep *d)
{
    while (d->welcoming == 0 && !list_empty(&d->entries)) {
        struct entry *e = LIST_ITEM(d->entries.next, struct entry, link);
        if (welcome(&d->config, e->user, on_welcomed, d) == 0)
            d->welcoming = e->user;
        else
            give_back(d, e, false);
    }
}

void doorstep_clear(struct doorstep *d)
{
    while (!list_empty(&d->entries))
        give_back(d, LIST_ITEM(d->entries.next, struct entry, link), false);
}

bool doorstep_has(const struct doorstep *d, unsigned shard, struct str id)
{
    return entry_in(&d->entries, shard, id);
}

bool doorstep_keeps(const struct doorstep *d, int64_t user)
{
    LIST_EACH (&d->entries, it)
        if (LIST_ITEM(it, struct entry, link)->user == user)
            return true;
    return false;
}

int64_t doorstep_since_ms(const struct doorstep *d)
{
    return entries_since_ms(&d->entries);
}
