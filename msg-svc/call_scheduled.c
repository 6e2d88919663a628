/* scheduled: my messages that wait for their time. schedule, reschedule, unschedule: what I do to them until then. They
 * are sent by timekeeper.c. */
#include "calls.h"
#include "entry.h"
#include "err.h"
#include "file_id.h"
#include "file_json.h"
#include "later.h"
#include "log_rows.h"

enum item_column { ID, CMID, ROOM, BODY, THREAD, QUOTE, SEND_AT, ERROR, FILES };

#define ITEM_COLUMNS(s)                                                                             \
    s ".id, " s ".cmid, " s ".room_id, " s ".body, coalesce(" s ".thread, 0), "                     \
      "coalesce(" s ".quote, 0), (extract(epoch FROM " s ".send_at) * 1000)::bigint, " s ".error, " \
      "(SELECT jsonb_agg(" FILE_JSON("m") "ORDER BY f.place)::text FROM unnest(" s                  \
                                          ".files) WITH ORDINALITY AS f(id, place) JOIN media.ready m USING (id)) "

static void write_item(struct jsonw *w, const struct db_result *r, size_t row, int col)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, col + ID));
    jsonw_str(w, "cmid", db_str(r, row, col + CMID));
    jsonw_id(w, "room", db_int(r, row, col + ROOM));
    jsonw_str(w, "body", db_str(r, row, col + BODY));
    if (db_int(r, row, col + THREAD) > 0)
        jsonw_int(w, "thread", db_int(r, row, col + THREAD));
    if (db_int(r, row, col + QUOTE) > 0)
        jsonw_int(w, "quote", db_int(r, row, col + QUOTE));
    jsonw_int(w, "send_at", db_int(r, row, col + SEND_AT));
    if (!db_is_null(r, row, col + FILES))
        jsonw_raw(w, "files", db_str(r, row, col + FILES));
    if (!db_is_null(r, row, col + ERROR))
        jsonw_str(w, "error", db_str(r, row, col + ERROR));
    jsonw_obj_end(w);
}

/* Tell my devices, and answer with the item. */
static void reply_item(struct call *c, const struct db_result *r, int useq, int item)
{
    later_tell(c, db_int(r, 0, useq), db_int(r, 0, item + ROOM));
    struct jsonw w = jsonw_on(&c->text);
    write_item(&w, r, 0, item);
    call_reply(c, buf_view(&c->text));
}

/* ---- the list ---- */

static void on_list(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t shown = 0;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "items");
    for (; shown < db_rows(r) && c->text.n < LOG_ANSWER_BYTES; shown++)
        write_item(&w, r, shown, 0);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", shown == db_rows(r));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* The row that a page ended with may be sent or cancelled before the next is asked for: then it begins anew, for what
 * comes twice is seen to be the same. */
void call_scheduled(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    int64_t after = 0;
    if (c == NULL)
        return;
    call_int(c, "after", &after);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, after);
    call_query(c,
               "SELECT " ITEM_COLUMNS(
                   "s") "FROM chat.scheduled s WHERE s.user_id = $1::bigint AND s.state <> 'sent' "
                        "AND coalesce((s.send_at, s.id) > (SELECT p.send_at, p.id FROM chat.scheduled p "
                        "WHERE p.id = $2::bigint AND p.user_id = $1::bigint), true) ORDER BY s.send_at, s.id",
               &v, on_list);
}

/* ---- a new one ---- */

static void ask(struct call *c);

