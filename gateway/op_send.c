/* send: a message on its way to msg-svc. The ack comes from there, after the commit, and is written as it is; here only
 * what definitely will not be stored is nacked. Whether the sender is a member is msg-svc's to judge: this gateway's
 * index may lag behind. */
#include <stdlib.h>

#include "ingest.h"
#include "ops.h"

enum { RETRY_INFLIGHT_MS = 200, RETRY_MS = 1000, RETRY_SPREAD_MS = 2000 };

/* Those who are refused together do not come back together. */
static int64_t retry_ms(const struct session *s)
{
    return RETRY_MS + (int64_t)(s->conn * 2654435761U % RETRY_SPREAD_MS);
}

static void send_put(void *arg, int err)
{
    char cmid[40];
    struct session *s = op_ctx_take(arg, cmid);
    /* Of any other error the outcome is not known. A nack would be a promise: the client asks again with its cmid. */
    if (!s || err != ERR_BUSY)
        return;
    session_send_ends(s, str_of(cmid));
    session_nack(s, str_of(cmid), err, retry_ms(s));
}

void op_send(struct session *s, const struct jval *frame)
{
    struct str cmid = {0}, body = {0};
    int64_t room = 0, cseq = 0, cgen = 0, thread = 0, quote = 0;
    char ref[1 + STR_NUMBER], conn[STR_NUMBER], files[INGEST_FILES_TEXT];
    jval_get_str(frame, "cmid", &cmid);
    jval_get_str(frame, "body", &body);
    jval_get_id(frame, "room", &room);
    jval_get_int(frame, "cseq", &cseq);
    jval_get_int(frame, "cgen", &cgen);
    jval_get_int(frame, "thread", &thread);
    jval_get_int(frame, "quote", &quote);
    if (!session_send_begins(s, cmid)) {
        if (session_refused(s))
            session_nack(s, cmid, ERR_BUSY, RETRY_INFLIGHT_MS);
        return;
    }
    ref[0] = 'S';
    str_copy(ref + 1, sizeof(ref) - 1, str_hex(s->conn, conn));
    const struct ingest_entry entry = {
        .kind = "send",
        .inbox = rpc_inbox(s->gw->process.rpc),
        .ref = str_of(ref),
        .user = s->user,
        .room = room,
        .cseq = cseq,
        .cgen = cgen,
        .thread = thread,
        .quote = quote,
        .device = str_of(s->device),
        .cmid = cmid,
        .body = body,
        .files = ingest_files(jval_get(frame, "files"), files),
        .trace = cmid, /* the id that the browser gave it */
        .address = ws_address(s->ws),
    };
    struct op_ctx *ctx = op_ctx(s, cmid);
    int err = ingest_add(s->gw->ingest, &entry, send_put, ctx);
    if (!err)
        return;
    free(ctx);
    session_send_ends(s, cmid);
    session_nack(s, cmid, err, retry_ms(s));
}
