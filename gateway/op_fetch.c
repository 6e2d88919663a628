/* fetch: part of a room's log, asked of msg-svc and passed on as it comes. */
#include "jsonw.h"
#include "ops.h"

static void fetch_done(void *arg, int err, struct str body)
{
    char room[40];
    struct buf text = {0};
    struct session *s = op_ctx_take(arg, room);
    if (!s)
        return;
    if (!err && body.n < 3)
        err = ERR_INTERNAL;
    if (err) {
        session_error(s, err, str_of(room));
        return;
    }
    /* {"room":…} becomes {"t":"batch","room":…} */
    buf_cstr(&text, "{\"t\":\"batch\",");
    buf_put(&text, body.p + 1, body.n - 1);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

void op_fetch(struct session *s, const struct jval *frame)
{
    static const char *const numbers[] = {"after", "before", "limit"};
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    struct str room = {0};
    int64_t n;
    jval_get_str(frame, "room", &room);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "room", room);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (jval_get_int(frame, numbers[i], &n))
            jsonw_int(&w, numbers[i], n);
    jsonw_obj_end(&w);
    op_call(s, "msg", "history", buf_view(&args), fetch_done, op_ctx(s, room));
    buf_fini(&args);
}