static void on_made(void *arg, int err, const struct db_result *r)
{
    enum { KIND, INSIDE, TIME_OK, SAME, FILES_OK, USEQ, ITEM };
    struct call *c = arg;
    if (err == ERR_SQL && call_raced(c, err, r)) {
        ask(c);
        return;
    }
    if (!call_inside(c, err, r, ask))
        return;
    if (!db_bool(r, 0, TIME_OK))
        call_fail(c, ERR_TIME_INVALID, NULL);
    else if (!db_bool(r, 0, SAME))
        call_fail(c, ERR_IDEMPOTENCY_CONFLICT, NULL);
    else if (!db_bool(r, 0, FILES_OK))
        call_fail(c, ERR_FILE_UNKNOWN, NULL);
    else if (db_is_null(r, 0, ITEM))
        call_fail(c, ERR_TOO_MANY_SCHEDULED, NULL);
    else
        reply_item(c, r, USEQ, ITEM);
}

static void put_files(struct db_params *v, const struct jval *files)
{
    db_p_array(v);
    for (size_t i = 0; i < jval_count(files); i++) {
        struct str text = {0};
        unsigned char id[FILE_ID_BYTES];
        jval_str(jval_at(files, i), &text);
        file_id_parse(text, id);
        db_p_array_bytes(v, (struct str){(const char *)id, sizeof id});
    }
    db_p_array_end(v);
}

/* The same cmid again changes nothing: its row is the answer. Files are looked at as those of a message are, without a
 * lock: what is given up in this moment is looked at once more before it goes. */
static void ask(struct call *c)
{
    struct str cmid = {0}, body = STR("");
    int64_t thread = 0, quote = 0, send_at = 0;
    jval_get_str(c->args, "cmid", &cmid);
    jval_get_str(c->args, "body", &body);
    call_int(c, "thread", &thread);
    call_int(c, "quote", &quote);
    call_int(c, "send_at", &send_at);
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_str(&v, cmid);
    db_p_str(&v, body);
    db_p_int(&v, thread);
    db_p_int(&v, quote);
    db_p_int(&v, send_at);
    db_p_int(&v, SCHEDULED_MAX);
    put_files(&v, jval_get(c->args, "files"));
    call_query_in_turn(
        c, c->user,
        "WITH r AS (SELECT id, kind, EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint "
        "AND user_id = $2::bigint) AS inside, cardinality($9::bytea[]) = (SELECT count(*) FROM media.ready "
        "WHERE owner = $2::bigint AND id = ANY ($9::bytea[])) AS files_ok, $7::bigint > 0 AND " LATER_TIME_OK(
            "$7::bigint") "AS time_ok "
                          "FROM chat.rooms WHERE id = $1::bigint), "
                          "known AS (SELECT room_id = $1::bigint AND body = $4::text AND files = $9::bytea[] AND state <> 'sent' AS same FROM chat.scheduled "
                          "WHERE user_id = $2::bigint AND cmid = $3::uuid "
                          "UNION ALL SELECT false FROM chat.sent WHERE sender = $2::bigint AND cmid = $3::uuid), "
                          "made AS (INSERT INTO chat.scheduled AS s (user_id, room_id, cmid, body, thread, quote, send_at, files) "
                          "SELECT $2::bigint, r.id, $3::uuid, $4::text, nullif($5::bigint, 0), nullif($6::bigint, 0), "
                          "to_timestamp($7::bigint / 1000.0), $9::bytea[] FROM r WHERE r.inside AND r.time_ok AND r.files_ok "
                          "AND NOT EXISTS (SELECT FROM known WHERE NOT same) AND (EXISTS (SELECT FROM known) OR "
                          "(SELECT count(*) FROM chat.scheduled WHERE user_id = $2::bigint) < $8::bigint) "
                          "ON CONFLICT (user_id, cmid) DO UPDATE SET cmid = excluded.cmid RETURNING *), " LATER_TELL("made") "SELECT r.kind, r.inside, r.time_ok, NOT EXISTS (SELECT FROM known WHERE NOT same), r.files_ok, o.last_useq, " ITEM_COLUMNS(
                              "s") "FROM r LEFT JOIN made s ON true LEFT JOIN later_own o ON true",
        &v, on_made);
}

