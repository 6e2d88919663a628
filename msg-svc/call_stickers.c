/* stickers: the sticker packs of this server. pack_make, pack_end, sticker_make, sticker_end: admins make and delete
 * them; whether somebody is one is asked in the statement that changes something. */
#include "call_pictures.h"
#include "err.h"
#include "file_id.h"
#include "pictures.h"
#include "room_name.h"

/* The rows from *at on that are of one pack. */
static void write_pack(struct jsonw *w, const struct db_result *r, size_t *at)
{
    enum { VERSION, PACK, PACK_NAME, NAME, FILE_ID, MOVES };
    int64_t pack = db_int(r, *at, PACK);
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", pack);
    jsonw_str(w, "name", db_str(r, *at, PACK_NAME));
    jsonw_arr(w, "stickers");
    for (; *at < db_rows(r) && db_int(r, *at, PACK) == pack; (*at)++)
        if (!db_is_null(r, *at, NAME))
            picture_write(w, db_str(r, *at, NAME), db_str(r, *at, FILE_ID), db_bool(r, *at, MOVES));
    jsonw_arr_end(w);
    jsonw_obj_end(w);
}

static void on_stickers(void *arg, int err, const struct db_result *r)
{
    enum { VERSION, PACK };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    int64_t version = db_int(r, 0, VERSION);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_int(&w, "version", version);
    if (version != c->other) {
        jsonw_arr(&w, "packs");
        for (size_t at = 0; at < db_rows(r) && !db_is_null(r, at, PACK);)
            write_pack(&w, r, &at);
        jsonw_arr_end(&w);
    }
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_stickers(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    if (c == NULL)
        return;
    call_int(c, "version", &c->other);
    db_p_int(&v, c->other);
    call_query(c,
               "SELECT v.version, p.id, p.name, s.name, encode(s.file, 'hex'), coalesce(s.moves, false) "
               "FROM chat.pictures_version v LEFT JOIN chat.sticker_packs p ON v.version <> $1::bigint "
               "LEFT JOIN chat.stickers s ON s.pack = p.id ORDER BY p.id, s.place",
               &v, on_stickers);
}

/* ---- for admins ---- */

static void on_pack(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    struct str name = {0};
    if (!picture_made(c, err, r))
        return;
    jval_get_str(c->args, "name", &name);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "id", db_int(r, 0, MADE));
    jsonw_str(&w, "name", room_name_trim(name));
    jsonw_arr(&w, "stickers");
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_pack_make(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    struct str name = {0};
    if (c == NULL)
        return;
    jval_get_str(c->args, "name", &name);
    name = room_name_trim(name);
    if (name.n == 0 || !room_name_ok(name)) {
        call_fail(c, ERR_NAME_INVALID, NULL);
        return;
    }
    db_p_int(&v, c->user);
    db_p_str(&v, name);
    db_p_int(&v, PACKS_MOST);
    call_query_in_turn(
        c, PICTURES_TURN,
        "WITH me AS (SELECT id FROM auth.admins WHERE id = $1::bigint), "
        "held AS (SELECT count(*) >= $3::bigint AS full FROM chat.sticker_packs), "
        "made AS (INSERT INTO chat.sticker_packs (name, made_by) SELECT $2, me.id FROM me, held WHERE NOT held.full "
        "ON CONFLICT DO NOTHING RETURNING id, name), " PICTURES_GROWN
        ", said AS (INSERT INTO chat.audit (kind, actor, data) SELECT 'pack_made', $1::bigint, "
        "jsonb_build_object('name', name) FROM made) "
        "SELECT EXISTS (SELECT FROM me), true, true, held.full, (SELECT version FROM grown), (SELECT id FROM made) "
        "FROM held",
        &v, on_pack);
}

static void make_sticker(struct call *c, struct str name, const unsigned char id[FILE_ID_BYTES])
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    db_p_str(&v, name);
    db_p_bytes(&v, (struct str){(const char *)id, FILE_ID_BYTES});
    db_p_int(&v, STICKER_SIDE);
    db_p_int(&v, STICKER_BYTES);
    db_p_int(&v, STICKERS_MOST);
    call_query_in_turn(
        c, PICTURES_TURN,
        "WITH me AS (SELECT id FROM auth.admins WHERE id = $1::bigint), "
        "pack AS (SELECT id FROM chat.sticker_packs WHERE id = $2::bigint FOR SHARE), "
        "file AS (SELECT media.is_picture($4::bytea, $1::bigint, $5::int, $6::bigint) AS fits, "
        "(SELECT r.type = 'image/gif' FROM media.ready r WHERE r.id = $4::bytea) AS moves), "
        "held AS (SELECT count(*) >= $7::bigint AS full FROM chat.stickers WHERE pack = $2::bigint), "
        "made AS (INSERT INTO chat.stickers (pack, name, file, moves) SELECT pack.id, $3, $4::bytea, file.moves "
        "FROM me, pack, file, held WHERE file.fits AND NOT held.full ON CONFLICT (pack, name) DO NOTHING "
        "RETURNING moves), " PICTURES_GROWN
        "SELECT EXISTS (SELECT FROM me), EXISTS (SELECT FROM pack), file.fits, held.full, (SELECT version FROM grown), "
        "coalesce((SELECT moves FROM made), false) FROM file, held",
        &v, on_picture_made);
}

void call_sticker_make(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str name = {0}, file = {0};
    unsigned char id[FILE_ID_BYTES];
    if (c == NULL)
        return;
    jval_get_str(c->args, "name", &name);
    jval_get_str(c->args, "file", &file);
    if (!call_int(c, "pack", &c->other))
        call_fail(c, ERR_BAD_REQUEST, "pack");
    else if (!sticker_name_ok(name) || !file_id_parse(file, id))
        call_fail(c, sticker_name_ok(name) ? ERR_PICTURE_INVALID : ERR_SHORTCODE_INVALID, NULL);
    else
        make_sticker(c, name, id);
}

void call_pack_end(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    if (c == NULL)
        return;
    call_int(c, "pack", &c->other);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    call_query_in_turn(c, PICTURES_TURN,
                       "WITH me AS (SELECT id FROM auth.admins WHERE id = $1::bigint), "
                       "made AS (DELETE FROM chat.sticker_packs WHERE id = $2::bigint AND EXISTS (SELECT FROM me) "
                       "RETURNING name), " PICTURES_GROWN
                       ", said AS (INSERT INTO chat.audit (kind, actor, data) SELECT 'pack_ended', $1::bigint, "
                       "jsonb_build_object('name', name) FROM made) "
                       "SELECT EXISTS (SELECT FROM me), (SELECT version FROM grown)",
                       &v, on_picture_ended);
}

void call_sticker_end(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct db_params v = {0};
    struct str name = {0};
    if (c == NULL)
        return;
    call_int(c, "pack", &c->other);
    jval_get_str(c->args, "name", &name);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    db_p_str(&v, name);
    call_query_in_turn(c, PICTURES_TURN,
                       "WITH me AS (SELECT id FROM auth.admins WHERE id = $1::bigint), "
                       "made AS (DELETE FROM chat.stickers WHERE pack = $2::bigint AND name = $3 "
                       "AND EXISTS (SELECT FROM me) RETURNING name), " PICTURES_GROWN
                       "SELECT EXISTS (SELECT FROM me), (SELECT version FROM grown)",
                       &v, on_picture_ended);
}
