/* Coarse deadlines by the thousand: a hashed timer wheel over one timer of the loop. */
#include "wheel.h"

#include <assert.h>

#include "clock.h"

static size_t slot_of(int64_t ms)
{
    return (size_t)(ms / WHEEL_TICK_MS) % WHEEL_SLOTS;
}

static void on_timer(void *arg)
{
    struct wheel *wheel = arg;
    wheel_turn(wheel, clock_mono_ms());
}

void wheel_init(struct wheel *wheel, struct loop *loop)
{
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        list_init(&wheel->slots[i]);
    wheel->armed = 0;
    wheel->turned_ms = clock_mono_ms();
    timer_make(&wheel->timer, loop, on_timer, wheel);
}

void wheel_fini(struct wheel *wheel)
{
    assert(wheel->armed == 0);
    timer_destroy(&wheel->timer);
}

void wheel_entry_init(struct wheel_entry *entry, wheel_fn *fn)
{
    list_init(&entry->link);
    entry->at_ms = 0;
    entry->fn = fn;
}

bool wheel_armed(const struct wheel_entry *entry)
{
    return !list_empty(&entry->link);
}

void wheel_arm(struct wheel *wheel, struct wheel_entry *entry, int64_t at_ms)
{
    if (wheel_armed(entry)) {
        list_remove(&entry->link);
    } else if (wheel->armed++ == 0) {
        /* The wheel stood still while it was empty. */
        wheel->turned_ms = clock_mono_ms();
        timer_start(wheel->timer, WHEEL_TICK_MS, WHEEL_TICK_MS);
    }
    /* A slot that was already looked at would be met again only a rotation later. */
    if (at_ms <= wheel->turned_ms)
        at_ms = wheel->turned_ms + 1;
    entry->at_ms = at_ms;
    list_push(&wheel->slots[slot_of(at_ms)], &entry->link);
}

void wheel_disarm(struct wheel *wheel, struct wheel_entry *entry)
{
    if (!wheel_armed(entry))
        return;
    list_remove(&entry->link);
    if (--wheel->armed == 0)
        timer_stop(wheel->timer);
}

/* Move what is due from one slot to `due`; entries of later rotations stay. */
static void collect(struct list *slot, int64_t now_ms, struct list *due)
{
    LIST_EACH (slot, it) {
        struct wheel_entry *entry = LIST_ITEM(it, struct wheel_entry, link);
        if (entry->at_ms <= now_ms) {
            list_remove(it);
            list_push(due, it);
        }
    }
}

void wheel_turn(struct wheel *wheel, int64_t now_ms)
{
    struct list due;
    list_init(&due);
    /* The last slot again: what was due only later in its tick is still there. */
    int64_t first = wheel->turned_ms / WHEEL_TICK_MS;
    int64_t last = now_ms / WHEEL_TICK_MS;
    /* After a pause longer than a rotation every slot is looked at once. */
    if (last - first >= WHEEL_SLOTS)
        first = last - WHEEL_SLOTS + 1;
    for (int64_t tick = first; tick <= last; tick++)
        collect(&wheel->slots[(size_t)tick % WHEEL_SLOTS], now_ms, &due);
    if (now_ms > wheel->turned_ms)
        wheel->turned_ms = now_ms;

    /* From the list one by one: a fn may disarm the entries that come after it. */
    while (!list_empty(&due)) {
        struct wheel_entry *entry = LIST_ITEM(due.next, struct wheel_entry, link);
        wheel_disarm(wheel, entry);
        entry->fn(entry);
    }
}
