/* Decides what is done to messages after they were sent, and what a message brings with it. An act says how something
 * is to be: where it is so already nothing happens, and the answer is the same. */
#include <string.h>

#include "err.h"
#include "pictures.h"
#include "plan_acts.h"

enum { REACTION_KINDS_MAX = 50 };

/* ---- what comes with a send ---- */

/* A thread hangs on a message that is in none; of a deleted one it goes on. What its sender cannot read is not there.
 */
int plan_check_places(const struct plan_step *s)
{
    if (s->target != NULL && (!s->target->found || s->target->type != EVENT_MESSAGE))
        return ERR_MESSAGE_NOT_FOUND;
    if (s->quote != NULL && !s->quote->found)
        return ERR_MESSAGE_NOT_FOUND;
    if (s->forward != NULL && !s->forward->found)
        return ERR_MESSAGE_NOT_FOUND;
    return 0;
}

static void mention(struct plan *p, const struct event *e, int64_t user)
{
    p->mentions[p->n_mentions++] = (struct plan_mention){.room = e->room, .seq = e->seq, .user = user};
}

/* Who is named, each once: two spellings may be one person. */
static void find_people(struct plan *p, const struct mentions *named, int64_t author, int64_t *people, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < named->count; i++) {
        int64_t user = plan_user_named(p, named->names[i]);
        bool known = user == 0 || user == author;
        for (size_t k = 0; k < *count; k++)
            known = known || people[k] == user;
        if (!known)
            people[(*count)++] = user;
    }
}

/* Whether the groups before this one of the step are others: two spellings may be one. */
static bool is_first(const struct plan *p, const struct plan_step *s, size_t nth)
{
    for (size_t i = 0; i < nth; i++)
        if (p->groups[s->groups + i].id == p->groups[s->groups + nth].id)
            return false;
    return true;
}

/* The member `groups` of the open object. A group with which a message calls more people than anybody may is text, like
 * @all. */
static void write_groups(struct plan *p, struct jsonw *w, const struct plan_step *s, const struct event *event)
{
    size_t written = 0;
    int64_t called = 0, most = plan_may(s, PERMISSION_MENTION_ALL) ? BATCH_CALLED_MOST : GROUP_CALLED_MOST;
    for (size_t i = 0; i < s->n_groups; i++) {
        const struct plan_group *g = &p->groups[s->groups + i];
        if (!is_first(p, s, i) || called + g->called > most || p->called + g->called > BATCH_CALLED_MOST)
            continue;
        called += g->called;
        p->called += g->called;
        if (written++ == 0)
            jsonw_arr(w, "groups");
        jsonw_obj(w, NULL);
        jsonw_id(w, "id", g->id);
        jsonw_str(w, "handle", buf_view(&g->handle));
        jsonw_obj_end(w);
        p->group_mentions[p->n_group_mentions++] =
            (struct plan_group_mention){.room = event->room, .seq = event->seq, .group = g->id};
    }
    if (written > 0)
        jsonw_arr_end(w);
}

/* The members `mentions` and `everyone` of the open object. @all of who may not call everyone is text, and so it is in
 * a thread, which not everyone follows. */
static void write_mentions(struct plan *p, struct jsonw *w, const struct plan_step *s, const struct event *event)
{
    const struct entry *e = s->entry;
    int64_t people[MENTIONS_MAX];
    size_t count;
    find_people(p, &e->mentions, e->user, people, &count);
    if (count > 0) {
        jsonw_arr(w, "mentions");
        for (size_t i = 0; i < count; i++) {
            jsonw_id(w, NULL, people[i]);
            mention(p, event, people[i]);
        }
        jsonw_arr_end(w);
    }
    if ((e->mentions.all || e->mentions.here) && e->about == 0 && plan_may(s, PERMISSION_MENTION_ALL)) {
        jsonw_cstr(w, "everyone", e->mentions.all ? "all" : "here");
        mention(p, event, 0);
    }
}

static void grow_thread(struct plan_target *root, const struct event *event)
{
    root->replies++;
    root->last_reply_ms = event->ts;
    root->changed = event->seq;
    root->dirty = true;
}

void plan_place(struct plan *p, struct plan_step *s, struct event *event)
{
    const struct entry *e = s->entry;
    struct buf *data = &p->datas[event - p->events];
    struct jsonw w = jsonw_on(data);
    jsonw_obj(&w, NULL);
    if (e->quote != 0)
        jsonw_int(&w, "quote", e->quote);
    write_mentions(p, &w, s, event);
    write_groups(p, &w, s, event);
    plan_write_carried(p, &w, s, event);
    if (e->extra != NULL)
        jsonw_raw(&w, e->extra->key, buf_view(&e->extra->data));
    jsonw_obj_end(&w);
    plan_open_poll(p, e, event);
    plan_note_link(p, e, event);
    event->data = data->n > 2 ? buf_view(data) : (struct str){0};
    if (s->target != NULL) {
        event->about = s->target->seq;
        grow_thread(s->target, event);
    }
}

/* ---- acts ---- */

struct event *plan_append_about(struct plan *p, struct plan_step *s, enum event_type type, int64_t sender, int64_t ts)
{
    struct event *event = plan_append(p, s->room, type, sender, ts);
    event->about = s->target->seq;
    s->target->changed = event->seq;
    s->target->dirty = true;
    return event;
}

