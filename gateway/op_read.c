/* read: moves my read position in a room; all my devices hear of it by a user event. */
#include "jsonw.h"
#include "ops.h"

static void read_done(void *arg, int err, struct str body)
{
    char ref[40];
    struct session *s = op_ctx_take(arg, ref);
    (void)body;
    if (s && err)
        session_error(s, err, STR("read"));
}

void op_read(struct session *s, const struct jval *frame)
{
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    int64_t room = 0, seq = 0, gen = 0;
    jval_get_id(frame, "room", &room);
    jval_get_int(frame, "seq", &seq);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", room);
    jsonw_int(&w, "seq", seq);
    if (jval_get_int(frame, "gen", &gen))
        jsonw_int(&w, "gen", gen);
    jsonw_obj_end(&w);
    op_call(s, "msg", "read", buf_view(&args), read_done, op_ctx(s, STR("read")));
    buf_fini(&args);
}
