/* ping: answered at once by pong, so that clients that cannot see WebSocket pings know the link is alive. */
#include "jsonw.h"
#include "ops.h"

void op_ping(struct session *s, const struct jval *frame)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    int64_t n = 0;
    jval_get_int(frame, "n", &n);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "pong");
    jsonw_int(&w, "n", n);
    jsonw_obj_end(&w);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}
