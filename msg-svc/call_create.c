/* create: a room of mine, with people who are in it from the start. */
#include <string.h>

#include "alloc.h"
#include "calls.h"
#include "err.h"
#include "new_room.h"
#include "room_name.h"

static void on_made(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (err == ERR_SQL && strcmp(db_constraint(r), "rooms_public_name") == 0) {
        call_fail(c, ERR_NAME_TAKEN, NULL);
        return;
    }
    if (call_raced(c, err, r)) {
        new_room_make(c, on_made);
        return;
    }
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0)
        call_fail(c, ERR_USER_NOT_FOUND, NULL);
    else
        new_room_tell(c, r);
}

static int read_members(struct call *c)
{
    const struct jval *members = jval_get(c->args, "members");
    struct new_room *room = c->made;
    if (members == NULL)
        return 0;
    if (!jval_is_array(members))
        return ERR_BAD_REQUEST;
    if (jval_count(members) > NEW_ROOM_MEMBERS_MAX)
        return ERR_ROOM_FULL;
    for (size_t i = 0; i < jval_count(members); i++) {
        struct str text;
        if (!jval_str(jval_at(members, i), &text) || !str_i64(text, &room->others[room->n_others]))
            return ERR_USER_NOT_FOUND;
        room->n_others++;
    }
    new_room_tidy(room, c->user);
    return (int64_t)room->n_others + 1 > c->calls->room_capacity ? ERR_ROOM_FULL : 0;
}

static int read_room(struct call *c)
{
    struct new_room *room = c->made;
    jval_get_str(c->args, "kind", &room->kind);
    jval_get_str(c->args, "name", &room->name);
    jval_get_str(c->args, "topic", &room->topic);
    bool group = str_is(room->kind, "group");
    if (!group && !str_is(room->kind, "public") && !str_is(room->kind, "private"))
        return ERR_BAD_REQUEST;
    room->name = room_name_trim(room->name);
    if (!room_name_ok(room->name) || (room->name.n == 0 && !group))
        return ERR_NAME_INVALID;
    room->topic = room_name_trim(room->topic);
    if (!room_text_ok(room->topic, ROOM_TOPIC_CHARS, false))
        return ERR_TEXT_INVALID;
    return read_members(c);
}

static void on_policy(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0 && db_bool(r, 0, 0))
        new_room_make(c, on_made);
    else
        call_fail(c, ERR_FORBIDDEN, NULL);
}

/* Of groups everybody makes as many as he likes; of rooms, as the server's settings have it. */
static void ask_policy(struct call *c)
{
    struct db_params v = {0};
    db_p_str(&v, c->made->kind);
    db_p_int(&v, c->user);
    call_query(c,
               "SELECT CASE $1 WHEN 'public' THEN public_rooms ELSE private_rooms END = 'everybody' "
               "OR EXISTS (SELECT FROM auth.admins WHERE id = $2::bigint) FROM auth.room_making",
               &v, on_policy);
}

void call_create(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    c->made = xcalloc(1, sizeof *c->made);
    int err = read_room(c);
    if (err != 0)
        call_fail(c, err, NULL);
    else if (str_is(c->made->kind, "group"))
        new_room_make(c, on_made);
    else
        ask_policy(c);
}
