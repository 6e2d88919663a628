/* Decides votes. A vote says how it is to be, so the same again is no event. Of an anonymous poll an event says how
 * many voted for what, and not who. */
#include "err.h"
#include "plan_acts.h"

int plan_check_extra(const struct plan_step *s, int64_t ts)
{
    const struct entry_extra *extra = s->entry->extra;
    if (extra != NULL && extra->sticker_file && !s->pictured)
        return ERR_STICKER_UNKNOWN;
    return extra != NULL && extra->closes_ms != 0 && extra->closes_ms <= ts ? ERR_POLL_INVALID : 0;
}

void plan_open_poll(struct plan *p, const struct entry *e, const struct event *event)
{
    const struct entry_extra *extra = e->extra;
    if (extra == NULL || extra->options == 0)
        return;
    p->polls[p->n_polls++] = (struct plan_poll){.room = event->room,
                                                .seq = event->seq,
                                                .options = extra->options,
                                                .closes_ms = extra->closes_ms,
                                                .multiple = extra->multiple,
                                                .anonymous = extra->anonymous};
}

static bool is_closed(const struct plan_poll *poll, int64_t ts)
{
    return poll->closed_ms != 0 || (poll->closes_ms != 0 && poll->closes_ms <= ts);
}

static void count(struct plan_poll *poll, int64_t choices, int64_t by)
{
    for (int64_t i = 0; i < poll->options; i++)
        poll->counts[i] += ((choices >> i) & 1) * by;
    poll->voters += choices != 0 ? by : 0;
    poll->dirty = true;
}

static void write_options(struct jsonw *w, int64_t choices)
{
    jsonw_arr(w, "options");
    for (int64_t i = 0; i < POLL_OPTIONS_MAX; i++)
        if ((choices >> i) & 1)
            jsonw_int(w, NULL, i);
    jsonw_arr_end(w);
}

static void tell_vote(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct plan_poll *poll = &s->target->poll;
    struct event *event = plan_append_about(p, s, EVENT_VOTED, poll->anonymous ? 0 : s->entry->user, ts);
    struct buf *data = &p->datas[event - p->events];
    struct jsonw w = jsonw_on(data);
    jsonw_obj(&w, NULL);
    if (!poll->anonymous)
        write_options(&w, s->entry->choices);
    jsonw_arr(&w, "counts");
    for (int64_t i = 0; i < poll->options; i++)
        jsonw_int(&w, NULL, poll->counts[i]);
    jsonw_arr_end(&w);
    jsonw_int(&w, "voters", poll->voters);
    jsonw_obj_end(&w);
    event->data = buf_view(data);
    s->vote->since = poll->anonymous ? 0 : event->seq;
}

int plan_run_vote(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_poll *poll = &s->target->poll;
    int64_t choices = s->entry->choices;
    if (s->target->deleted_ms != 0 || poll->options == 0)
        return ERR_MESSAGE_NOT_FOUND;
    if (choices >> poll->options != 0 || (!poll->multiple && vote_count(choices) > 1))
        return ERR_BAD_REQUEST;
    if (s->vote->is == choices)
        return 0;
    if (!plan_may(s, PERMISSION_REACT))
        return ERR_FORBIDDEN;
    if (is_closed(poll, ts))
        return ERR_POLL_CLOSED;
    count(poll, s->vote->is, -1);
    count(poll, choices, 1);
    s->vote->is = choices;
    tell_vote(p, s, ts);
    return 0;
}

int plan_run_close_poll(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_poll *poll = &s->target->poll;
    if (s->target->deleted_ms != 0 || poll->options == 0)
        return ERR_MESSAGE_NOT_FOUND;
    if (s->target->sender != s->entry->user && !plan_may(s, PERMISSION_DELETE_ANY))
        return ERR_FORBIDDEN;
    if (is_closed(poll, ts))
        return 0;
    plan_append_about(p, s, EVENT_POLL_CLOSED, s->entry->user, ts);
    poll->closed_ms = ts;
    poll->dirty = true;
    return 0;
}
