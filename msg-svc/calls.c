/* The table of calls, and what every call does the same way. */
#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "log.h"
#include "new_room.h"
#include "resume.h"

const struct rpc_row calls_rows[] = {
    {"create", call_create},
    {"delivered", call_delivered},
    {"directory", call_directory},
    {"dm", call_dm},
    {"heads", call_heads},
    {"history", call_history},
    {"members", call_members},
    {"moved", call_moved},
    {"open", call_open},
    {"own_rows", call_own_rows},
    {"peers", call_peers},
    {"range", call_range},
    {"read", call_read},
    {"resume", call_resume},
    {"room", call_room_info},
    {"rooms", call_rooms},
    {"rooms_of", call_rooms_of},
    {"shared", call_shared},
    {"message", call_message},
    {"edits", call_edits},
    {"pins", call_pins},
    {"room_files", call_room_files},
    {"thread", call_thread},
    {"follow", call_follow},
    {"threads", call_threads},
    {"at", call_at},
    {"search", call_search},
    {"bans", call_bans},
    {"invite", call_invite},
    {"invite_end", call_invite_end},
    {"invite_make", call_invite_make},
    {"invites", call_invites},
    {"mine", call_mine},
    {"read_all", call_read_all},
    {"later", call_later},
    {"later_keep", call_later_keep},
    {"later_change", call_later_change},
    {"later_drop", call_later_drop},
    {"scheduled", call_scheduled},
    {"schedule", call_schedule},
    {"reschedule", call_reschedule},
    {"unschedule", call_unschedule},
    {"report", call_report},
    {"reports", call_reports},
    {"room_rows", call_room_rows},
    {"figures", call_figures},
    {"audit", call_audit},
    {"vote", call_vote},
    {"draft", call_draft},
    {"file_seen", call_file_seen},
    {"files_used", call_files_used},
    {"drafts", call_drafts},
    {"unread", call_unread},
    {"activity", call_activity},
    {"activity_seen", call_activity_seen},
    {"emoji", call_emoji},
    {"emoji_make", call_emoji_make},
    {"emoji_end", call_emoji_end},
    {"stickers", call_stickers},
    {"pack_make", call_pack_make},
    {"pack_end", call_pack_end},
    {"sticker_make", call_sticker_make},
    {"sticker_end", call_sticker_end},
};
const size_t calls_count = sizeof calls_rows / sizeof calls_rows[0];

void calls_init(struct calls *calls, struct bus *bus, struct db *db, int64_t room_capacity, struct metrics *metrics)
{
    *calls = (struct calls){.bus = bus, .db = db, .room_capacity = room_capacity};
    moved_init(&calls->moved);
    calls->cursor_beyond_head = metrics_counter(metrics, "parley_msg_cursor_beyond_head_total", NULL,
                                                "Cursors of clients beyond the log: it went back without a new epoch.");
}

void calls_fini(struct calls *calls)
{
    moved_fini(&calls->moved);
}

struct call *call_begin(void *calls, struct rpc_request *req)
{
    if (rpc_caller(req)->user != 0)
        return call_begin_any(calls, req);
    rpc_fail(req, ERR_UNAUTHORIZED, NULL);
    return NULL;
}

struct call *call_begin_any(void *calls, struct rpc_request *req)
{
    struct call *c = xcalloc(1, sizeof *c);
    c->calls = calls;
    c->req = req;
    c->args = rpc_args(req);
    c->user = rpc_caller(req)->user;
    list_init(&c->waiting);
    return c;
}

static void call_free(struct call *c)
{
    buf_fini(&c->text);
    free(c->made);
    resume_destroy(&c->resume);
    search_destroy(&c->search);
    free(c);
}

void call_reply(struct call *c, struct str json)
{
    rpc_reply(c->req, json);
    call_free(c);
}

void call_fail(struct call *c, int err, const char *detail)
{
    rpc_fail(c->req, err == ERR_SQL ? ERR_INTERNAL : err, detail);
    call_free(c);
}

void call_query(struct call *c, const char *sql, struct db_params *params, db_done_fn *fn)
{
    int err = db_query(c->calls->db, sql, params, fn, c);
    if (err != 0)
        call_fail(c, err, NULL);
}

void call_query_in_turn(struct call *c, int64_t turn, const char *sql, struct db_params *params, db_done_fn *fn)
{
    int err = db_query_in_turn(c->calls->db, turn, sql, params, fn, c);
    if (err != 0)
        call_fail(c, err, NULL);
}

bool call_answered(struct call *c, int err, const struct db_result *r)
{
    if (err == 0)
        return true;
    if (err == ERR_SQL)
        log_error(NULL, "query failed", "request=%.*s sqlstate=%s message=%s", (int)rpc_caller(c->req)->trace.n,
                  rpc_caller(c->req)->trace.p, db_sqlstate(r), db_message(r));
    call_fail(c, err, NULL);
    return false;
}

static void on_power(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0)
        c->allowed(c);
    else
        call_fail(c, ERR_FORBIDDEN, NULL);
}

void call_admin(struct call *c, call_step_fn *then)
{
    struct db_params v = {0};
    c->allowed = then;
    db_p_int(&v, c->user);
    call_query(c, "SELECT FROM auth.admins WHERE id = $1::bigint", &v, on_power);
}

static void on_welcomed(void *arg, int err)
{
    struct call *c = arg;
    c->welcomed = true;
    if (err != 0)
        call_fail(c, err, NULL);
    else
        c->next(c);
}

void call_welcome(struct call *c, call_step_fn *next)
{
    const struct welcome_config config = {
        .bus = c->calls->bus, .db = c->calls->db, .room_capacity = c->calls->room_capacity};
    c->next = next;
    int err = welcome(&config, c->user, on_welcomed, c);
    if (err != 0)
        call_fail(c, err, NULL);
}

void call_outside(struct call *c, bool is_public, call_step_fn *again)
{
    if (!is_public)
        call_fail(c, ERR_ROOM_NOT_FOUND, NULL);
    else if (c->welcomed)
        call_fail(c, ERR_NOT_MEMBER, NULL);
    else
        call_welcome(c, again);
}

bool call_inside(struct call *c, int err, const struct db_result *r, call_step_fn *again)
{
    enum { KIND, INSIDE };
    if (!call_answered(c, err, r))
        return false;
    if (db_rows(r) > 0 && db_bool(r, 0, INSIDE))
        return true;
    call_outside(c, db_rows(r) > 0 && str_is(db_str(r, 0, KIND), "public"), again);
    return false;
}

bool call_raced(struct call *c, int err, const struct db_result *r)
{
    enum { TRIES_MAX = 3 };
    static const char *const states[] = {"40P01", "40001", "23505"};
    if (err != ERR_SQL || ++c->tries >= TRIES_MAX)
        return false;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(db_sqlstate(r), states[i]) == 0)
            return true;
    return false;
}

bool call_int(const struct call *c, const char *key, int64_t *out)
{
    struct str text;
    return jval_get_int(c->args, key, out) || (jval_get_str(c->args, key, &text) && str_i64(text, out));
}

bool call_room(struct call *c)
{
    if (call_int(c, "room", &c->room) && c->room > 0)
        return true;
    call_fail(c, ERR_ROOM_NOT_FOUND, NULL);
    return false;
}

int64_t call_limit(const struct call *c, int64_t def)
{
    int64_t limit = def;
    if (!call_int(c, "limit", &limit))
        return def;
    if (limit < 1)
        return 1;
    return limit > LIMIT_MAX ? LIMIT_MAX : limit;
}
