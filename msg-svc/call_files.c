/* file_seen: whether a person may see a file: whether it is in a message that they may read, or a picture of a person,
 * a room, an emoji or a sticker. files_used: which files are any of that, or in a message that waits for its time.
 * Asked by media-svc, which has the files (docs/media.md). */
#include "calls.h"
#include "err.h"
#include "file_id.h"

enum { ASKED_MAX = 500 };

static void put_id(struct db_params *v, const unsigned char id[FILE_ID_BYTES])
{
    db_p_bytes(v, (struct str){(const char *)id, FILE_ID_BYTES});
}

static void on_seen(void *arg, int err, const struct db_result *r)
{
    enum { SEEN, USED, OPEN };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_bool(&w, "seen", db_bool(r, 0, SEEN));
    jsonw_bool(&w, "used", db_bool(r, 0, USED));
    if (db_bool(r, 0, OPEN))
        jsonw_bool(&w, "open", true);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* A room's log is for its members of this moment, public rooms too; what is deleted has no use. A picture is open to
 * everybody, but for that of a room which is not in the directory. */
void call_file_seen(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin_any(calls, req);
    struct str text;
    unsigned char id[FILE_ID_BYTES];
    int64_t user = c->user;
    jval_get_id(c->args, "user", &user);
    if (user == 0 || !jval_get_str(c->args, "file", &text) || !file_id_parse(text, id)) {
        call_fail(c, ERR_BAD_REQUEST, user == 0 ? "user" : "file");
        return;
    }
    struct db_params v = {0};
    put_id(&v, id);
    db_p_int(&v, user);
    call_query(
        c,
        "WITH p AS (SELECT p.room, p.room IS NULL OR (r.kind = 'public' AND r.archived_at IS NULL) AS open "
        "FROM chat.pictures p LEFT JOIN chat.rooms r ON r.id = p.room WHERE p.file = $1::bytea) "
        "SELECT EXISTS (SELECT FROM p WHERE p.open) OR EXISTS ("
        "SELECT FROM (SELECT u.room FROM chat.file_use u WHERE u.file = $1::bytea UNION ALL SELECT p.room FROM p) x "
        "JOIN chat.members m ON m.room_id = x.room AND m.user_id = $2::bigint), "
        "EXISTS (SELECT FROM p) OR EXISTS (SELECT FROM chat.file_use u WHERE u.file = $1::bytea), "
        "EXISTS (SELECT FROM p WHERE p.open)",
        &v, on_seen);
}

static void on_used(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "used");
    for (size_t i = 0; i < db_rows(r); i++)
        jsonw_str(&w, NULL, db_str(r, i, 0));
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* What is no id could be taken for a file that nobody uses: one such, and nothing is said of any. */
static bool put_all(struct db_params *v, const struct jval *files)
{
    bool good = jval_is_array(files) && jval_count(files) <= ASKED_MAX;
    db_p_array(v);
    for (size_t i = 0; good && i < jval_count(files); i++) {
        struct str text;
        unsigned char id[FILE_ID_BYTES];
        good = jval_str(jval_at(files, i), &text) && file_id_parse(text, id);
        if (good)
            db_p_array_bytes(v, (struct str){(const char *)id, sizeof id});
    }
    db_p_array_end(v);
    return good;
}

void call_files_used(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin_any(calls, req);
    struct db_params v = {0};
    if (!put_all(&v, jval_get(c->args, "files"))) {
        buf_fini(&v.text);
        call_fail(c, ERR_BAD_REQUEST, "files");
        return;
    }
    call_query(c,
               "SELECT encode(f, 'hex') FROM unnest($1::bytea[]) f "
               "WHERE EXISTS (SELECT FROM chat.file_use u WHERE u.file = f) "
               "OR EXISTS (SELECT FROM chat.scheduled s WHERE s.files @> ARRAY[f] AND s.files <> '{}') "
               "OR EXISTS (SELECT FROM chat.pictures p WHERE p.file = f)",
               &v, on_used);
}
