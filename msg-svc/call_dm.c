/* dm: the direct-message room with a person, made when there is none. Two who open it at once get the same one. */
#include <inttypes.h>
#include <stdio.h>

#include "alloc.h"
#include "calls.h"
#include "err.h"
#include "new_room.h"
#include "room_view.h"

static void look(struct call *c);

/* No row has two causes: the person does not exist, or somebody was faster. Another look tells. */
static void on_made(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        look(c);
        return;
    }
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0) {
        new_room_tell(c, r);
        return;
    }
    c->lost = true;
    look(c);
}

static void on_look(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0) {
        struct jsonw w = jsonw_on(&c->text);
        room_view_write(&w, NULL, r, 0);
        call_reply(c, buf_view(&c->text));
    } else if (c->lost) {
        call_fail(c, ERR_USER_NOT_FOUND, NULL);
    } else {
        new_room_make(c, on_made);
    }
}

static void look(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_cstr(&v, c->made->dm_key);
    call_query(c, ROOM_VIEW_SELECT("SELECT $1::bigint, id FROM chat.rooms WHERE dm_key = $2::text"), &v, on_look);
}

void call_dm(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    if (!call_int(c, "user", &c->other) || c->other <= 0) {
        call_fail(c, ERR_USER_NOT_FOUND, NULL);
        return;
    }
    if (c->other == c->user) {
        call_fail(c, ERR_BAD_REQUEST, "a direct message is for somebody else");
        return;
    }
    c->made = xcalloc(1, sizeof *c->made);
    c->made->kind = STR("dm");
    c->made->others[0] = c->other;
    c->made->n_others = 1;
    /* The lower id first, so that both people name one room. */
    int64_t low = c->user < c->other ? c->user : c->other, high = c->user < c->other ? c->other : c->user;
    snprintf(c->made->dm_key, sizeof c->made->dm_key, "%" PRId64 ":%" PRId64, low, high);
    look(c);
}
