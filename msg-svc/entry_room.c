/* Reads what is to be done to a room or its members, from the arguments of the request. */
#include "entry.h"

#include "err.h"
#include "room_name.h"

enum { DESCRIPTION_CHARS = 1000, SLOW_MODE_MAX_S = 21600, RETENTION_MAX_DAYS = 36500, INVITE_TOKEN_MAX = 64 };

struct str entry_invite(const struct entry *e)
{
    return (struct str){(const char *)e->invite, DIGEST_WHOLE};
}

int entry_check_join(struct entry *e)
{
    if (e->body.n == 0)
        return 0;
    if (e->body.n > INVITE_TOKEN_MAX)
        return ERR_INVITE_NOT_FOUND;
    e->invited = true;
    digest_whole(e->body, e->invite);
    return 0;
}

static int check_texts(struct room_settings *t, const struct jval *args)
{
    t->has_name = jval_get_str(args, "name", &t->name);
    t->has_topic = jval_get_str(args, "topic", &t->topic);
    t->has_description = jval_get_str(args, "description", &t->description);
    t->name = room_name_trim(t->name);
    t->topic = room_name_trim(t->topic);
    t->description = room_name_trim(t->description);
    if (t->has_name && !room_name_ok(t->name))
        return ERR_NAME_INVALID;
    bool good =
        room_text_ok(t->topic, ROOM_TOPIC_CHARS, false) && room_text_ok(t->description, DESCRIPTION_CHARS, true);
    return good ? 0 : ERR_TEXT_INVALID;
}

static int check_settings(struct room_settings *t, const struct jval *args)
{
    unsigned char ignored[FILE_ID_BYTES];
    struct str kind;
    t->has_kind = jval_get_str(args, "kind", &kind);
    t->has_announcement = jval_get_bool(args, "announcement", &t->announcement);
    t->has_slow_mode = jval_get_int(args, "slow_mode_s", &t->slow_mode_s);
    if (t->slow_mode_s < 0 || t->slow_mode_s > SLOW_MODE_MAX_S)
        return ERR_BAD_REQUEST;
    if (t->has_kind && (!room_kind_parse(kind, &t->kind) || (t->kind != ROOM_PUBLIC && t->kind != ROOM_PRIVATE)))
        return ERR_BAD_REQUEST;
    t->has_retention = jval_get_int(args, "retention_days", &t->retention_days);
    if (t->retention_days < 0 || t->retention_days > RETENTION_MAX_DAYS)
        return ERR_BAD_REQUEST;
    t->has_picture = jval_get_str(args, "picture", &t->picture);
    if (t->picture.n > 0 && !file_id_parse(t->picture, ignored))
        return ERR_PICTURE_INVALID;
    return check_texts(t, args);
}

static int check_permission(struct entry *e)
{
    struct str name;
    if (!jval_get_str(e->args, "permission", &name) || !permission_parse(name, &e->what))
        return ERR_BAD_REQUEST;
    e->by_default = jval_get(e->args, "lowest") == NULL;
    if (e->by_default)
        return 0;
    return jval_get_str(e->args, "lowest", &name) && role_parse(name, &e->role) ? 0 : ERR_BAD_REQUEST;
}

static const char *const settlements[] = {[SETTLEMENT_DISMISS] = "dismiss",
                                          [SETTLEMENT_DELETE] = "delete",
                                          [SETTLEMENT_REMOVE] = "remove",
                                          [SETTLEMENT_BAN] = "ban",
                                          [SETTLEMENT_DISABLE] = "disable"};

const char *settlement_name(enum settlement settlement)
{
    return settlements[settlement];
}

static int check_settle(struct entry *e)
{
    struct str name;
    if (!jval_get_int(e->args, "seq", &e->about) || e->about <= 0 || !jval_get_str(e->args, "settlement", &name))
        return ERR_BAD_REQUEST;
    for (size_t i = 0; i < sizeof settlements / sizeof settlements[0]; i++)
        if (str_is(name, settlements[i])) {
            e->settlement = (enum settlement)i;
            return 0;
        }
    return ERR_BAD_REQUEST;
}

int entry_check_room_act(struct entry *e)
{
    struct str name;
    if (e->args == NULL)
        return ERR_BAD_REQUEST;
    if (e->kind == ENTRY_SETTINGS)
        return check_settings(&e->settings, e->args);
    if (e->kind == ENTRY_PERMISSION)
        return check_permission(e);
    if (e->kind == ENTRY_ARCHIVE)
        return jval_get_bool(e->args, "on", &e->on) ? 0 : ERR_BAD_REQUEST;
    if (!jval_get_id(e->args, "user", &e->target) || e->target <= 0)
        return ERR_BAD_REQUEST;
    if (e->kind == ENTRY_SETTLE)
        return check_settle(e);
    if (e->kind == ENTRY_MUTE)
        return jval_get_int(e->args, "until", &e->until_ms) && e->until_ms >= 0 ? 0 : ERR_BAD_REQUEST;
    if (e->kind == ENTRY_ROLE)
        return jval_get_str(e->args, "role", &name) && role_parse(name, &e->role) ? 0 : ERR_BAD_REQUEST;
    return 0;
}
