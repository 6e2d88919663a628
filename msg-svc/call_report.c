/* report: a member wants somebody to look at a message. What it says at this moment is kept with the report, so that an
 * edit does not take it away; nobody in the room is told. What was settled is reported anew when it says something else
 * than it did. */
#include "calls.h"
#include "err.h"
#include "room_name.h"

enum { WORDS_CHARS = 500, OPEN_MAX = 50 };
enum column { KIND, INSIDE, FOUND, MINE, FULL };

static void ask(struct call *c);

static void on_reported(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    if (!db_bool(r, 0, FOUND))
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
    else if (db_bool(r, 0, MINE))
        call_fail(c, ERR_FORBIDDEN, NULL);
    else if (db_bool(r, 0, FULL))
        call_fail(c, ERR_TOO_MANY_REPORTS, NULL);
    else
        call_reply(c, STR("{}"));
}

static void ask(struct call *c)
{
    struct db_params v = {0};
    struct str reason = {0}, words = {0};
    jval_get_str(c->args, "reason", &reason);
    jval_get_str(c->args, "words", &words);
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    db_p_str(&v, reason);
    db_p_str(&v, room_name_trim(words));
    db_p_int(&v, OPEN_MAX);
    call_query_in_turn(
        c, c->user,
        "WITH room AS (SELECT r.id, r.kind, EXISTS (SELECT FROM chat.members m WHERE m.room_id = r.id "
        "AND m.user_id = $2::bigint) AS inside FROM chat.rooms r WHERE r.id = $1::bigint), "
        "said AS (SELECT l.seq, l.sender, concat_ws(E'\\n', nullif(l.body, ''), chat.file_names(l.data)) AS body FROM room, chat.log l WHERE room.inside AND l.room_id = room.id "
        "AND l.seq = $3::bigint AND l.type IN ('message', 'reply') AND NOT coalesce((l.state -> 'deleted')::boolean, false)), "
        "known AS (SELECT FROM chat.reports p WHERE p.room_id = $1::bigint AND p.seq = $3::bigint "
        "AND p.reporter = $2::bigint AND (p.settled_at IS NULL OR p.body = (SELECT body FROM said))), "
        "many AS (SELECT count(*) >= $6::bigint AND NOT EXISTS (SELECT FROM known) AS full FROM chat.reports "
        "WHERE reporter = $2::bigint AND settled_at IS NULL), "
        "made AS (INSERT INTO chat.reports AS p (room_id, seq, sender, body, reporter, reason, words) "
        "SELECT $1::bigint, said.seq, said.sender, said.body, $2::bigint, $4, $5 FROM said, many "
        "WHERE said.sender <> $2::bigint AND NOT many.full ON CONFLICT (room_id, seq, reporter) DO UPDATE "
        "SET body = excluded.body, reason = excluded.reason, words = excluded.words, at = now(), settled_at = NULL, "
        "settled_by = NULL, settlement = NULL WHERE p.settled_at IS NOT NULL AND p.body <> excluded.body "
        "RETURNING id, seq, sender, reason), "
        "noted AS (INSERT INTO chat.audit (kind, actor, subject, room_id, data) SELECT 'reported', $2::bigint, sender, "
        "$1::bigint, jsonb_build_object('seq', seq, 'reason', reason, 'report', id::text) FROM made) "
        "SELECT room.kind, room.inside, said.seq IS NOT NULL, coalesce(said.sender = $2::bigint, false), many.full "
        "FROM room CROSS JOIN many LEFT JOIN said ON true",
        &v, on_reported);
}

void call_report(void *calls, struct rpc_request *req)
{
    static const char *const reasons[] = {"spam", "abuse", "unlawful", "other"};
    struct call *c = call_begin(calls, req);
    struct str reason = {0}, words = {0};
    bool known = false;
    if (c == NULL || !call_room(c))
        return;
    jval_get_str(c->args, "reason", &reason);
    jval_get_str(c->args, "words", &words);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        known |= str_is(reason, reasons[i]);
    if (!known || !call_int(c, "seq", &c->other))
        call_fail(c, ERR_BAD_REQUEST, known ? "seq" : "reason");
    else if (!room_text_ok(room_name_trim(words), WORDS_CHARS, true))
        call_fail(c, ERR_TEXT_INVALID, NULL);
    else
        ask(c);
}
