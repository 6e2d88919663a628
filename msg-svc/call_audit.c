/* audit: what was done, the last first, a page at a time, for admins. Three sources are one list: the logs of rooms,
 * which say who came, went and was changed, so nothing of that has to be written twice or can be missing; chat.audit,
 * for what msg-svc does besides; auth.audit, for accounts and the server. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "err.h"

enum column { AT, SOURCE, A, B, KIND, DATA, ROOM, ROOM_NAME, AT_MS, ACTOR, USER = ACTOR + 4 };

enum { LAST_SOURCE = 9 };
/* The year 9999: what both PostgreSQL and JSON count. */
#define AUDIT_LAST_US INT64_C(253402300799000000)

/* Behind which row a page begins: the moment in microseconds, then what orders rows of one moment. */
struct place {
    int64_t at_us, source, a, b;
};

static void write_user(struct jsonw *w, const char *key, const struct db_result *r, size_t row, int col)
{
    if (db_is_null(r, row, col))
        return;
    jsonw_obj(w, key);
    jsonw_id(w, "id", db_int(r, row, col));
    jsonw_str(w, "username", db_str(r, row, col + 1));
    jsonw_str(w, "display_name", db_str(r, row, col + 2));
    jsonw_int(w, "created_at", db_int(r, row, col + 3));
    jsonw_obj_end(w);
}

static void write_entry(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_int(w, "at", db_int(r, row, AT_MS));
    jsonw_str(w, "kind", db_str(r, row, KIND));
    write_user(w, "actor", r, row, ACTOR);
    write_user(w, "user", r, row, USER);
    if (!db_is_null(r, row, ROOM)) {
        jsonw_id(w, "room", db_int(r, row, ROOM));
        jsonw_str(w, "room_name", db_str(r, row, ROOM_NAME));
    }
    if (!db_is_null(r, row, DATA))
        jsonw_raw(w, "data", db_str(r, row, DATA));
    jsonw_obj_end(w);
}

/* One row more than the page tells that it is not the last. */
static void on_page(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t rows = db_rows(r), limit = (size_t)c->limit;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "entries");
    for (size_t i = 0; i < rows && i < limit; i++)
        write_entry(&w, r, i);
    jsonw_arr_end(&w);
    if (rows > limit) {
        char next[96];
        size_t last = limit - 1;
        snprintf(next, sizeof next, "%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64, db_int(r, last, AT),
                 db_int(r, last, SOURCE), db_int(r, last, A), db_int(r, last, B));
        jsonw_cstr(&w, "next", next);
    }
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* $1 to $4: the place; $5 kind, $6 actor, $7 room: empty and 0 for any; $8 how many. */
#define FROM_HERE "(timestamptz 'epoch' + $1::bigint * interval '1 microsecond')"
#define BEHIND(at, source, a, b) \
    at " <= " FROM_HERE " AND (" at ", " source ", " a ", " b ") < (" FROM_HERE ", $2::int, $3::bigint, $4::bigint) "
#define WANTED(kind, actor) "AND ($5::text = '' OR " kind " = $5::text) AND ($6::bigint = 0 OR " actor " = $6::bigint) "
#define OF_TABLE(table, source, room)                                                         \
    "(SELECT at, " source ", id, 0::bigint, kind, actor, subject, " room ", data FROM " table \
    " WHERE " BEHIND("at", source, "id", "0::bigint")                                         \
        WANTED("kind", "actor") "AND ($7::bigint = 0 OR " room " = $7::bigint) "              \
                                "ORDER BY at DESC, id DESC LIMIT $8::bigint) "
/* `narrow` names what an index is for. Of direct messages not even who has them is shown, unless something was reported
 * there. */
#define SQL(narrow)                                                                                                                                 \
    "WITH page(at, source, a, b, kind, actor, subject, room, data) AS ("                                                                            \
    "(SELECT e.ts, 0, e.room_id, e.seq, e.type, e.sender, (e.data ->> 'user')::bigint, e.room_id, "                                                 \
    "CASE WHEN e.about IS NOT NULL THEN jsonb_build_object('seq', e.about) ELSE nullif(e.data - 'user', '{}') END "                                 \
    "FROM chat.events e JOIN chat.rooms k ON k.id = e.room_id AND k.kind <> 'dm' WHERE e.type IN ('created', 'joined', "                            \
    "'left', 'added', 'removed', 'deleted', 'settings', 'role', 'banned', 'muted', 'archived') AND " BEHIND(                                        \
        "e.ts", "0", "e.room_id", "e.seq") WANTED("e.type", "e.sender") narrow                                                                      \
        "ORDER BY e.ts DESC, e.room_id DESC, e.seq DESC LIMIT $8::bigint) UNION ALL " OF_TABLE("chat.audit", "1", "room_id") "UNION ALL " OF_TABLE( \
            "auth.audit", "2",                                                                                                                      \
            "NULL::bigint") ") "                                                                                                                    \
                            "SELECT (extract(epoch FROM p.at) * 1000000)::bigint, p.source, p.a, p.b, p.kind, p.data::text, p.room, k.name, "       \
                            "(extract(epoch FROM p.at) * 1000)::bigint, x.id, x.username, x.display_name, "                                         \
                            "(extract(epoch FROM x.created_at) * 1000)::bigint, y.id, y.username, y.display_name, "                                 \
                            "(extract(epoch FROM y.created_at) * 1000)::bigint FROM page p LEFT JOIN auth.everybody x ON x.id = p.actor "           \
                            "LEFT JOIN auth.everybody y ON y.id = p.subject LEFT JOIN chat.rooms k ON k.id = p.room "                               \
                            "ORDER BY p.at DESC, p.source DESC, p.a DESC, p.b DESC LIMIT $8::bigint"

/* False: not what an answer said. */
static bool read_place(struct str text, struct place *place_r)
{
    int64_t *const parts[] = {&place_r->at_us, &place_r->source, &place_r->a, &place_r->b};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct str one;
        text = str_cut(text, '-', &one);
        if (!str_i64(one, parts[i]))
            return false;
    }
    return text.n == 0 && place_r->at_us <= AUDIT_LAST_US && place_r->source <= LAST_SOURCE;
}

static void list(struct call *c)
{
    static const char all[] = SQL(""), by_room[] = SQL("AND e.room_id = $7::bigint "),
                      by_actor[] = SQL("AND e.sender = $6::bigint ");
    struct place from = {.at_us = AUDIT_LAST_US, .source = LAST_SOURCE};
    struct db_params v = {0};
    struct str kind = {0}, after;
    int64_t actor = 0, room = 0, until = 0;
    jval_get_str(c->args, "kind", &kind);
    call_int(c, "actor", &actor);
    call_int(c, "room", &room);
    if (call_int(c, "until", &until) && until < AUDIT_LAST_US / 1000)
        from.at_us = until * 1000;
    if (jval_get_str(c->args, "after", &after) && !read_place(after, &from)) {
        call_fail(c, ERR_BAD_REQUEST, "after");
        return;
    }
    c->limit = call_limit(c, LIMIT_DEFAULT);
    db_p_int(&v, from.at_us);
    db_p_int(&v, from.source);
    db_p_int(&v, from.a);
    db_p_int(&v, from.b);
    db_p_str(&v, kind);
    db_p_int(&v, actor);
    db_p_int(&v, room);
    db_p_int(&v, c->limit + 1);
    call_query(c, room != 0 ? by_room : actor != 0 ? by_actor : all, &v, on_page);
}

void call_audit(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        call_admin(c, list);
}
