/* moved: the rooms and the people whose logs grew in the last 20 s, and where they stand. */
#include "calls.h"
#include "clock.h"

enum column { EPOCH, ROOM, HEAD, MVER, USER, USEQ };
enum { FRESH_MS = 1000, FRESH_MOST_MS = 3000, FRESH_TIMES = 10 };

void moved_init(struct moved *m)
{
    list_init(&m->waiting);
}

void moved_fini(struct moved *m)
{
    buf_fini(&m->answer);
}

static void write_answer(struct buf *out, const struct db_result *r)
{
    buf_reset(out);
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "epoch", db_rows(r) > 0 ? db_str(r, 0, EPOCH) : STR(""));
    jsonw_obj(&w, "rooms");
    for (size_t i = 0; i < db_rows(r); i++) {
        if (db_is_null(r, i, ROOM))
            continue; /* The one row of a time when nothing moved. */
        jsonw_key(&w, db_str(r, i, ROOM));
        jsonw_obj(&w, NULL);
        jsonw_int(&w, "head", db_int(r, i, HEAD));
        jsonw_int(&w, "mver", db_int(r, i, MVER));
        jsonw_obj_end(&w);
    }
    jsonw_obj_end(&w);
    jsonw_obj(&w, "users");
    for (size_t i = 0; i < db_rows(r); i++)
        if (!db_is_null(r, i, USER)) {
            jsonw_key(&w, db_str(r, i, USER));
            jsonw_int(&w, NULL, db_int(r, i, USEQ));
        }
    jsonw_obj_end(&w);
    jsonw_obj_end(&w);
}

/* The first of those who wait asked; the others share what comes. */
static void on_moved(void *arg, int err, const struct db_result *r)
{
    struct calls *calls = arg;
    struct moved *m = &calls->moved;
    if (err == 0) {
        write_answer(&m->answer, r);
        m->looked_ms = clock_mono_ms();
        int64_t fresh_ms = (m->looked_ms - m->asked_ms) * FRESH_TIMES;
        m->fresh_ms = fresh_ms < FRESH_MS ? FRESH_MS : fresh_ms > FRESH_MOST_MS ? FRESH_MOST_MS : fresh_ms;
    }
    while (!list_empty(&m->waiting)) {
        struct call *c = LIST_ITEM(m->waiting.next, struct call, waiting);
        list_remove(&c->waiting);
        if (call_answered(c, err, r))
            call_reply(c, buf_view(&m->answer));
    }
}

void call_moved(void *arg, struct rpc_request *req)
{
    struct calls *calls = arg;
    struct moved *m = &calls->moved;
    struct call *c = call_begin_any(calls, req);
    if (m->looked_ms != 0 && clock_mono_ms() - m->looked_ms < m->fresh_ms) {
        call_reply(c, buf_view(&m->answer));
        return;
    }
    bool looking = !list_empty(&m->waiting);
    list_push(&m->waiting, &c->waiting);
    if (looking)
        return;
    m->asked_ms = clock_mono_ms();
    /* The statement's time, not the clock as it goes on: only that can be looked up in an index. */
    int err = db_query(calls->db,
                       "SELECT e.epoch, r.* FROM chat.epoch e LEFT JOIN "
                       "(SELECT id, last_seq, mver, NULL::bigint, NULL::bigint FROM chat.rooms WHERE id IN "
                       "(SELECT room_id FROM chat.events WHERE at > statement_timestamp() - interval '20 s') "
                       "UNION ALL SELECT NULL, NULL, NULL, user_id, last_useq FROM chat.users WHERE user_id IN "
                       "(SELECT DISTINCT user_id FROM chat.user_events "
                       "WHERE ts > statement_timestamp() - interval '20 s' LIMIT 10000)) r ON true",
                       NULL, on_moved, calls);
    if (err != 0) {
        list_remove(&c->waiting);
        call_fail(c, err, NULL);
    }
}
