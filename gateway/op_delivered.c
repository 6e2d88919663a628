/* delivered: this device holds a room's log up to a seq. Passed to msg-svc when it can tell an author anything new: of
 * a room of ten thousand a handful of marks are, not ten thousand. Not answered: the next mark makes a lost one good.
 */
#include <stdlib.h>

#include "jsonw.h"
#include "ops.h"

static void delivered_done(void *arg, int err, struct str body)
{
    struct op_ctx *ctx = arg;
    const struct room_index *index = ctx->gw->index; /* NULL: the process ends, and the calls under way with it */
    int64_t room;
    (void)body;
    /* msg-svc does not know of it: what was taken for known may be wrong. */
    struct channel *c =
        err && index && str_i64(str_of(ctx->ref), &room) ? room_index_find(index, CHANNEL_ROOM, room) : NULL;
    if (c)
        c->marks = (struct room_marks){0};
    free(ctx);
}

/* Nor does a mark of who is not in the room, whose refusal would say nothing of what members' marks told. Marks beyond
 * what was forwarded prove nothing here, and must not stand in the way of others'. */
static bool tells_nothing(const struct session *s, int64_t room, int64_t seq)
{
    struct channel *c = room_index_find(s->gw->index, CHANNEL_ROOM, room);
    if (!c || !room_index_seat(c, &s->listens))
        return true;
    return c->known && seq <= c->last_seq && !room_marks_take(&c->marks, s->user, seq);
}

void op_delivered(struct session *s, const struct jval *frame)
{
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    struct str name = {0};
    char trace[SESSION_TRACE_MAX];
    int64_t room = 0, seq = 0;
    jval_get_str(frame, "room", &name);
    jval_get_id(frame, "room", &room);
    jval_get_int(frame, "seq", &seq);
    if (tells_nothing(s, room, seq))
        return;
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", room);
    jsonw_int(&w, "seq", seq);
    jsonw_obj_end(&w);
    struct caller caller = session_caller(s, trace);
    struct op_ctx *ctx = op_ctx(s, name);
    if (rpc_call(s->gw->process.rpc, "msg", "delivered", &caller, buf_view(&args), OP_CALL_MS, delivered_done, ctx))
        delivered_done(ctx, ERR_UNAVAILABLE, STR(""));
    buf_fini(&args);
}
