/* A timer wheel: any number of coarse deadlines (100 ms) for one timer of the loop; arming and disarming are
 * O(1), and the timer runs only while something is armed. Owned by httpd.c; loop thread only. */
#ifndef PARLEY_WHEEL_H
#define PARLEY_WHEEL_H

#include "list.h"
#include "loop.h"

enum { WHEEL_SLOTS = 1024, WHEEL_TICK_MS = 100 };

struct wheel_entry;
typedef void wheel_fn(struct wheel_entry *entry);

/* Embedded in what has a deadline. */
struct wheel_entry {
    struct list link;
    int64_t at_ms; /* on clock_mono_ms(); only meaningful while armed */
    wheel_fn *fn;
};

struct wheel {
    struct list slots[WHEEL_SLOTS];
    struct timer *timer;
    int64_t turned_ms; /* every slot up to this time was looked at */
    size_t armed;
};

void wheel_init(struct wheel *wheel, struct loop *loop);
/* Nothing may be armed; asserted. */
void wheel_fini(struct wheel *wheel);

void wheel_entry_init(struct wheel_entry *entry, wheel_fn *fn);
bool wheel_armed(const struct wheel_entry *entry);
/* Call the entry's fn once, at at_ms or up to two ticks later, never earlier and never inside this call. Re-arms
 * an armed one. fn may arm and disarm anything, itself too. */
void wheel_arm(struct wheel *wheel, struct wheel_entry *entry, int64_t at_ms);
/* Harmless on an entry that is not armed. */
void wheel_disarm(struct wheel *wheel, struct wheel_entry *entry);
/* Run what is due at `now_ms`. The timer calls it; tests do too. */
void wheel_turn(struct wheel *wheel, int64_t now_ms);

#endif
