/* Counts tries of entries in Redis. */
#include "tries.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"

/* Longer than any entry stays: what a lost HDEL leaves behind goes by itself. */
enum { KEEP_S = 86400 };

/* One count under way. The bus may answer it after `tries` is gone. */
struct count {
    struct tries *tries; /* NULL: gone */
    struct entry *entries[PLAN_MAX];
    size_t asked, answered;
    bool failed;
};

struct tries {
    struct bus *bus;
    tries_fn *fn;
    void *arg;
    struct count *under_way;
};

void tries_create(struct tries **t_r, struct bus *bus, tries_fn *fn, void *arg)
{
    struct tries *t = xcalloc(1, sizeof *t);
    *t = (struct tries){.bus = bus, .fn = fn, .arg = arg};
    *t_r = t;
}

void tries_destroy(struct tries **t)
{
    if (*t == NULL)
        return;
    if ((*t)->under_way != NULL)
        (*t)->under_way->tries = NULL;
    free(*t);
    *t = NULL;
}

static bool is_due(const struct entry *e)
{
    return (e->redelivered || e->alone) && !e->counted;
}

bool tries_due(struct entry *const *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_due(entries[i]))
            return true;
    return false;
}

static void take_back(struct tries *t, struct entry *e)
{
    if (!e->counted)
        return;
    e->counted = false;
    e->tries--;
    bus_commandf(t->bus, NULL, NULL, "HINCRBY tries:{%lld} %b -1", (long long)e->shard, &e->id);
}

bool tries_set_apart(struct tries *t, struct entry *const *entries, size_t count)
{
    size_t together = 0; /* the first of them, as far as they may be tried now */
    for (size_t i = 0; i < count; i++) {
        entries[i]->alone = entries[i]->alone || entries[i]->tries >= TRIES_ALONE;
        entries[i]->doomed = entries[i]->tries >= TRIES_MAX;
    }
    while (together < count && (together == 0 || !(entries[together]->alone || entries[0]->alone)))
        together++;
    /* The others' try is not coming yet: it is counted when it does, or they would share the blame. */
    for (size_t i = together; i < count; i++)
        take_back(t, entries[i]);
    return together < count;
}

void tries_spare_newcomers(struct tries *t, const struct plan *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].newcomer)
            take_back(t, p->steps[i].entry);
}

bool tries_counting(const struct tries *t)
{
    return t->under_way != NULL;
}

/* Answers come in the order of the questions. */
static void on_counted(void *arg, int err, const struct bus_reply *reply)
{
    struct count *c = arg;
    struct tries *t = c->tries;
    struct entry *e = c->entries[c->answered++];
    if (err != 0 || bus_type(reply) != BUS_INTEGER) {
        c->failed = true;
    } else if (t != NULL) {
        e->tries = (unsigned)bus_int(reply);
        e->counted = true;
    }
    if (c->answered < c->asked)
        return;
    bool counted = !c->failed;
    free(c);
    if (t == NULL)
        return;
    t->under_way = NULL;
    t->fn(t->arg, counted);
}

int tries_count(struct tries *t, struct entry *const *entries, size_t count)
{
    struct count *c = xcalloc(1, sizeof *c);
    int err = 0;
    c->tries = t;
    for (size_t i = 0; i < count && err == 0; i++) {
        struct entry *e = entries[i];
        if (!is_due(e))
            continue;
        err = bus_commandf(t->bus, on_counted, c, "HINCRBY tries:{%lld} %b 1", (long long)e->shard, &e->id);
        if (err == 0)
            c->entries[c->asked++] = e;
    }
    if (c->asked == 0) {
        free(c);
        return err != 0 ? err : ERR_INTERNAL;
    }
    c->failed = err != 0;
    for (size_t i = 0; i < c->asked; i++)
        if (i == 0 || c->entries[i]->shard != c->entries[i - 1]->shard)
            bus_commandf(t->bus, NULL, NULL, "EXPIRE tries:{%lld} %lld", (long long)c->entries[i]->shard,
                         (long long)KEEP_S);
    t->under_way = c;
    return 0;
}

void tries_forget(struct bus *bus, unsigned shard, const struct str *ids, size_t count)
{
    struct str words[2 + PLAN_MAX];
    struct buf key = {0};
    if (count == 0 || count > PLAN_MAX)
        return;
    buf_printf(&key, "tries:{%u}", shard);
    words[0] = STR("HDEL");
    words[1] = buf_view(&key);
    for (size_t i = 0; i < count; i++)
        words[2 + i] = ids[i];
    bus_command(bus, NULL, NULL, 2 + count, words);
    buf_fini(&key);
}