static int run_edit(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct entry *e = s->entry;
    struct plan_target *t = s->target;
    if (t->deleted_ms != 0)
        return ERR_MESSAGE_NOT_FOUND;
    if (t->sealed || t->sender != e->user || !plan_may(s, PERMISSION_EDIT_OWN))
        return ERR_FORBIDDEN;
    if (e->body.n == 0 && !t->has_files)
        return ERR_BAD_REQUEST;
    if (memcmp(t->digest, e->digest, DIGEST_BYTES) == 0)
        return 0;
    struct event *event = plan_append_about(p, s, EVENT_EDITED, s->entry->user, ts);
    event->body = t->body = e->body;
    t->edited_ms = ts;
    memcpy(t->digest, e->digest, DIGEST_BYTES);
    plan_edit_link(p, s, ts);
    return 0;
}

void plan_erase(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_target *t = s->target;
    if (t->deleted_ms != 0)
        return;
    plan_append_about(p, s, EVENT_DELETED, s->entry->user, ts);
    t->deleted_ms = ts;
    t->pinned_ms = 0;
    t->edited_ms = 0;
    t->body = (struct str){0};
    t->link.dirty = t->link.dirty || t->link.state != LINK_NONE;
    t->link.state = LINK_NONE;
    t->previewed = false;
    t->preview_seq = 0;
    /* An edit of this batch must not leave its text in the log. */
    for (size_t i = 0; i < p->n_events; i++)
        if (p->events[i].room == t->room && (p->events[i].seq == t->seq || p->events[i].about == t->seq) &&
            p->events[i].type != EVENT_REPLY)
            p->events[i].body = (struct str){0};
    for (size_t i = 0; i < p->n_events; i++)
        if (p->events[i].room == t->room && p->events[i].about == t->seq && p->events[i].type == EVENT_PREVIEWED)
            p->events[i].data = (struct str){0};
}

static int run_delete(struct plan *p, struct plan_step *s, int64_t ts)
{
    if (!plan_may(s, PERMISSION_DELETE_ANY) &&
        (s->target->sender != s->entry->user || !plan_may(s, PERMISSION_DELETE_OWN)))
        return ERR_FORBIDDEN;
    plan_erase(p, s, ts);
    return 0;
}

static int run_react(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct entry *e = s->entry;
    struct plan_target *t = s->target;
    if (t->deleted_ms != 0)
        return ERR_MESSAGE_NOT_FOUND;
    if (s->reaction->is == e->on)
        return 0;
    if (!plan_may(s, PERMISSION_REACT))
        return ERR_FORBIDDEN;
    if (e->on && t->kinds >= REACTION_KINDS_MAX)
        return ERR_TOO_MANY_REACTIONS;
    struct str name;
    if (e->on && !s->pictured && emoji_code_parse(e->emoji, &name))
        return ERR_EMOJI_INVALID;
    struct event *event = plan_append_about(p, s, EVENT_REACTED, s->entry->user, ts);
    struct buf *data = &p->datas[event - p->events];
    struct jsonw w = jsonw_on(data);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "emoji", e->emoji);
    jsonw_bool(&w, "on", e->on);
    jsonw_id(&w, "to", t->sender);
    jsonw_obj_end(&w);
    event->data = buf_view(data);
    t->kinds += e->on;
    s->reaction->is = e->on;
    s->reaction->since = event->seq;
    return 0;
}

static int run_pin(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_target *t = s->target;
    if (t->deleted_ms != 0)
        return ERR_MESSAGE_NOT_FOUND;
    if (!plan_may(s, PERMISSION_PIN))
        return ERR_FORBIDDEN;
    if ((t->pinned_ms != 0) == s->entry->on)
        return 0;
    struct event *event = plan_append_about(p, s, EVENT_PINNED, s->entry->user, ts);
    event->data = s->entry->on ? STR("{\"on\":true}") : STR("{\"on\":false}");
    t->pinned_ms = s->entry->on ? ts : 0;
    return 0;
}

int plan_run_act(struct plan *p, struct plan_step *s, int64_t ts)
{
    if (!s->room->found)
        return ERR_ROOM_NOT_FOUND;
    if (!s->who->is)
        return plan_refuse_outsider(s);
    if (s->room->archived)
        return ERR_ARCHIVED;
    if (!s->target->found)
        return ERR_MESSAGE_NOT_FOUND;
    bool takes_away = s->entry->kind == ENTRY_DELETE || s->entry->kind == ENTRY_UNPREVIEW;
    if (s->who->muted_ms > ts && !takes_away)
        return ERR_MUTED;
    if (s->who->blocked && !takes_away)
        return ERR_BLOCKED;
    switch (s->entry->kind) {
    case ENTRY_EDIT:
        return run_edit(p, s, ts);
    case ENTRY_DELETE:
        return run_delete(p, s, ts);
    case ENTRY_REACT:
        return run_react(p, s, ts);
    case ENTRY_PIN:
        return run_pin(p, s, ts);
    case ENTRY_VOTE:
        return plan_run_vote(p, s, ts);
    case ENTRY_CLOSE_POLL:
        return plan_run_close_poll(p, s, ts);
    case ENTRY_UNPREVIEW:
        return plan_run_unpreview(p, s, ts);
    case ENTRY_PREVIEW:
    case ENTRY_SEND:
    case ENTRY_JOIN:
    case ENTRY_LEAVE:
    case ENTRY_ADD:
    case ENTRY_REMOVE:
    case ENTRY_SETTINGS:
    case ENTRY_PERMISSION:
    case ENTRY_ROLE:
    case ENTRY_BAN:
    case ENTRY_UNBAN:
    case ENTRY_MUTE:
    case ENTRY_ARCHIVE:
    case ENTRY_SETTLE:
        break;
    }
    return ERR_BAD_REQUEST;
}
