/* Decides what is done to a room and to its members. An act says how something is to be: where it is so already nothing
 * happens, and the answer is the same. */
#include "err.h"
#include "plan_acts.h"

int plan_check_voice(const struct plan_step *s, int64_t ts)
{
    const struct plan_room *room = s->room;
    if (room->archived)
        return ERR_ARCHIVED;
    if (s->who->blocked)
        return ERR_BLOCKED;
    if (!plan_may(s, s->entry->about != 0 ? PERMISSION_REPLY : PERMISSION_SEND))
        return ERR_FORBIDDEN;
    if (s->who->muted_ms > ts)
        return ERR_MUTED;
    if (room->slow_mode_s > 0 && s->who->role < ROLE_MODERATOR && s->who->sent_ms + room->slow_mode_s * 1000 > ts)
        return ERR_SLOW_MODE;
    return 0;
}

/* The event, its data begun. End it with end(). */
static struct event *begin(struct plan *p, struct plan_step *s, enum event_type type, int64_t ts, struct jsonw *w)
{
    struct event *event = plan_append(p, s->room, type, s->entry->user, ts);
    *w = jsonw_on(&p->datas[event - p->events]);
    jsonw_obj(w, NULL);
    return event;
}

static void end(struct plan *p, struct event *event, struct jsonw *w)
{
    jsonw_obj_end(w);
    event->data = buf_view(&p->datas[event - p->events]);
}

/* ---- settings ---- */

static bool differs(bool asked, struct str wanted, const struct buf *has)
{
    return asked && !str_eq(wanted, buf_view(has));
}

static void set_text(struct buf *text, struct jsonw *w, const char *key, struct str wanted)
{
    buf_reset(text);
    buf_str(text, wanted);
    jsonw_str(w, key, wanted);
}

/* What of the wish is new; the rest of it is as it is. */
static struct room_settings changes(const struct plan_step *s)
{
    const struct plan_room *room = s->room;
    struct room_settings t = s->entry->settings;
    t.has_name = differs(t.has_name, t.name, &s->profile->name);
    t.has_topic = differs(t.has_topic, t.topic, &s->profile->topic);
    t.has_description = differs(t.has_description, t.description, &s->profile->description);
    t.has_picture = differs(t.has_picture, t.picture, &s->profile->picture);
    t.has_kind = t.has_kind && t.kind != room->kind;
    t.has_announcement = t.has_announcement && t.announcement != room->rules.announcement;
    t.has_slow_mode = t.has_slow_mode && t.slow_mode_s != room->slow_mode_s;
    t.has_retention = t.has_retention && t.retention_days != room->retention_days;
    return t;
}

static int check_settings(const struct plan_step *s, const struct room_settings *t)
{
    const struct plan_room *room = s->room;
    enum room_kind kind = t->has_kind ? t->kind : room->kind;
    struct str name = t->has_name ? t->name : buf_view(&s->profile->name);
    if ((t->has_name || t->has_topic || t->has_description || t->has_slow_mode || t->has_picture) &&
        !plan_may(s, PERMISSION_SETTINGS))
        return ERR_FORBIDDEN;
    if ((t->has_kind || t->has_announcement || t->has_retention) && !plan_may(s, PERMISSION_OPEN))
        return ERR_FORBIDDEN;
    if (t->has_kind && (room->everyone || (kind == ROOM_PUBLIC && s->no_public)))
        return ERR_FORBIDDEN;
    if (t->has_picture && t->picture.n > 0 && !s->pictured)
        return ERR_PICTURE_INVALID;
    if (name.n == 0 && kind != ROOM_GROUP)
        return ERR_NAME_INVALID;
    return (t->has_name || t->has_kind) && kind == ROOM_PUBLIC && s->name_taken ? ERR_NAME_TAKEN : 0;
}

static int run_settings(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_room *room = s->room;
    struct plan_profile *profile = s->profile;
    const struct room_settings t = changes(s);
    bool texts = t.has_name || t.has_topic || t.has_description || t.has_picture;
    bool rules = t.has_kind || t.has_announcement || t.has_slow_mode || t.has_retention;
    int err = check_settings(s, &t);
    if (err != 0 || (!texts && !rules))
        return err;
    struct jsonw w;
    struct event *event = begin(p, s, EVENT_SETTINGS, ts, &w);
    profile->dirty |= texts;
    room->changed |= rules;
    if (t.has_name)
        set_text(&profile->name, &w, "name", t.name);
    if (t.has_topic)
        set_text(&profile->topic, &w, "topic", t.topic);
    if (t.has_description)
        set_text(&profile->description, &w, "description", t.description);
    if (t.has_picture)
        set_text(&profile->picture, &w, "picture", t.picture);
    if (t.has_kind) {
        room->kind = t.kind;
        jsonw_cstr(&w, "kind", room_kind_name(t.kind));
    }
    if (t.has_announcement) {
        room->rules.announcement = t.announcement;
        jsonw_bool(&w, "announcement", t.announcement);
    }
    if (t.has_slow_mode) {
        room->slow_mode_s = t.slow_mode_s;
        jsonw_int(&w, "slow_mode_s", t.slow_mode_s);
    }
    if (t.has_retention) {
        room->retention_days = t.retention_days;
        jsonw_int(&w, "retention_days", t.retention_days);
    }
    end(p, event, &w);
    return 0;
}

