/* resume: what the client holds against what there is. Rooms are answered with their heads; what is between the
 * client's cursor and the head it fetches. */
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "jsonw.h"
#include "log.h"
#include "map.h"
#include "ops.h"

/* What the client holds, kept while msg-svc is asked. */
struct resume {
    struct op_ctx *ctx;
    struct idmap *cursors; /* room → cursor + 1, as the pointer value itself */
    int64_t useq;          /* -1: not told */
    char epoch[64];
};

struct answer {
    struct jsonw w;
    const struct resume *resume;
    struct session *session;
    bool same_epoch;
};

static bool keep_cursor(void *arg, struct str key, const struct jval *value)
{
    struct resume *r = arg;
    int64_t room, seq;
    if (str_i64(key, &room) && jval_int(value, &seq))
        idmap_put(r->cursors, (uint64_t)room, (void *)(uintptr_t)(seq + 1));
    return true;
}

static void resume_free(struct resume *r)
{
    idmap_destroy(&r->cursors);
    free(r);
}

/* Where the client stands in a room: 0 when it holds nothing that is still worth something. */
static int64_t cursor_of(const struct answer *a, int64_t room, int64_t head)
{
    const void *held = idmap_get(a->resume->cursors, (uint64_t)room);
    if (!held || !a->same_epoch)
        return 0;
    int64_t cursor = (int64_t)(uintptr_t)held - 1;
    if (cursor <= head)
        return cursor;
    /* It saw what is not there any more: the log went back without a new epoch, and someone must know. */
    log_error(&a->session->log, "cursor beyond head", "room=%lld cursor=%lld head=%lld", (long long)room,
              (long long)cursor, (long long)head);
    metric_add(a->session->gw->m.cursor_beyond_head, 1);
    return 0;
}

static bool put_room(void *arg, struct str key, const struct jval *value)
{
    struct answer *a = arg;
    int64_t room, head = 0, n = 0;
    if (!str_i64(key, &room))
        return true;
    jval_get_int(value, "head", &head);
    jval_get_int(value, "n", &n);
    int64_t from = cursor_of(a, room, head);
    jsonw_key(&a->w, key);
    jsonw_obj(&a->w, NULL);
    jsonw_int(&a->w, "head", head);
    jsonw_int(&a->w, "n", n);
    jsonw_int(&a->w, "from", from);
    jsonw_bool(&a->w, "limited", from != head);
    jsonw_obj_end(&a->w);
    return true;
}

static void resume_answer(struct session *s, const struct resume *r, const struct jval *heads)
{
    struct buf text = {0};
    struct str epoch = {0};
    int64_t useq = 0;
    struct answer a = {.w = jsonw_on(&text), .resume = r, .session = s};
    jval_get_str(heads, "epoch", &epoch);
    jval_get_int(heads, "useq", &useq);
    a.same_epoch = str_is(epoch, r->epoch);
    jsonw_obj(&a.w, NULL);
    jsonw_cstr(&a.w, "t", "resumed");
    jsonw_str(&a.w, "epoch", epoch);
    jsonw_obj(&a.w, "rooms");
    jval_each(jval_get(heads, "rooms"), put_room, &a);
    jsonw_obj_end(&a.w);
    /* What became of pending messages is not looked up here: the client sends them again, with the same cmids. */
    jsonw_arr(&a.w, "acks");
    jsonw_arr_end(&a.w);
    jsonw_obj(&a.w, "user");
    jsonw_int(&a.w, "head", useq);
    jsonw_bool(&a.w, "limited", !a.same_epoch || r->useq != useq);
    jsonw_obj_end(&a.w);
    jsonw_obj_end(&a.w);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

static void resume_done(void *arg, int err, struct str body)
{
    struct resume *r = arg;
    char ref[40];
    struct session *s = op_ctx_take(r->ctx, ref);
    struct jval *heads = s && !err ? jval_parse(body) : NULL;
    if (heads)
        resume_answer(s, r, heads);
    else if (s)
        session_error(s, err ? err : ERR_INTERNAL, STR("resume"));
    jval_free(heads);
    resume_free(r);
}

void op_resume(struct session *s, const struct jval *frame)
{
    char trace[24];
    struct caller caller = session_caller(s, trace);
    struct resume *r = xcalloc(1, sizeof(*r));
    struct str epoch = {0};
    idmap_create(&r->cursors);
    r->useq = -1;
    jval_get_int(frame, "useq", &r->useq);
    jval_get_str(frame, "epoch", &epoch);
    snprintf(r->epoch, sizeof(r->epoch), "%.*s", (int)epoch.n, epoch.p);
    jval_each(jval_get(frame, "cursors"), keep_cursor, r);
    r->ctx = op_ctx(s, STR("resume"));
    int err = rpc_call(s->gw->process.rpc, "msg", "heads", &caller, STR("{}"), OP_CALL_MS, resume_done, r);
    if (!err)
        return;
    free(r->ctx);
    resume_free(r);
    session_error(s, err, STR("resume"));
}
