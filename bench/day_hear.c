/* What comes to the devices of a day: events, alone or in batches, and how far logs go. */
#include <stdio.h>
#include <string.h>

#include "day.h"
#include "mark.h"

static struct place *find_place(const struct day *d, const struct device *v, struct str id)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (str_is(id, day_room(d, &v->places[i])))
            return &v->places[i];
    return NULL;
}

/* The text behind the last `field` before `at`. NULL: there is none. */
static const char *field_before(const char *from, const char *at, const char *field)
{
    size_t n = strlen(field);
    for (const char *p = at - n; p >= from; p--)
        if (memcmp(p, field, n) == 0)
            return p + n;
    return NULL;
}

static uint64_t number_at(const char *p, const char *end)
{
    uint64_t value = 0;
    for (; p && p < end && *p >= '0' && *p <= '9'; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    return value;
}

static void note_head(struct board *board, uint32_t room, uint64_t seq)
{
    uint_fast64_t known = atomic_load(&board->heads[room]);
    while (known < seq && !atomic_compare_exchange_weak(&board->heads[room], &known, seq))
        ;
}

/* `due_us` 0: it is the device's own. */
static void take_event(struct day *d, struct device *v, struct place *p, uint64_t seq, int64_t due_us, int64_t now_us)
{
    struct slot *slot = d->worker->slot;
    note_head(d->worker->board, p->room, seq);
    bool is_new = place_take(p, seq);
    if (p->head == p->seen)
        p->missed_us = 0;
    else if (p->missed_us == 0)
        p->missed_us = now_us;
    if (!is_new || due_us == 0)
        return;
    if (!v->tells)
        day_tell_delivered(d, v, now_us);
    if (!v->reads && !v->idle && p == &v->places[v->shown]) {
        v->reads = true;
        day_plan(d, v, ACT_READ, now_us + DAY_EVERY_US);
    }
    if (!worker_counts(d->worker, now_us))
        return;
    slot->counted++;
    slot->last_us = now_us;
    histogram_add(&slot->delivery, now_us - due_us);
}

/* Of an event, or of a batch of them: each message has its room and its number somewhere before it. */
static void take_marks(struct day *d, struct device *v, struct str line, int64_t now_us)
{
    const char *from = line.p, *end = line.p + line.n;
    bool own = memmem(line.p, line.n, "\"cmid\":", 7) != NULL;
    struct mark mark;
    while (mark_next(&line, &mark)) {
        const char *at = line.p - MARK_SIZE, *room = field_before(from, at, "\"room\":\"");
        const char *stop = room ? memchr(room, '"', (size_t)(end - room)) : NULL;
        struct place *p = stop ? find_place(d, v, (struct str){room, (size_t)(stop - room)}) : NULL;
        uint64_t seq = number_at(field_before(from, at, "\"seq\":"), end);
        if (p && seq > 0 && mark.run == d->worker->options->plan.run)
            take_event(d, v, p, seq, own ? 0 : mark.due_us, now_us);
    }
}

/* "head" and "resumed" say where rooms stand: "ID":N or "ID":{"head":N. */
static void take_heads(const struct day *d, struct device *v, struct str line, int64_t now_us)
{
    for (uint32_t i = 0; i < v->count; i++) {
        struct place *p = &v->places[i];
        char name[48];
        int n = snprintf(name, sizeof(name), "\"%s\":", day_room(d, p));
        const char *at = memmem(line.p, line.n, name, (size_t)n), *end = line.p + line.n;
        if (!at)
            continue;
        for (at += n; at < end && (*at < '0' || *at > '9') && *at != '}'; at++)
            ;
        place_hear(p, number_at(at, end));
        if (p->head > p->seen && p->missed_us == 0)
            p->missed_us = now_us;
    }
}

void day_hear(struct client *c, struct str frame, int64_t now_us)
{
    struct day *d = c->crowd->arg;
    struct device *v = &d->devices[c - c->crowd->clients];
    bool counts = worker_counts(d->worker, now_us);
    sender_take(&v->sender, frame, now_us, counts ? &d->worker->slot->answers : NULL);
    while (frame.n > 0) {
        struct str line;
        frame = str_cut(frame, '\n', &line);
        if (str_starts(line, STR("{\"t\":\"event\"")) || str_starts(line, STR("{\"t\":\"batch\"")))
            take_marks(d, v, line, now_us);
        else if (str_starts(line, STR("{\"t\":\"head\"")) || str_starts(line, STR("{\"t\":\"resumed\"")))
            take_heads(d, v, line, now_us);
    }
}
