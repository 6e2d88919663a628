/* invites, invite_make, invite_end: links into a room, for those who may make some. invite: where one leads. Coming in
 * by one is a join, decided where all changes of a room are. */
#include <inttypes.h>
#include <stdio.h>

#include <sys/random.h>

#include "digest.h"
#include "err.h"
#include "room_right.h"

enum { SECRET_BYTES = 18, OPEN_MAX = 100 };
enum column { ID, ROLE, BY, MADE, EXPIRES, USES };

#define OPEN "(i.expires_at IS NULL OR i.expires_at > now()) AND (i.uses_left IS NULL OR i.uses_left > 0) "
#define COLUMNS                                                                 \
    "i.id, i.role, i.made_by, (extract(epoch FROM i.made_at) * 1000)::bigint, " \
    "(extract(epoch FROM i.expires_at) * 1000)::bigint, i.uses_left "

static void write_invite(struct jsonw *w, const struct call *c, const struct db_result *r, size_t row, struct str token)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, ID));
    jsonw_id(w, "room", c->room);
    jsonw_str(w, "role", db_str(r, row, ROLE));
    jsonw_id(w, "by", db_int(r, row, BY));
    jsonw_int(w, "created_at", db_int(r, row, MADE));
    if (!db_is_null(r, row, EXPIRES))
        jsonw_int(w, "expires_at", db_int(r, row, EXPIRES));
    if (!db_is_null(r, row, USES))
        jsonw_int(w, "uses_left", db_int(r, row, USES));
    if (token.n > 0)
        jsonw_str(w, "token", token);
    jsonw_obj_end(w);
}

/* ---- the open ones ---- */

static void on_invites(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "invites");
    for (size_t i = 0; i < db_rows(r); i++)
        write_invite(&w, c, r, i, (struct str){0});
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void list_invites(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    call_query(c, "SELECT " COLUMNS "FROM chat.invites i WHERE i.room_id = $1::bigint AND " OPEN "ORDER BY i.id DESC",
               &v, on_invites);
}

void call_invites(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        room_right(c, PERMISSION_INVITE_LINK, list_invites);
}

/* ---- a new one ---- */

static void db_p_hash(struct db_params *v, const unsigned char hash[DIGEST_WHOLE])
{
    char text[2 + 2 * DIGEST_WHOLE + 1] = "\\x";
    for (size_t i = 0; i < DIGEST_WHOLE; i++)
        snprintf(text + 2 + 2 * i, 3, "%02x", hash[i]);
    db_p_cstr(v, text);
}

/* "<room>-<secret>": the room's number says which log it is for, the secret is all that counts. */
static bool make_token(int64_t room, struct buf *token)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[SECRET_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    buf_i64(token, room);
    buf_char(token, '-');
    for (size_t i = 0; i < SECRET_BYTES; i += 3) {
        unsigned three = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            buf_char(token, digits[three >> shift & 63]);
    }
    return true;
}

static void on_made(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_TOO_MANY_INVITES, NULL);
        return;
    }
    if (db_is_null(r, 0, ID)) {
        call_fail(c, ERR_ARCHIVED, NULL);
        return;
    }
    struct buf reply = {0};
    struct jsonw w = jsonw_on(&reply);
    write_invite(&w, c, r, 0, buf_view(&c->text));
    buf_reset(&c->text);
    buf_str(&c->text, buf_view(&reply));
    buf_fini(&reply);
    call_reply(c, buf_view(&c->text));
}