/* The event says all that differs from the table: who missed one is right with the next. */
static int run_permission(struct plan *p, struct plan_step *s, int64_t ts)
{
    const struct entry *e = s->entry;
    struct room_rules *rules = &s->room->rules;
    unsigned char lowest = e->by_default ? 0 : (unsigned char)(e->role + 1);
    struct buf all = {0};
    if (!plan_may(s, PERMISSION_PERMISSIONS) || permission_fixed(e->what))
        return ERR_FORBIDDEN;
    if (rules->lowest[e->what] == lowest)
        return 0;
    rules->lowest[e->what] = lowest;
    s->room->changed = true;
    struct jsonw w;
    struct event *event = begin(p, s, EVENT_SETTINGS, ts, &w);
    room_rules_write(&all, rules);
    jsonw_raw(&w, "permissions", buf_view(&all));
    end(p, event, &w);
    buf_fini(&all);
    return 0;
}

static int run_archive(struct plan *p, struct plan_step *s, int64_t ts)
{
    bool power = plan_may(s, PERMISSION_ARCHIVE) || (s->admin && s->room->kind != ROOM_DM);
    if (!power || s->room->everyone)
        return ERR_FORBIDDEN;
    if (s->room->archived == s->entry->on)
        return 0;
    struct event *event = plan_append(p, s->room, EVENT_ARCHIVED, s->entry->user, ts);
    event->data = s->entry->on ? STR("{\"on\":true}") : STR("{\"on\":false}");
    s->room->archived = s->entry->on;
    s->room->changed = true;
    return 0;
}

/* ---- members ---- */

/* Nobody changes his own role: so there is an owner left, always. */
static int run_role(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_member *m = s->whom;
    if (!plan_may(s, PERMISSION_SET_ROLE))
        return ERR_FORBIDDEN;
    if (!m->is)
        return ERR_USER_NOT_FOUND;
    if (m->role == s->entry->role)
        return 0;
    if (m == s->who || !outranks(s->who->role, m->role))
        return ERR_FORBIDDEN;
    struct jsonw w;
    struct event *event = begin(p, s, EVENT_ROLE, ts, &w);
    jsonw_id(&w, "user", m->user);
    jsonw_cstr(&w, "role", role_name(s->entry->role));
    end(p, event, &w);
    m->role = s->entry->role;
    m->changed = true;
    return 0;
}

static int run_mute(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_member *m = s->whom;
    int64_t until = s->entry->until_ms > ts ? s->entry->until_ms : 0;
    if (!plan_may(s, PERMISSION_MUTE))
        return ERR_FORBIDDEN;
    if (!m->is)
        return ERR_USER_NOT_FOUND;
    if (m == s->who || !outranks(s->who->role, m->role))
        return ERR_FORBIDDEN;
    if (m->muted_ms == until || (until == 0 && m->muted_ms <= ts))
        return 0;
    struct jsonw w;
    struct event *event = begin(p, s, EVENT_MUTED, ts, &w);
    jsonw_id(&w, "user", m->user);
    jsonw_int(&w, "until", until);
    end(p, event, &w);
    m->muted_ms = until;
    m->changed = true;
    return 0;
}

static void say_banned(struct plan *p, struct plan_step *s, bool on, int64_t ts)
{
    struct jsonw w;
    struct event *event = begin(p, s, EVENT_BANNED, ts, &w);
    jsonw_id(&w, "user", s->whom->user);
    jsonw_bool(&w, "on", on);
    end(p, event, &w);
    s->whom->banned = on;
    s->whom->banned_by = s->entry->user;
}

/* Out first: the event that takes him out is the last one he gets. */
void plan_shut_out(struct plan *p, struct plan_step *s, int64_t ts)
{
    if (s->whom->is)
        plan_take_out(p, s, s->whom, EVENT_REMOVED, ts);
    if (!s->whom->banned)
        say_banned(p, s, true, ts);
}

static int run_ban(struct plan *p, struct plan_step *s, int64_t ts)
{
    struct plan_member *m = s->whom;
    if (!plan_may(s, PERMISSION_BAN) || m == s->who || (m->is && !outranks(s->who->role, m->role)))
        return ERR_FORBIDDEN;
    if (!s->user->exists)
        return ERR_USER_NOT_FOUND;
    plan_shut_out(p, s, ts);
    return 0;
}

static int run_unban(struct plan *p, struct plan_step *s, int64_t ts)
{
    if (!plan_may(s, PERMISSION_BAN))
        return ERR_FORBIDDEN;
    if (s->whom->banned)
        say_banned(p, s, false, ts);
    return 0;
}

int plan_run_room_act(struct plan *p, struct plan_step *s, int64_t ts)
{
    if (!s->room->found)
        return ERR_ROOM_NOT_FOUND;
    bool power = s->admin && s->entry->kind == ENTRY_ARCHIVE && s->room->kind != ROOM_DM;
    if (!s->who->is && !power)
        return plan_refuse_outsider(s);
    if (s->room->archived && s->entry->kind != ENTRY_ARCHIVE)
        return ERR_ARCHIVED;
    switch (s->entry->kind) {
    case ENTRY_SETTINGS:
        return run_settings(p, s, ts);
    case ENTRY_PERMISSION:
        return run_permission(p, s, ts);
    case ENTRY_ARCHIVE:
        return run_archive(p, s, ts);
    case ENTRY_ROLE:
        return run_role(p, s, ts);
    case ENTRY_MUTE:
        return run_mute(p, s, ts);
    case ENTRY_BAN:
        return run_ban(p, s, ts);
    case ENTRY_UNBAN:
        return run_unban(p, s, ts);
    case ENTRY_PREVIEW:
    case ENTRY_UNPREVIEW:
    case ENTRY_SEND:
    case ENTRY_JOIN:
    case ENTRY_LEAVE:
    case ENTRY_ADD:
    case ENTRY_REMOVE:
    case ENTRY_EDIT:
    case ENTRY_DELETE:
    case ENTRY_REACT:
    case ENTRY_PIN:
    case ENTRY_SETTLE:
    case ENTRY_VOTE:
    case ENTRY_CLOSE_POLL:
        break;
    }
    return ERR_BAD_REQUEST;
}
