/* emoji: the emoji of this server. emoji_make, emoji_end: admins add and delete them; whether somebody is one is asked
 * in the statement that changes something. */
#include "call_pictures.h"
#include "err.h"
#include "file_id.h"
#include "pictures.h"

static void on_emoji(void *arg, int err, const struct db_result *r)
{
    enum { VERSION, NAME, FILE_ID, MOVES };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    int64_t version = db_int(r, 0, VERSION);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_int(&w, "version", version);
    if (version != c->other) {
        jsonw_arr(&w, "emoji");
        for (size_t i = 0; i < db_rows(r) && !db_is_null(r, i, NAME); i++)
            picture_write(&w, db_str(r, i, NAME), db_str(r, i, FILE_ID), db_bool(r, i, MOVES));
        jsonw_arr_end(&w);
    }
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_emoji(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    if (c == NULL)
        return;
    call_int(c, "version", &c->other);
    db_p_int(&v, c->other);
    call_query(c,
               "SELECT v.version, e.name, encode(e.file, 'hex'), coalesce(e.moves, false) FROM chat.pictures_version v "
               "LEFT JOIN chat.emoji e ON v.version <> $1::bigint ORDER BY e.name",
               &v, on_emoji);
}

/* ---- for admins ---- */

static void make(struct call *c, struct str name, const unsigned char id[FILE_ID_BYTES])
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_str(&v, name);
    db_p_bytes(&v, (struct str){(const char *)id, FILE_ID_BYTES});
    db_p_int(&v, EMOJI_SIDE);
    db_p_int(&v, EMOJI_BYTES);
    db_p_int(&v, EMOJI_MOST);
    call_query_in_turn(
        c, PICTURES_TURN,
        "WITH me AS (SELECT id FROM auth.admins WHERE id = $1::bigint), "
        "file AS (SELECT media.is_picture($3::bytea, $1::bigint, $4::int, $5::bigint) AS fits, "
        "(SELECT r.type = 'image/gif' FROM media.ready r WHERE r.id = $3::bytea) AS moves), "
        "held AS (SELECT count(*) >= $6::bigint AS full FROM chat.emoji), "
        "made AS (INSERT INTO chat.emoji (name, file, moves, made_by) SELECT $2, $3::bytea, file.moves, me.id "
        "FROM me, file, held WHERE file.fits AND NOT held.full ON CONFLICT (name) DO NOTHING RETURNING name, moves), " PICTURES_GROWN
        ", said AS (INSERT INTO chat.audit (kind, actor, data) SELECT 'emoji_made', $1::bigint, "
        "jsonb_build_object('name', name) FROM made) "
        "SELECT EXISTS (SELECT FROM me), true, file.fits, held.full, (SELECT version FROM grown), "
        "coalesce((SELECT moves FROM made), false) FROM file, held",
        &v, on_picture_made);
}

void call_emoji_make(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str name = {0}, file = {0};
    unsigned char id[FILE_ID_BYTES];
    if (c == NULL)
        return;
    jval_get_str(c->args, "name", &name);
    jval_get_str(c->args, "file", &file);
    if (!emoji_name_ok(name) || !file_id_parse(file, id))
        call_fail(c, emoji_name_ok(name) ? ERR_PICTURE_INVALID : ERR_SHORTCODE_INVALID, NULL);
    else
        make(c, name, id);
}

void call_emoji_end(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    struct str name = {0};
    if (c == NULL)
        return;
    jval_get_str(c->args, "name", &name);
    db_p_int(&v, c->user);
    db_p_str(&v, name);
    call_query_in_turn(
        c, PICTURES_TURN,
        "WITH me AS (SELECT id FROM auth.admins WHERE id = $1::bigint), "
        "made AS (DELETE FROM chat.emoji WHERE name = $2 AND EXISTS (SELECT FROM me) RETURNING name), " PICTURES_GROWN
        ", said AS (INSERT INTO chat.audit (kind, actor, data) SELECT 'emoji_ended', $1::bigint, "
        "jsonb_build_object('name', name) FROM made) "
        "SELECT EXISTS (SELECT FROM me), (SELECT version FROM grown)",
        &v, on_picture_ended);
}