/* The token waits in c->text for the answer. */
static void make_invite(struct call *c)
{
    struct db_params v = {0};
    struct str role = STR("member");
    int64_t seconds = 0, uses = 0;
    unsigned char hash[DIGEST_WHOLE];
    if (!make_token(c->room, &c->text)) {
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    jval_get_str(c->args, "role", &role);
    call_int(c, "expires_in_s", &seconds);
    call_int(c, "uses", &uses);
    digest_whole(buf_view(&c->text), hash);
    db_p_int(&v, c->room);
    db_p_hash(&v, hash);
    db_p_str(&v, role);
    db_p_int(&v, c->user);
    db_p_int(&v, seconds);
    db_p_int(&v, uses);
    db_p_int(&v, OPEN_MAX);
    call_query_in_turn(
        c, c->room,
        "WITH room AS (SELECT id FROM chat.rooms WHERE id = $1::bigint AND archived_at IS NULL), "
        "made AS (INSERT INTO chat.invites AS i (room_id, hash, role, made_by, expires_at, uses_left) "
        "SELECT id, $2::bytea, $3::text, $4::bigint, CASE WHEN $5::bigint > 0 THEN now() + "
        "make_interval(secs => $5::bigint) END, CASE WHEN $6::bigint > 0 THEN $6::bigint END FROM room "
        "WHERE (SELECT count(*) FROM chat.invites i WHERE i.room_id = $1::bigint AND " OPEN ") < $7::bigint "
        "RETURNING i.*), "
        "noted AS (INSERT INTO chat.audit (kind, actor, room_id, data) SELECT 'invite_made', made_by, room_id, "
        "jsonb_strip_nulls(jsonb_build_object('invite', id::text, 'role', role, 'expires_at', "
        "(extract(epoch FROM expires_at) * 1000)::bigint, 'uses', uses_left)) FROM made) "
        "SELECT " COLUMNS "FROM made i UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL "
        "WHERE NOT EXISTS (SELECT FROM room)",
        &v, on_made);
}

void call_invite_make(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str role;
    if (c == NULL || !call_room(c))
        return;
    if (jval_get_str(c->args, "role", &role) && !str_is(role, "member") && !str_is(role, "guest"))
        call_fail(c, ERR_BAD_REQUEST, "role");
    else
        room_right(c, PERMISSION_INVITE_LINK, make_invite);
}

/* ---- the end of one ---- */

static void on_ended(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_answered(c, err, r))
        call_reply(c, STR("{}"));
}

static void end_invite(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->other);
    db_p_int(&v, c->user);
    call_query(c,
               "WITH gone AS (DELETE FROM chat.invites WHERE room_id = $1::bigint AND id = $2::bigint "
               "RETURNING id, room_id) INSERT INTO chat.audit (kind, actor, room_id, data) "
               "SELECT 'invite_ended', $3::bigint, room_id, jsonb_build_object('invite', id::text) FROM gone",
               &v, on_ended);
}

void call_invite_end(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL || !call_room(c))
        return;
    call_int(c, "invite", &c->other);
    room_right(c, PERMISSION_INVITE_LINK, end_invite);
}

/* ---- where one leads ---- */

static void on_invitation(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_INVITE_NOT_FOUND, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", db_int(r, 0, 0));
    jsonw_str(&w, "kind", db_str(r, 0, 1));
    jsonw_str(&w, "name", db_str(r, 0, 2));
    jsonw_str(&w, "topic", db_str(r, 0, 3));
    jsonw_int(&w, "member_count", db_int(r, 0, 4));
    jsonw_bool(&w, "inside", db_bool(r, 0, 5));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_invite(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str token = {0};
    unsigned char hash[DIGEST_WHOLE];
    if (c == NULL)
        return;
    struct db_params v = {0};
    jval_get_str(c->args, "token", &token);
    digest_whole(token, hash);
    struct str room;
    int64_t id = 0;
    str_cut(token, '-', &room);
    str_i64(room, &id);
    db_p_int(&v, id);
    db_p_hash(&v, hash);
    db_p_int(&v, c->user);
    /* Who is in may follow his own link after its last use; who is banned is told nothing of the room by any. */
    call_query(c,
               "SELECT r.id, r.kind, r.name, r.topic, r.member_count, m.user_id IS NOT NULL FROM chat.invites i "
               "JOIN chat.rooms r ON r.id = i.room_id LEFT JOIN chat.members m ON m.room_id = r.id "
               "AND m.user_id = $3::bigint WHERE i.room_id = $1::bigint AND i.hash = $2::bytea "
               "AND (m.user_id IS NOT NULL OR (" OPEN ")) AND NOT EXISTS (SELECT FROM chat.bans b "
               "WHERE b.room_id = r.id AND b.user_id = $3::bigint)",
               &v, on_invitation);
}
