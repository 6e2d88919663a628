/* delivered: this device holds a room's log up to a seq. Kept by msg-svc, so that authors can be told. */
#include "jsonw.h"
#include "ops.h"

static void delivered_done(void *arg, int err, struct str body)
{
    char ref[40];
    struct session *s = op_ctx_take(arg, ref);
    (void)body;
    if (s && err)
        session_error(s, err, STR("delivered"));
}

void op_delivered(struct session *s, const struct jval *frame)
{
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    int64_t room = 0, seq = 0;
    jval_get_id(frame, "room", &room);
    jval_get_int(frame, "seq", &seq);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", room);
    jsonw_int(&w, "seq", seq);
    jsonw_obj_end(&w);
    op_call(s, "msg", "delivered", buf_view(&args), delivered_done, op_ctx(s, STR("delivered")));
    buf_fini(&args);
}
