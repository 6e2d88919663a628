/* Decides what becomes of links in messages: looked at when the message comes or gets another link, shown when
 * something is known of it, and gone when the link goes or somebody takes it away, for good as long as it is the same
 * link. */
#include <string.h>

#include "err.h"
#include "plan_acts.h"
#include "preview.h"

void plan_note_link(struct plan *p, const struct entry *e, const struct event *event)
{
    if (!p->previews || e->url.n == 0 || e->extra != NULL)
        return;
    p->links[p->n_links++] =
        (struct plan_link){.room = event->room, .seq = event->seq, .sender = event->sender, .url = e->url};
}

/* Nothing is shown any more. */
static void take_away(struct plan *p, struct plan_step *s, int64_t sender, int64_t ts)
{
    struct plan_target *t = s->target;
    if (!t->previewed)
        return;
    t->preview_seq = plan_append_about(p, s, EVENT_PREVIEWED, sender, ts)->seq;
    t->preview = (struct str){0};
    t->previewed = false;
}

static void set_link(struct plan_target *t, enum plan_link_state state)
{
    t->link.room = t->room;
    t->link.seq = t->seq;
    t->link.sender = t->sender;
    t->link.state = state;
    t->link.dirty = true;
}

void plan_edit_link(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_target *t = s->target;
    const struct entry *e = s->entry;
    unsigned char digest[DIGEST_BYTES];
    digest_of(e->url, 0, 0, digest);
    if (t->link.state == LINK_NONE && e->url.n == 0)
        return;
    if (t->link.state != LINK_NONE && e->url.n > 0 && memcmp(digest, t->link.digest, DIGEST_BYTES) == 0)
        return;
    take_away(p, s, e->user, ts);
    memcpy(t->link.digest, digest, DIGEST_BYTES);
    t->link.url = e->url;
    set_link(t, e->url.n > 0 && p->previews ? LINK_WAITING : LINK_NONE);
}

static void show(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_target *t = s->target;
    struct event *event = plan_append_about(p, s, EVENT_PREVIEWED, t->sender, ts);
    struct buf *data = &p->datas[event - p->events];
    static const struct str before = STR("{\"preview\":");
    buf_str(data, before);
    preview_write(data, s->entry->args,
                  s->files != NULL && s->files->found == 1 ? buf_view(&s->files->json) : (struct str){"", 0});
    buf_char(data, '}');
    event->data = buf_view(data);
    t->preview = (struct str){event->data.p + before.n, event->data.n - before.n - 1};
    t->preview_seq = event->seq;
    t->previewed = true;
}

/* Its message may be gone by now, or its link another one: then it is of no use. */
int plan_run_preview(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_target *t = s->target;
    unsigned char digest[DIGEST_BYTES];
    digest_of(s->entry->url, 0, 0, digest);
    if (!s->room->found || !t->found || t->deleted_ms != 0 || t->link.state != LINK_WAITING ||
        memcmp(digest, t->link.digest, DIGEST_BYTES) != 0)
        return 0;
    if (preview_is(s->entry->args))
        show(p, s, ts);
    set_link(t, LINK_SETTLED);
    return 0;
}

/* Who may delete the message may do so, and whether there is one is the same. */
int plan_run_unpreview(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_target *t = s->target;
    if (t->deleted_ms != 0)
        return ERR_MESSAGE_NOT_FOUND;
    if (!plan_may(s, PERMISSION_DELETE_ANY) && (t->sender != s->entry->user || !plan_may(s, PERMISSION_DELETE_OWN)))
        return ERR_FORBIDDEN;
    if (t->link.state == LINK_NONE || t->link.state == LINK_REMOVED)
        return 0;
    take_away(p, s, s->entry->user, ts);
    set_link(t, LINK_REMOVED);
    return 0;
}
