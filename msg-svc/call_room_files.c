/* room_files: the files of a room's messages, those of the newest first, a page at a time. For its members only. What
 * is deleted has no use, and is not in it (docs/media.md). */
#include "calls.h"
#include "err.h"
#include "log_rows.h"

enum column { KIND, INSIDE, SEQ, ABOUT, SENDER, TS, FILE_TEXT };

static void write_file(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_int(w, "seq", db_int(r, row, SEQ));
    if (!db_is_null(r, row, ABOUT))
        jsonw_int(w, "about", db_int(r, row, ABOUT));
    jsonw_id(w, "sender", db_int(r, row, SENDER));
    jsonw_int(w, "ts", db_int(r, row, TS));
    jsonw_raw(w, "file", db_str(r, row, FILE_TEXT));
    jsonw_obj_end(w);
}

static void ask(struct call *c);

/* Rows are files; those of one message stand together, and are on one page. */
static void on_found(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    size_t shown = 0, rows = db_is_null(r, 0, SEQ) ? 0 : db_rows(r);
    int64_t messages = 0, last = 0;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "files");
    for (; shown < rows; shown++) {
        int64_t seq = db_int(r, shown, SEQ);
        if (seq != last && (messages++ >= c->limit || c->text.n > LOG_ANSWER_BYTES))
            break;
        last = seq;
        write_file(&w, r, shown);
    }
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", shown == rows);
    if (shown < rows)
        jsonw_int(&w, "next", last);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* As media.file.kind has them. */
static const char *kinds_of(struct str part)
{
    if (str_is(part, "media"))
        return "{1,2}";
    if (str_is(part, "audio"))
        return "{3}";
    return str_is(part, "document") ? "{0,4}" : "{0,1,2,3,4}";
}

/* What is asked for, of a row of chat.file_use. */
#define FITS                                                                       \
    "u.kind = ANY ($3::smallint[]) AND ($4::bigint = 0 OR u.sender = $4::bigint) " \
    "AND ($5::text = '' OR position(lower(normalize($5::text, NFKC)) IN lower(normalize(u.name, NFKC))) > 0) "

static void ask(struct call *c)
{
    struct str part = STR(""), name = STR("");
    int64_t from = 0, before = INT64_MAX;
    jval_get_str(c->args, "kind", &part);
    jval_get_str(c->args, "q", &name);
    call_int(c, "from", &from);
    call_int(c, "before", &before);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_cstr(&v, kinds_of(part));
    db_p_int(&v, from);
    db_p_str(&v, name);
    db_p_int(&v, before);
    db_p_int(&v, c->limit + 1);
    call_query(
        c,
        "SELECT r.kind, r.inside, l.* FROM (SELECT id, kind, EXISTS (SELECT FROM chat.members "
        "WHERE room_id = $1::bigint AND user_id = $2::bigint) AS inside FROM chat.rooms WHERE id = $1::bigint) r "
        "LEFT JOIN LATERAL (SELECT e.seq, CASE WHEN e.type = 'reply' THEN e.about END, e.sender, "
        "(extract(epoch FROM e.ts) * 1000)::bigint, f.file::text FROM (SELECT u.seq FROM chat.file_use u "
        "WHERE u.room = r.id AND r.inside AND u.seq < $6::bigint AND " FITS
        "GROUP BY u.seq ORDER BY u.seq DESC LIMIT $7::bigint) p "
        "JOIN chat.events e ON e.room_id = r.id AND e.seq = p.seq "
        "CROSS JOIN LATERAL jsonb_array_elements(coalesce(e.data -> 'files', '[]') || "
        "coalesce(e.data #> '{forward,files}', '[]')) WITH ORDINALITY AS f(file, place) "
        "JOIN chat.file_use u ON u.room = r.id AND u.seq = p.seq "
        "AND u.file = decode(f.file ->> 'id', 'hex') AND " FITS "ORDER BY e.seq DESC, f.place) l ON true",
        &v, on_found);
}

void call_room_files(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        ask(c);
}
