/* Writes events of a room's log as JSON, for sockets and for answers. */
#include "event.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const names[] = {
    [EVENT_MESSAGE] = "message",     [EVENT_CREATED] = "created", [EVENT_JOINED] = "joined",
    [EVENT_LEFT] = "left",           [EVENT_ADDED] = "added",     [EVENT_REMOVED] = "removed",
    [EVENT_REPLY] = "reply",         [EVENT_EDITED] = "edited",   [EVENT_DELETED] = "deleted",
    [EVENT_REACTED] = "reacted",     [EVENT_PINNED] = "pinned",   [EVENT_SETTINGS] = "settings",
    [EVENT_ROLE] = "role",           [EVENT_BANNED] = "banned",   [EVENT_MUTED] = "muted",
    [EVENT_ARCHIVED] = "archived",   [EVENT_VOTED] = "voted",     [EVENT_POLL_CLOSED] = "poll_closed",
    [EVENT_PREVIEWED] = "previewed",
};

const char *event_type_name(enum event_type type)
{
    return names[type];
}

bool event_type_parse(struct str name, enum event_type *type_r)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(name, names[i])) {
            *type_r = (enum event_type)i;
            return true;
        }
    return false;
}

bool event_moves_member(enum event_type type)
{
    return type == EVENT_JOINED || type == EVENT_LEFT || type == EVENT_ADDED || type == EVENT_REMOVED;
}

void event_id(struct buf *out, int64_t room, int64_t seq)
{
    buf_i64(out, room);
    buf_char(out, '.');
    buf_i64(out, seq);
}

static void write_members(struct jsonw *w, const struct event *e, bool with_cmid)
{
    char id[48];
    int n = snprintf(id, sizeof id, "%" PRId64 ".%" PRId64, e->room, e->seq);
    jsonw_id(w, "room", e->room);
    jsonw_int(w, "seq", e->seq);
    jsonw_int(w, "n", e->n);
    jsonw_str(w, "id", (struct str){id, (size_t)n});
    jsonw_cstr(w, "type", names[e->type]);
    jsonw_id(w, "sender", e->sender);
    if (with_cmid && e->cmid.n > 0)
        jsonw_str(w, "cmid", e->cmid);
    jsonw_int(w, "ts", e->ts);
    jsonw_str(w, "body", e->body);
    if (e->about != 0)
        jsonw_int(w, "about", e->about);
    if (e->member != 0) {
        jsonw_obj(w, "data");
        jsonw_id(w, "user", e->member);
        jsonw_obj_end(w);
    } else if (e->data.n > 0) {
        jsonw_raw(w, "data", e->data);
    }
    if (e->state.n > 0)
        jsonw_raw(w, "state", e->state);
}

void event_write(struct jsonw *w, const char *key, const struct event *e, bool with_cmid)
{
    jsonw_obj(w, key);
    write_members(w, e, with_cmid);
    jsonw_obj_end(w);
}

static void number(struct buf *out, int64_t v)
{
    buf_i64(out, v);
    buf_char(out, ' ');
}

void event_payload(struct buf *out, const struct event *e)
{
    buf_cstr(out, "E ");
    number(out, e->room);
    number(out, e->seq);
    number(out, e->n);
    number(out, e->mver);
    number(out, e->sender);
    buf_str(out, e->cmid.n > 0 ? e->cmid : STR("-"));
    buf_char(out, ' ');
    number(out, e->member);
    buf_cstr(out, names[e->type]);
    buf_char(out, '\n');

    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "event"); /* First: gateways put the author's cmid right behind it. */
    write_members(&w, e, false);
    jsonw_obj_end(&w);
}
