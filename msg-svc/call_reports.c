/* reports: reported messages, for those who look after their rooms, and for admins, who see those of all rooms: the
 * copy in the report is the one thing that an admin reads of a room that he is not in. */
#include "calls.h"
#include "err.h"
#include "log_rows.h"
#include "permission.h"

enum column {
    ID,
    ROOM,
    KIND,
    NAME,
    INSIDE,
    SEQ,
    BODY,
    SENT,
    DELETED,
    REASON,
    WORDS,
    AT,
    SETTLEMENT,
    SETTLED,
    SENDER,
    REPORTER = SENDER + 4,
    SETTLER = REPORTER + 4,
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

static void write_report(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, ID));
    jsonw_id(w, "room", db_int(r, row, ROOM));
    jsonw_str(w, "kind", db_str(r, row, KIND));
    jsonw_str(w, "name", db_str(r, row, NAME));
    if (db_bool(r, row, INSIDE))
        jsonw_bool(w, "inside", true);
    jsonw_int(w, "seq", db_int(r, row, SEQ));
    write_user(w, "sender", r, row, SENDER);
    jsonw_str(w, "body", db_str(r, row, BODY));
    if (!db_is_null(r, row, SENT))
        jsonw_int(w, "sent_at", db_int(r, row, SENT));
    if (db_bool(r, row, DELETED))
        jsonw_bool(w, "deleted", true);
    write_user(w, "reporter", r, row, REPORTER);
    jsonw_str(w, "reason", db_str(r, row, REASON));
    jsonw_str(w, "words", db_str(r, row, WORDS));
    jsonw_int(w, "at", db_int(r, row, AT));
    if (!db_is_null(r, row, SETTLED)) {
        jsonw_str(w, "settlement", db_str(r, row, SETTLEMENT));
        write_user(w, "settled_by", r, row, SETTLER);
        jsonw_int(w, "settled_at", db_int(r, row, SETTLED));
    }
    jsonw_obj_end(w);
}

/* One row more than the page tells that it is not the last; so does an answer that is full. */
static void on_reports(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t shown = 0;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "reports");
    for (; shown < db_rows(r) && shown < (size_t)c->limit && c->text.n < LOG_ANSWER_BYTES; shown++)
        write_report(&w, r, shown);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", shown == db_rows(r));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* "private:moderator": what may see reports, out of the table of permissions. No room differs in it, so the database
 * can compare. Announcement rooms have a column of their own. */
static void put_judges(struct db_params *v)
{
    db_p_array(v);
    for (int kind = ROOM_PUBLIC; kind <= ROOM_DM; kind++)
        for (int role = ROLE_GUEST; role <= ROLE_OWNER; role++)
            for (int announcement = 0; announcement < 2; announcement++) {
                const struct room_rules rules = {.announcement = announcement};
                if (!may((enum room_kind)kind, &rules, (enum role)role, PERMISSION_REPORTS))
                    continue;
                struct buf pair = {0};
                buf_cstr(&pair, room_kind_name((enum room_kind)kind));
                buf_cstr(&pair, announcement ? ":true:" : ":false:");
                buf_cstr(&pair, role_name((enum role)role));
                db_p_array_str(v, buf_view(&pair));
                buf_fini(&pair);
            }
    db_p_array_end(v);
}

#define PERSON(p) p ".id, " p ".username, " p ".display_name, (extract(epoch FROM " p ".created_at) * 1000)::bigint"

void call_reports(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    struct str state = STR("open");
    int64_t before = 0;
    if (c == NULL)
        return;
    jval_get_str(c->args, "state", &state);
    call_int(c, "room", &c->room);
    call_int(c, "before", &before);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    db_p_int(&v, c->user);
    db_p_int(&v, c->room);
    db_p_cstr(&v, str_is(state, "settled") ? "t" : "f");
    db_p_int(&v, before);
    put_judges(&v);
    db_p_int(&v, c->limit + 1);
    call_query(
        c,
        "WITH power AS (SELECT EXISTS (SELECT FROM auth.admins WHERE id = $1::bigint) AS admin) "
        "SELECT r.id, r.room_id, k.kind, k.name, m.user_id IS NOT NULL, r.seq, r.body, "
        "(extract(epoch FROM e.ts) * 1000)::bigint, g.deleted_at IS NOT NULL, r.reason, r.words, "
        "(extract(epoch FROM r.at) * 1000)::bigint, r.settlement, (extract(epoch FROM r.settled_at) * 1000)::bigint, " PERSON("s") ", " PERSON(
            "w") ", " PERSON("b") " "
                                  "FROM power CROSS JOIN chat.reports r JOIN chat.rooms k ON k.id = r.room_id "
                                  "JOIN auth.everybody s ON s.id = r.sender JOIN auth.everybody w ON w.id = r.reporter "
                                  "LEFT JOIN auth.everybody b ON b.id = r.settled_by "
                                  "LEFT JOIN chat.members m ON m.room_id = r.room_id AND m.user_id = $1::bigint "
                                  "LEFT JOIN chat.events e ON e.room_id = r.room_id AND e.seq = r.seq "
                                  "LEFT JOIN chat.changes g ON g.room_id = r.room_id AND g.seq = r.seq "
                                  "WHERE ($2::bigint = 0 OR r.room_id = $2::bigint) AND (r.settled_at IS NOT NULL) = $3::boolean "
                                  "AND ($4::bigint = 0 OR r.id < $4::bigint) AND (power.admin OR (r.sender <> $1::bigint "
                                  "AND k.kind || ':' || k.announcement::text || ':' || m.role = ANY ($5::text[]))) "
                                  "ORDER BY r.id DESC LIMIT $6::bigint",
        &v, on_reports);
}