static bool are_files(const struct jval *files)
{
    bool good = files == NULL || (jval_is_array(files) && jval_count(files) <= FILES_MAX);
    for (size_t i = 0; good && i < jval_count(files); i++) {
        struct str text;
        unsigned char id[FILE_ID_BYTES];
        good = jval_str(jval_at(files, i), &text) && file_id_parse(text, id);
    }
    return good;
}

/* With files it may go without a text. */
static bool is_text(const struct call *c, struct str body)
{
    return (body.n == 0 && jval_count(jval_get(c->args, "files")) > 0) || entry_check_text(body) == 0;
}

void call_schedule(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str cmid = {0}, body = STR("");
    if (c == NULL || !call_room(c))
        return;
    if (!jval_get_str(c->args, "cmid", &cmid) || !entry_is_uuid(cmid))
        call_fail(c, ERR_BAD_REQUEST, "cmid");
    else if (!are_files(jval_get(c->args, "files")))
        call_fail(c, ERR_BAD_REQUEST, "files");
    else if (jval_get_str(c->args, "body", &body), !is_text(c, body))
        call_fail(c, ERR_TEXT_INVALID, NULL);
    else
        ask(c);
}

/* ---- another text or time ---- */

static void on_changed(void *arg, int err, const struct db_result *r)
{
    enum { TIME_OK, THERE, USEQ, ITEM };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (!db_bool(r, 0, THERE))
        call_fail(c, ERR_NOT_FOUND, NULL);
    else if (!db_bool(r, 0, TIME_OK))
        call_fail(c, ERR_TIME_INVALID, NULL);
    else if (db_is_null(r, 0, ITEM))
        call_fail(c, ERR_NOT_FOUND, NULL); /* It was sent at this moment. */
    else
        reply_item(c, r, USEQ, ITEM);
}

/* What was put into the stream before is of an older version, and is not stored any more. */
void call_reschedule(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str body = {0};
    int64_t item = 0, send_at = 0;
    bool now = false;
    if (c == NULL)
        return;
    if (jval_get_str(c->args, "body", &body) && entry_check_text(body) != 0) {
        call_fail(c, ERR_TEXT_INVALID, NULL);
        return;
    }
    call_int(c, "item", &item);
    call_int(c, "send_at", &send_at);
    jval_get_bool(c->args, "now", &now);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, item);
    db_p_str(&v, body);
    db_p_int(&v, send_at);
    db_p_int(&v, now);
    call_query(
        c,
        "WITH asked AS (SELECT " LATER_TIME_OK(
            "$4::bigint") "AS time_ok, EXISTS (SELECT FROM chat.scheduled "
                          "WHERE id = $2::bigint AND user_id = $1::bigint AND state <> 'sent') AS there), "
                          "made AS (UPDATE chat.scheduled s SET body = coalesce(nullif($3::text, ''), s.body), "
                          "send_at = CASE WHEN $5::int > 0 THEN now() WHEN $4::bigint > 0 THEN to_timestamp($4::bigint / 1000.0) "
                          "ELSE s.send_at END, version = s.version + 1, state = 'waiting', error = NULL, claimed_until = NULL "
                          "FROM asked a WHERE s.id = $2::bigint AND s.user_id = $1::bigint AND s.state <> 'sent' AND a.time_ok "
                          "RETURNING s.*), " LATER_TELL("made") "SELECT a.time_ok, a.there, o.last_useq, " ITEM_COLUMNS(
                              "s") "FROM asked a LEFT JOIN made s ON true LEFT JOIN later_own o ON true",
        &v, on_changed);
}

/* ---- cancelled ---- */

void call_unschedule(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    int64_t item = 0;
    if (c == NULL)
        return;
    call_int(c, "item", &item);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, item);
    call_query(c,
               "WITH gone AS (DELETE FROM chat.scheduled WHERE id = $2::bigint AND user_id = $1::bigint "
               "AND state <> 'sent' RETURNING user_id, room_id), " LATER_TELL(
                   "gone") "SELECT last_useq, room_id FROM later_own",
               &v, later_gone);
}
