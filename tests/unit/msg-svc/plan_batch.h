/* A batch made by hand, for the tests of the plan: entries are appended by next…(), then start() and what the database
 * would say. One batch a process: Criterion runs each test in its own. */
#ifndef PARLEY_TEST_PLAN_BATCH_H
#define PARLEY_TEST_PLAN_BATCH_H

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "plan.h"

enum { TS = 1790000000, CAPACITY = 5, MAX = PLAN_MAX };

static struct plan *plan;
static struct entry entries[MAX];
static struct entry *batch[MAX];
static char texts[MAX][40];
static size_t n;

static inline void set_up(void)
{
    plan_create(&plan, CAPACITY, true);
    n = 0;
}

static inline void tear_down(void)
{
    plan_destroy(&plan);
}

static inline struct entry *next(enum entry_kind kind, int64_t user, int64_t room)
{
    struct entry *e = &entries[n];
    *e = (struct entry){.kind = kind, .user = user, .room = room};
    batch[n++] = e;
    return e;
}

/* A send with the cmid of this number. */
static inline struct entry *next_send(int64_t user, int64_t room, int cmid, const char *body)
{
    size_t i = n;
    struct entry *e = next(ENTRY_SEND, user, room);
    snprintf(texts[i], sizeof texts[i], "00000000-0000-4000-8000-%012d", cmid);
    e->cmid = str_of(texts[i]);
    e->body = str_of(body);
    digest_of(e->body, e->about, e->quote, e->digest);
    return e;
}

/* The same with a place in the order of the user's only device. */
static inline struct entry *next_in_order(int64_t user, int64_t room, int cmid, int64_t cgen, int64_t cseq)
{
    struct entry *e = next_send(user, room, cmid, "a");
    e->device = STR("phone");
    e->cgen = cgen;
    e->cseq = cseq;
    return e;
}

static inline struct entry *next_remove(int64_t user, int64_t room, int64_t target)
{
    struct entry *e = next(ENTRY_REMOVE, user, room);
    e->target = target;
    return e;
}

static inline struct entry *next_add(int64_t user, int64_t room, int64_t target)
{
    struct entry *e = next(ENTRY_ADD, user, room);
    e->target = target;
    return e;
}

static inline void start(void)
{
    plan_start(plan, batch, n);
}

static inline void room_is(int64_t id, enum room_kind kind, int64_t last_seq, int64_t members)
{
    plan_room_is(
        plan, &(struct plan_room){
                  .id = id, .kind = kind, .last_seq = last_seq, .last_n = last_seq / 2, .mver = 3, .members = members});
}

static inline void order_is(int64_t user, int64_t room, int64_t cgen, int64_t cseq)
{
    plan_order_is(
        plan, &(struct plan_order){.room = room, .sender = user, .device = STR("phone"), .cgen = cgen, .cseq = cseq});
}

static inline void stored_before(const struct entry *e, int64_t seq)
{
    struct plan_sent row = {.sender = e->user, .cmid = e->cmid, .room = e->room, .seq = seq, .n = 4, .ts = 99};
    memcpy(row.digest, e->digest, DIGEST_BYTES);
    plan_sent_is(plan, &row);
}

static inline void refused_before(const struct entry *e)
{
    struct plan_sent row = {.sender = e->user, .cmid = e->cmid, .room = e->room};
    memcpy(row.digest, e->digest, DIGEST_BYTES);
    plan_sent_is(plan, &row);
}

static inline const struct plan_step *step(size_t i)
{
    return &plan->steps[i];
}

#endif
