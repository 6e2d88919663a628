/* Notes what happened to the entries of a batch. */
#include "ingest_hops.h"

#include <stdio.h>

#include "bus.h"
#include "clock.h"
#include "err.h"
#include "log.h"

static void say(const struct plan_step *s)
{
    const struct entry *e = s->entry;
    log_debug(NULL, s->err != 0 ? "entry refused" : "entry stored",
              "request=%.*s user=%lld room=%lld seq=%lld code=%s dup=%d entry=%.*s", (int)e->trace.n, e->trace.p,
              (long long)e->user, (long long)e->room, s->err == 0 && s->sent != NULL ? (long long)s->sent->seq : 0LL,
              err_code(s->err), s->dup, (int)e->id.n, e->id.p);
}

void ingest_hops_note(struct hops *hops, const struct plan *p, int64_t begun_us, int64_t committed_us)
{
    int64_t now_us = clock_wall_us(), ahead_us = now_us - clock_mono_us();
    for (size_t i = 0; i < p->n_steps; i++) {
        const struct plan_step *s = &p->steps[i];
        const struct entry *e = s->entry;
        say(s);
        if (e->kind != ENTRY_SEND || s->err != 0 || s->dup)
            continue;
        struct hop hop = {.kind = HOP_STORED,
                          .room = s->sent->room,
                          .seq = s->sent->seq,
                          .last = s->sent->seq,
                          .at_us = {e->taken_ms * 1000, bus_entry_born_ms(e->id) * 1000, e->since_us + ahead_us,
                                    begun_us + ahead_us, committed_us + ahead_us, now_us}};
        snprintf(hop.request, sizeof(hop.request), "%.*s", (int)e->trace.n, e->trace.p);
        hops_note(hops, &hop);
    }
}
