/* What msg-svc answers over rpc: one row a call, one file a call (call_*.c). Each is its happy path; what they share is
 * here: the call in progress, its arguments, its failures. */
#ifndef PARLEY_MSG_CALLS_H
#define PARLEY_MSG_CALLS_H

#include "db.h"
#include "jsonw.h"
#include "list.h"
#include "metrics.h"
#include "moved.h"
#include "rpc.h"
#include "search.h"
#include "welcome.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200 };

/* What calls work with. Outlives them all. */
struct calls {
    struct bus *bus;
    struct db *db;
    struct rpc *rpc;                     /* to ask other services; set by who made it */
    const struct search_service *search; /* set by who made it */
    int64_t room_capacity;
    struct moved moved;
    struct metric *cursor_beyond_head;
};

void calls_init(struct calls *calls, struct bus *bus, struct db *db, int64_t room_capacity, struct metrics *metrics);
/* After the pool was destroyed. */
void calls_fini(struct calls *calls);

extern const struct rpc_row calls_rows[];
extern const size_t calls_count;

struct call;
typedef void call_step_fn(struct call *c);

/* One request under way. Made by call_begin(), ended exactly once by call_reply() or call_fail(), which free it. */
struct call {
    struct calls *calls;
    struct rpc_request *req;
    const struct jval *args;
    int64_t user;
    int64_t room, other; /* of those that need them */
    int64_t limit;
    bool rising;           /* a history asked upwards */
    bool welcomed;         /* the caller is known to be no newcomer */
    call_step_fn *next;    /* after the welcome */
    bool lost;             /* a dm that was not made, because of its person or of somebody faster */
    unsigned tries;        /* of what a concurrent transaction made fail */
    struct new_room *made; /* of create and dm */
    struct resume *resume;
    struct search *search;
    struct list waiting;   /* of moved: for the look under way */
    call_step_fn *allowed; /* of room_right() and call_admin() */
    int needed;            /* enum permission, of room_right() */
    struct buf text;
};

/* NULL: nobody is logged in, and that was answered. */
struct call *call_begin(void *calls, struct rpc_request *req);
/* The same for what processes ask for themselves. Never NULL. */
struct call *call_begin_any(void *calls, struct rpc_request *req);
void call_reply(struct call *c, struct str json);
/* ERR_SQL becomes ERR_INTERNAL; `detail` may be NULL. */
void call_fail(struct call *c, int err, const char *detail);
/* Query the pool; when it does not take the query the call has failed and is gone. */
void call_query(struct call *c, const char *sql, struct db_params *params, db_done_fn *fn);
/* The same with db_query_in_turn. */
void call_query_in_turn(struct call *c, int64_t turn, const char *sql, struct db_params *params, db_done_fn *fn);
/* First line of every db_done_fn: true when there is a result; else the call has failed and is gone. */
bool call_answered(struct call *c, int err, const struct db_result *r);
/* The statement lost against a concurrent one (deadlock, unique key): trying again may find another world. */
bool call_raced(struct call *c, int err, const struct db_result *r);

/* Go on with `then` if the caller is an admin at this moment; else the call has failed with ERR_FORBIDDEN. */
void call_admin(struct call *c, call_step_fn *then);

/* Welcome the caller, then go on with `next`. */
void call_welcome(struct call *c, call_step_fn *next);

/* The caller is not in the room: fail as who may know of it (public) or may not. Perhaps he is a newcomer and it is a
 * room everyone is in: the first time in a public one, welcome him and ask again. */
void call_outside(struct call *c, bool is_public, call_step_fn *again);
/* The answer to a question whose first two columns are the room's kind and whether the caller is in; no row: no such
 * room. True: he is, and there is a row to go on with. Else the call has failed and is gone, or asks `again`. */
bool call_inside(struct call *c, int err, const struct db_result *r, call_step_fn *again);

/* Arguments. False: absent or not such a value. A number in digits, as a query string has it, counts. */
bool call_int(const struct call *c, const char *key, int64_t *out);
/* "room" into c->room; false: answered with room_not_found. */
bool call_room(struct call *c);
/* "limit", 1 to LIMIT_MAX; `def` when absent. */
int64_t call_limit(const struct call *c, int64_t def);

rpc_call_fn call_rooms, call_directory, call_create, call_room_info, call_dm, call_history, call_read, call_members,
    call_open, call_own_rows, call_heads, call_resume, call_moved, call_range, call_delivered, call_peers, call_message,
    call_edits, call_pins, call_thread, call_follow, call_threads, call_rooms_of, call_shared, call_search, call_at,
    call_bans, call_invite, call_invite_end, call_invite_make, call_invites, call_mine, call_read_all, call_later,
    call_later_keep, call_later_change, call_later_drop, call_scheduled, call_schedule, call_reschedule,
    call_unschedule, call_report, call_reports, call_room_rows, call_figures, call_audit, call_vote, call_draft,
    call_drafts, call_unread, call_activity, call_activity_seen, call_file_seen, call_files_used, call_room_files,
    call_emoji, call_emoji_make, call_emoji_end, call_stickers, call_pack_make, call_pack_end, call_sticker_make,
    call_sticker_end;

struct search;
/* What a search holds (call_search.c). */
void search_destroy(struct search **search);

#endif
