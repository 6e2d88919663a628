/* Makes rooms. */
#include "new_room.h"

#include <stdlib.h>

#include "clock.h"
#include "err.h"
#include "person_limit.h"
#include "publish.h"
#include "room_view.h"

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void new_room_tidy(struct new_room *room, int64_t caller)
{
    qsort(room->others, room->n_others, sizeof room->others[0], by_value);
    size_t kept = 0;
    for (size_t i = 0; i < room->n_others; i++)
        if (room->others[i] != caller && (kept == 0 || room->others[kept - 1] != room->others[i]))
            room->others[kept++] = room->others[i];
    room->n_others = kept;
}

void new_room_make(struct call *c, db_done_fn *fn)
{
    const struct new_room *room = c->made;
    struct db_params v = {0};
    db_p_str(&v, room->kind);
    db_p_str(&v, room->name);
    db_p_str(&v, room->topic);
    db_p_cstr(&v, room->dm_key[0] != '\0' ? room->dm_key : NULL);
    db_p_int(&v, c->user);
    db_p_array(&v);
    for (size_t i = 0; i < room->n_others; i++)
        db_p_array_int(&v, room->others[i]);
    db_p_array_end(&v);
    db_p_int(&v, clock_wall_ms());
    db_p_int(&v, ROOMS_PER_PERSON);
    call_query(
        c,
        "WITH people AS (SELECT id FROM auth.people WHERE id = ANY($6::bigint[])), "
        "crowded AS (SELECT u FROM unnest($5::bigint || $6::bigint[]) u WHERE $8::bigint <= (SELECT count(*) FROM "
        "(SELECT FROM chat.members m WHERE m.user_id = u LIMIT $8::bigint) x) LIMIT 1), "
        "unwanted AS (SELECT FROM auth.blocked WHERE blocked_id = $5::bigint AND user_id = ANY($6::bigint[]) LIMIT 1), "
        "size AS (SELECT 1 + cardinality($6::bigint[]) AS n), "
        "room AS (INSERT INTO chat.rooms (kind, name, name_key, topic, dm_key, created_by, last_seq, mver, member_count) "
        "SELECT $1::text, $2::text, CASE WHEN $2::text <> '' THEN lower(normalize($2::text, NFKC)) END, $3::text, "
        "$4::text, $5::bigint, n, n, n FROM size WHERE n = 1 + (SELECT count(*) FROM people) "
        "AND NOT EXISTS (SELECT FROM crowded) AND NOT EXISTS (SELECT FROM unwanted) "
        "ON CONFLICT (dm_key) DO NOTHING RETURNING id), "
        "everybody AS (SELECT $5::bigint AS id, 1 AS seq UNION ALL "
        "SELECT id, 1 + row_number() OVER (ORDER BY id) FROM people), "
        "inside AS (INSERT INTO chat.members (room_id, user_id, role, read_seq) "
        "SELECT r.id, e.id, CASE WHEN e.seq = 1 AND $1::text <> 'dm' THEN 'owner' ELSE 'member' END, s.n "
        "FROM room r, everybody e, size s), "
        "said AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts, data) "
        "SELECT r.id, e.seq, 0, CASE WHEN e.seq = 1 THEN 'created' ELSE 'added' END, $5::bigint, "
        "to_timestamp($7::bigint / 1000.0), CASE WHEN e.seq > 1 THEN jsonb_build_object('user', e.id::text) END "
        "FROM room r, everybody e), "
        "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT e.id, 1 FROM room r, everybody e "
        "ORDER BY e.id ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + 1 RETURNING user_id, last_useq), "
        "told AS (INSERT INTO chat.user_events (user_id, useq, type, room_id) "
        "SELECT o.user_id, o.last_useq, 'room_added', r.id FROM own o, room r) "
        "SELECT r.id, o.user_id, o.last_useq FROM room r, own o UNION ALL SELECT NULL, NULL, NULL FROM crowded "
        "UNION ALL SELECT NULL, 0, 0 FROM unwanted",
        &v, fn);
}

static int64_t useq_of(const struct new_room *room, int64_t user)
{
    for (size_t i = 0; i < room->n_told; i++)
        if (room->told[i].user == user)
            return room->told[i].useq;
    return 0;
}

static void on_views(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct buf info = {0};
    for (size_t i = 0; i < db_rows(r); i++) {
        int64_t user = room_view_user(r, i);
        buf_reset(&info);
        struct jsonw w = jsonw_on(&info);
        room_view_write(&w, NULL, r, i);
        publish_user_event(c->calls->bus, &(struct user_event){.user = user,
                                                               .useq = useq_of(c->made, user),
                                                               .room = c->room,
                                                               .type = USER_ROOM_ADDED,
                                                               .room_info = buf_view(&info)});
        if (user == c->user)
            buf_str(&c->text, buf_view(&info));
    }
    buf_fini(&info);
    if (c->text.n > 0)
        call_reply(c, buf_view(&c->text));
    else
        call_fail(c, ERR_INTERNAL, NULL);
}

void new_room_tell(struct call *c, const struct db_result *r)
{
    struct new_room *room = c->made;
    struct db_params v = {0};
    if (db_is_null(r, 0, 0)) {
        call_fail(c, db_is_null(r, 0, 1) ? ERR_TOO_MANY_ROOMS : ERR_BLOCKED, NULL);
        return;
    }
    c->room = db_int(r, 0, 0);
    db_p_array(&v);
    for (size_t i = 0; i < db_rows(r) && i <= NEW_ROOM_MEMBERS_MAX; i++) {
        room->told[room->n_told].user = db_int(r, i, 1);
        room->told[room->n_told++].useq = db_int(r, i, 2);
        db_p_array_int(&v, db_int(r, i, 1));
    }
    db_p_array_end(&v);
    db_p_int(&v, c->room);
    call_query(c, ROOM_VIEW_SELECT("SELECT u, $2::bigint FROM unnest($1::bigint[]) AS u"), &v, on_views);
}
