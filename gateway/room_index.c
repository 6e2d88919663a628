/* The relation between connections and the channels they listen to. */
#include "room_index.h"

#include <assert.h>
#include <stdlib.h>

#include "alloc.h"
#include "bundle.h"
#include "map.h"

struct room_index {
    struct idmap *channels[CHANNEL_KINDS];
    struct list empty;
    room_index_fn *first, *last;
    void *arg;
};

void room_index_create(struct room_index **index_r, room_index_fn *first, room_index_fn *last, void *arg)
{
    struct room_index *index = xcalloc(1, sizeof(*index));
    for (int k = 0; k < CHANNEL_KINDS; k++)
        idmap_create(&index->channels[k]);
    list_init(&index->empty);
    index->first = first;
    index->last = last;
    index->arg = arg;
    *index_r = index;
}

void room_index_destroy(struct room_index **index)
{
    if (!*index)
        return;
    room_index_reap(*index);
    for (int k = 0; k < CHANNEL_KINDS; k++) {
        assert(idmap_count((*index)->channels[k]) == 0);
        idmap_destroy(&(*index)->channels[k]);
    }
    free(*index);
    *index = NULL;
}

void subscriber_init(struct subscriber *s)
{
    list_init(&s->seats);
    s->count = 0;
    s->waiting = 0;
}

struct channel *room_index_find(const struct room_index *index, enum channel_kind kind, int64_t id)
{
    struct channel *c = idmap_get(index->channels[kind], (uint64_t)id);
    return c && c->count > 0 ? c : NULL;
}

struct seat *room_index_seat(const struct channel *channel, const struct subscriber *s)
{
    /* Walk the shorter side: a busy room has many seats, a busy person many rooms, seldom both. */
    if (s->count < channel->count) {
        LIST_EACH (&s->seats, it) {
            struct seat *seat = LIST_ITEM(it, struct seat, of_subscriber);
            if (seat->channel == channel)
                return seat;
        }
    } else {
        LIST_EACH (&channel->seats, it) {
            struct seat *seat = LIST_ITEM(it, struct seat, of_channel);
            if (seat->subscriber == s)
                return seat;
        }
    }
    return NULL;
}

bool room_marks_take(struct room_marks *m, int64_t user, int64_t seq)
{
    int mine = m->user[0] == user ? 0 : 1;
    if (seq <= m->seq[mine])
        return false;
    if (mine == 1 && seq > m->seq[0]) {
        m->user[1] = m->user[0];
        m->seq[1] = m->seq[0];
        mine = 0;
    }
    m->user[mine] = user;
    m->seq[mine] = seq;
    return true;
}

/* A room that nobody here listens to any more goes on without us. */
static void channel_forget(struct channel *c)
{
    c->known = false;
    c->last_seq = 0;
    c->mver = -1;
    c->marks = (struct room_marks){0};
    c->last_useq = 0;
    bundle_destroy(&c->waiting);
}

static struct channel *channel_get(struct room_index *index, enum channel_kind kind, int64_t id)
{
    struct channel *c = idmap_get(index->channels[kind], (uint64_t)id);
    if (c)
        return c;
    c = xcalloc(1, sizeof(*c));
    c->kind = kind;
    c->id = id;
    list_init(&c->seats);
    list_init(&c->empty);
    channel_forget(c);
    idmap_put(index->channels[kind], (uint64_t)id, c);
    index->first(index->arg, c);
    return c;
}

struct seat *room_index_join(struct room_index *index, enum channel_kind kind, int64_t id, struct subscriber *s)
{
    struct channel *c = channel_get(index, kind, id);
    struct seat *seat = room_index_seat(c, s);
    if (seat)
        return seat;
    seat = xcalloc(1, sizeof(*seat));
    seat->channel = c;
    seat->subscriber = s;
    seat->waiting = !c->confirmed;
    seat->taken = c->waiting ? (uint32_t)c->waiting->count : 0;
    list_init(&seat->of_channel);
    list_init(&seat->of_subscriber);
    list_push(&c->seats, &seat->of_channel);
    list_push(&s->seats, &seat->of_subscriber);
    c->count++;
    s->count++;
    s->waiting += seat->waiting;
    list_remove(&c->empty);
    return seat;
}

void room_index_leave(struct room_index *index, struct seat *seat)
{
    struct channel *c = seat->channel;
    list_remove(&seat->of_channel);
    list_remove(&seat->of_subscriber);
    seat->subscriber->count--;
    seat->subscriber->waiting -= seat->waiting;
    if (--c->count == 0) {
        channel_forget(c);
        list_remove(&c->empty);
        list_push(&index->empty, &c->empty);
    }
    frame_unref(&seat->then);
    free(seat);
}

void room_index_confirm(struct channel *channel, room_index_confirmed_fn *fn, void *arg)
{
    channel->confirmed = true;
    LIST_EACH (&channel->seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_channel);
        if (!seat->waiting)
            continue;
        seat->waiting = false;
        seat->subscriber->waiting--;
        fn(arg, seat);
    }
}

void room_index_drop(struct room_index *index, struct subscriber *s)
{
    while (!list_empty(&s->seats))
        room_index_leave(index, LIST_ITEM(s->seats.next, struct seat, of_subscriber));
}

void room_index_reap(struct room_index *index)
{
    LIST_EACH (&index->empty, it) {
        struct channel *c = LIST_ITEM(it, struct channel, empty);
        list_remove(&c->empty);
        index->last(index->arg, c);
        idmap_del(index->channels[c->kind], (uint64_t)c->id);
        free(c);
    }
}

size_t room_index_count(const struct room_index *index, enum channel_kind kind)
{
    return idmap_count(index->channels[kind]);
}

struct each {
    room_index_each_fn *fn;
    void *arg;
};

static bool each_channel(void *arg, uint64_t key, void *value)
{
    const struct each *e = arg;
    (void)key;
    return e->fn(e->arg, value);
}

void room_index_each(struct room_index *index, enum channel_kind kind, room_index_each_fn *fn, void *arg)
{
    struct each e = {fn, arg};
    idmap_each(index->channels[kind], each_channel, &e);
}
