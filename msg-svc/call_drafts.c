/* drafts: what the caller has written and not sent, the newest first. */
#include "calls.h"
#include "draft.h"
#include "log_rows.h"

void draft_write(struct jsonw *w, const char *key, const struct draft *d, bool as_frame)
{
    jsonw_obj(w, key);
    if (as_frame)
        jsonw_cstr(w, "t", "draft");
    jsonw_id(w, "room", d->room);
    if (d->thread != 0)
        jsonw_int(w, "thread", d->thread);
    jsonw_str(w, "body", d->body);
    jsonw_int(w, "written_at", d->written_ms);
    jsonw_obj_end(w);
}

static void on_drafts(void *arg, int err, const struct db_result *r)
{
    enum { ROOM, THREAD, BODY, WRITTEN };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t bytes = 0, count = 0;
    while (count < db_rows(r) && count < (size_t)c->limit && (count == 0 || bytes <= LOG_ANSWER_BYTES))
        bytes += db_str(r, count++, BODY).n;
    count = page_end(r, count, WRITTEN);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "drafts");
    for (size_t i = 0; i < count; i++) {
        const struct draft draft = {.room = db_int(r, i, ROOM),
                                    .thread = db_int(r, i, THREAD),
                                    .body = db_str(r, i, BODY),
                                    .written_ms = db_int(r, i, WRITTEN)};
        draft_write(&w, NULL, &draft, false);
    }
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", count == db_rows(r));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* Those of rooms that he is not in any more wait for him to come back. */
void call_drafts(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    int64_t before = 0;
    if (c == NULL)
        return;
    call_int(c, "before", &before);
    c->limit = call_limit(c, LIMIT_MAX);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, before);
    db_p_int(&v, c->limit + 1);
    call_query(c,
               "SELECT d.room_id, d.thread, d.body, (extract(epoch FROM d.written_at) * 1000)::bigint "
               "FROM chat.drafts d JOIN chat.members m ON m.room_id = d.room_id AND m.user_id = d.user_id "
               "WHERE d.user_id = $1::bigint AND d.body <> '' "
               "AND ($2::bigint = 0 OR d.written_at < to_timestamp($2::bigint / 1000.0)) "
               "ORDER BY d.written_at DESC FETCH FIRST ($3::bigint) ROWS WITH TIES",
               &v, on_drafts);
}
