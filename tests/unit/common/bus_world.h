/* One process's bus for a test, the loop it runs on, and what was seen of it. The tests of one Redis and of a cluster
 * add what they alone look at. */
#ifndef PARLEY_TEST_BUS_WORLD_H
#define PARLEY_TEST_BUS_WORLD_H

#include "bus.h"

struct world {
    struct loop *loop;
    struct timer *tick;
    struct bus *bus;
    struct bus_reader *reader;
    int64_t end_ms;
    bool (*until)(struct world *w);
    bool ready;
    uint64_t epoch;
    int replies, confirmed, confirm_errs, messages, entries;
};

extern struct world w;

/* A loop without a bus, and nothing seen. */
void world_begin(void);
/* `max_in_flight` as in bus_config. */
void world_connect(const char *url, size_t max_in_flight);
void world_end(void);

/* Run the loop until that is so; fails after WORLD_DEADLINE_MS, and says what was seen. */
enum { WORLD_DEADLINE_MS = 20000 };
void run_until(bool (*until)(struct world *w));
bool is_ready(struct world *x);
bool is_not_ready(struct world *x);

/* A bus_subscribed_fn that counts. */
void on_confirmed(void *arg, int err);

#endif
