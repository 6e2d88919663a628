/* Acknowledges entries a turn of the loop after they were said. */
#include "said.h"

#include <stdlib.h>

#include "alloc.h"
#include "announce.h"
#include "failpoint.h"

struct said {
    struct bus *bus;
    struct list entries;
    struct timer *timer; /* armed while there are any */
    said_fn *fn;
    said_done_fn *done;
    void *arg;
};

static void give_back(struct said *s, struct entry *e)
{
    list_remove(&e->link);
    s->fn(s->arg, e);
}

static void on_timer(void *arg)
{
    struct said *s = arg;
    FAILPOINT("msg.before_ack");
    while (!list_empty(&s->entries)) {
        struct entry *some[PLAN_MAX];
        size_t n = 0;
        LIST_EACH (&s->entries, it)
            if (n < PLAN_MAX)
                some[n++] = LIST_ITEM(it, struct entry, link);
        acknowledge(s->bus, some, n);
        for (size_t i = 0; i < n; i++)
            give_back(s, some[i]);
    }
    s->done(s->arg);
}

void said_create(struct said **s_r, struct loop *loop, struct bus *bus, said_fn *fn, said_done_fn *done, void *arg)
{
    struct said *s = xcalloc(1, sizeof *s);
    *s = (struct said){.bus = bus, .fn = fn, .done = done, .arg = arg};
    list_init(&s->entries);
    timer_make(&s->timer, loop, on_timer, s);
    *s_r = s;
}

void said_destroy(struct said **s)
{
    if (*s == NULL)
        return;
    timer_destroy(&(*s)->timer);
    while (!list_empty(&(*s)->entries))
        give_back(*s, LIST_ITEM((*s)->entries.next, struct entry, link));
    free(*s);
    *s = NULL;
}

void said_push(struct said *s, struct entry *e)
{
    if (list_empty(&s->entries))
        timer_start(s->timer, 0, 0);
    list_push(&s->entries, &e->link);
}

bool said_has(const struct said *s, unsigned shard, struct str id)
{
    return entry_in(&s->entries, shard, id);
}
