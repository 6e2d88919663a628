/* mine: where I keep a room among mine, and what of it notifies me. Told to all my devices. */
#include "calls.h"
#include "err.h"
#include "publish.h"
#include "room_view.h"

enum { SECTION_CHARS = 40 };

static void ask(struct call *c);

static void on_view(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0) {
        struct buf info = {0};
        struct jsonw w = jsonw_on(&info);
        room_view_write(&w, NULL, r, 0);
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = c->other,
                                                               .room = c->room,
                                                               .type = USER_ROOM_CHANGED,
                                                               .room_info = buf_view(&info)});
        buf_fini(&info);
    }
    call_reply(c, STR("{}"));
}

static void on_kept(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        ask(c);
        return;
    }
    if (!call_inside(c, err, r, ask))
        return;
    c->other = db_int(r, 0, 2);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->room);
    call_query(c, ROOM_VIEW_SELECT("SELECT $1::bigint, $2::bigint"), &v, on_view);
}

/* A text of the arguments; NULL when it is not named. */
static void put_text(struct db_params *v, const struct call *c, const char *key)
{
    struct str text = {0};
    if (jval_get_str(c->args, key, &text))
        db_p_str(v, text);
    else
        db_p_null(v);
}

/* What is told now makes worthless what was told of the room before. A time is kept within what has four digits of a
 * year. */
static void ask(struct call *c)
{
    bool favourite = false;
    int64_t quiet_until = 0;
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, jval_get_bool(c->args, "favourite", &favourite) ? favourite : -1);
    put_text(&v, c, "section");
    put_text(&v, c, "notify");
    if (jval_get_int(c->args, "quiet_until", &quiet_until))
        db_p_int(&v, quiet_until);
    else
        db_p_null(&v);
    call_query(
        c,
        "WITH kept AS (UPDATE chat.members SET favourite = CASE WHEN $3::int < 0 THEN favourite ELSE $3::int > 0 END, "
        "section = coalesce($4::text, section), "
        "notify = CASE WHEN $5::text IS NULL THEN notify ELSE nullif($5::text, 'default') END, "
        "quiet_until = CASE WHEN $6::bigint IS NULL THEN quiet_until WHEN $6::bigint > 0 "
        "THEN to_timestamp(least($6::bigint, 253402300799000) / 1000.0) END "
        "WHERE room_id = $1::bigint AND user_id = $2::bigint "
        "RETURNING user_id), "
        "gone AS (DELETE FROM chat.user_events e USING kept k WHERE e.user_id = k.user_id "
        "AND e.room_id = $1::bigint AND e.type = 'room_changed'), "
        "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT user_id, 1 FROM kept "
        "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + 1 RETURNING last_useq), "
        "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id) "
        "SELECT $2::bigint, last_useq, 'room_changed', $1::bigint FROM own) "
        "SELECT r.kind, k.user_id IS NOT NULL, o.last_useq FROM chat.rooms r LEFT JOIN kept k ON true "
        "LEFT JOIN own o ON true WHERE r.id = $1::bigint",
        &v, on_kept);
}

static bool section_ok(struct str section)
{
    size_t chars = 0;
    if (!str_utf8(section))
        return false;
    for (size_t at = 0; at < section.n; chars++) {
        uint32_t c = str_next_char(section, &at);
        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return chars <= SECTION_CHARS;
}

static bool notify_ok(struct str level)
{
    static const char *const levels[] = {"default", "all", "mentions", "none"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (str_is(level, levels[i]))
            return true;
    return false;
}

void call_mine(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str section = {0}, level = {0};
    int64_t until = 0;
    if (c == NULL || !call_room(c))
        return;
    if (jval_get_str(c->args, "section", &section) && !section_ok(section))
        call_fail(c, ERR_TEXT_INVALID, NULL);
    else if ((jval_get_str(c->args, "notify", &level) && !notify_ok(level)) ||
             (jval_get_int(c->args, "quiet_until", &until) && until < 0))
        call_fail(c, ERR_BAD_REQUEST, NULL);
    else
        ask(c);
}
