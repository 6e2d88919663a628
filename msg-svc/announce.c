/* Publishes the events and the answers of a committed plan, pipelined on the bus. */
#include "announce.h"

#include <stdio.h>

#include "err.h"
#include "tries.h"

static int announce_change_again(struct bus *bus, const struct plan_step *s)
{
    return publish_event(bus, &(struct event){.room = s->room->id,
                                              .seq = s->past->seq,
                                              .n = s->past->n,
                                              .mver = plan_mver_at(s->room, s->past->seq, s->past->n),
                                              .type = s->past->type,
                                              .sender = s->past->sender,
                                              .member = plan_subject(s)->user,
                                              .ts = s->past->ts});
}

/* The event of what was stored before, for who may have missed it: receivers drop a seq they have. */
static int announce_again(struct bus *bus, const struct plan_step *s)
{
    if (s->past != NULL)
        return announce_change_again(bus, s);
    return publish_event(bus, &(struct event){.room = s->sent->room,
                                              .seq = s->sent->seq,
                                              .n = s->sent->n,
                                              .mver = plan_mver_at(s->room, s->sent->seq, s->sent->n),
                                              .type = EVENT_MESSAGE,
                                              .sender = s->sent->sender,
                                              .ts = s->sent->ts,
                                              .cmid = s->sent->cmid,
                                              .body = s->entry->body});
}

static int answer(struct bus *bus, const struct plan *p, const struct plan_step *s, int64_t began_us,
                  int64_t committed_us)
{
    const struct entry *e = s->entry;
    if (s->err == ERR_OUT_OF_ORDER)
        return answer_out_of_order(bus, &e->to, e->cmid, s->cgen, s->expected);
    if (s->err != 0 && e->cseq > 0)
        return answer_refused(bus, &e->to, e->cmid, s->err, e->cgen);
    if (s->err != 0)
        return answer_error(bus, &e->to, e->cmid, s->err);
    if (e->kind == ENTRY_SEND)
        return answer_stored(bus, &e->to,
                             &(struct stored){.cmid = s->sent->cmid,
                                              .room = s->sent->room,
                                              .seq = s->sent->seq,
                                              .n = s->sent->n,
                                              .ts = s->sent->ts,
                                              .dup = s->dup,
                                              .queue_us = began_us - e->since_us,
                                              .commit_us = committed_us - began_us});
    return answer_json(bus, &e->to, s->has_view ? buf_view(&p->views[s->view].json) : STR("{}"));
}

size_t announce(struct bus *bus, const struct plan *p, int64_t began_us, int64_t committed_us)
{
    size_t failed = 0;
    /* Again before new: a room's channel carries rising seqs. */
    for (size_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].again)
            failed += announce_again(bus, &p->steps[i]) != 0;
    for (size_t i = 0; i < p->n_events; i++)
        failed += publish_event(bus, &p->events[i]) != 0;
    for (size_t i = 0; i < p->n_user_events; i++) {
        const struct plan_user_event *u = &p->user_events[i];
        struct user_event event = {.user = u->user, .useq = u->useq, .room = u->room, .type = u->type};
        if (u->type == USER_ROOM_ADDED)
            event.room_info = buf_view(&p->views[u->view].json);
        failed += publish_user_event(bus, &event) != 0;
    }
    for (size_t i = 0; i < p->n_steps; i++)
        if (!p->steps[i].newcomer)
            failed += answer(bus, p, &p->steps[i], began_us, committed_us) != 0;
    return failed;
}

static void acknowledge_shard(struct bus *bus, unsigned shard, struct entry *const *entries, size_t count)
{
    struct str ack[3 + PLAN_MAX], del[2 + PLAN_MAX], tried[PLAN_MAX];
    char stream[24];
    size_t n = 0, n_tried = 0;
    for (size_t i = 0; i < count && n < PLAN_MAX; i++)
        if (entries[i]->shard == shard) {
            ack[3 + n] = del[2 + n] = entries[i]->id;
            n++;
            if (entries[i]->tries > 0)
                tried[n_tried++] = entries[i]->id;
        }
    if (n == 0)
        return;
    snprintf(stream, sizeof stream, "ingest:{%u}", shard);
    ack[0] = STR("XACK");
    del[0] = STR("XDEL");
    ack[1] = del[1] = str_of(stream);
    ack[2] = STR("msg");
    bus_command(bus, NULL, NULL, 3 + n, ack);
    bus_command(bus, NULL, NULL, 2 + n, del);
    tries_forget(bus, shard, tried, n_tried);
}

void acknowledge(struct bus *bus, struct entry *const *entries, size_t count)
{
    for (unsigned i = 0; i < SHARDS; i++)
        acknowledge_shard(bus, i, entries, count);
}
