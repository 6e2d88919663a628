/* resume: what the client holds. msg-svc knows what is missing, and writes the frames; here they are only carried. */
#include "jsonw.h"
#include "log.h"
#include "ops.h"

/* msg-svc fills 256 KiB and then what one more event takes; far more would choke the connection at once. */
enum { MAX_PENDING = 200, MAX_ANSWER = SESSION_MAX_QUEUED / 2 };

static void resume_done(void *arg, int err, struct str body)
{
    char ref[40];
    struct session *s = op_ctx_take(arg, ref);
    if (!s)
        return;
    while (body.n > 0 && body.p[body.n - 1] == '\n')
        body.n--;
    if (!err && (!str_starts(body, STR("{\"t\":\"resumed\"")) || body.n > MAX_ANSWER)) {
        log_error(&s->log, "answer to resume is not as it should be", "bytes=%zu", body.n);
        err = ERR_INTERNAL;
    }
    if (err)
        session_error(s, err, str_of(ref));
    else
        session_send_text(s, body);
}

static bool put_cursor(void *arg, struct str key, const struct jval *value)
{
    struct jsonw *w = arg;
    int64_t room, seq;
    if (!str_i64(key, &room) || !jval_int(value, &seq))
        return true;
    jsonw_key(w, key);
    jsonw_int(w, NULL, seq);
    return true;
}

static void put_pending(struct jsonw *w, const struct jval *pending)
{
    size_t n = jval_count(pending);
    jsonw_arr(w, "pending");
    for (size_t i = 0; i < n && i < MAX_PENDING; i++) {
        struct str cmid;
        if (jval_str(jval_at(pending, i), &cmid))
            jsonw_str(w, NULL, cmid);
    }
    jsonw_arr_end(w);
}

void op_resume(struct session *s, const struct jval *frame)
{
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    struct str epoch;
    int64_t useq;
    jsonw_obj(&w, NULL);
    if (jval_get_str(frame, "epoch", &epoch))
        jsonw_str(&w, "epoch", epoch);
    if (jval_get_int(frame, "useq", &useq))
        jsonw_int(&w, "useq", useq);
    jsonw_obj(&w, "cursors");
    jval_each(jval_get(frame, "cursors"), put_cursor, &w);
    jsonw_obj_end(&w);
    put_pending(&w, jval_get(frame, "pending"));
    jsonw_obj_end(&w);
    op_call(s, "msg", "resume", buf_view(&args), resume_done, op_ctx(s, STR("resume")));
    buf_fini(&args);
}
