/* Runs a batch's transaction: load, plan, write, commit; or rolls it back. */
#include "batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "append.h"
#include "clock.h"
#include "err.h"
#include "failpoint.h"
#include "params.h"
#include "room_view.h"

enum stage {
    IDLE,         /* no transaction */
    LOADING,      /* waits for the locks and what the plan asks for */
    WRITING,      /* waits for the rows and the COMMIT */
    ROLLING_BACK, /* waits for the ROLLBACK */
};

struct batch {
    struct db_conn *writer;
    struct plan *plan;
    batch_done_fn *fn;
    void *arg;
    enum stage stage;
    size_t due; /* statements whose callback is to come */
    int err;    /* of the first statement that failed */
    char sqlstate[6], why[256];
};

void batch_create(struct batch **batch_r, struct db_conn *writer, int64_t capacity, batch_done_fn *fn, void *arg)
{
    struct batch *b = xcalloc(1, sizeof *b);
    b->writer = writer;
    b->fn = fn;
    b->arg = arg;
    plan_create(&b->plan, capacity);
    *batch_r = b;
}

void batch_destroy(struct batch **batch)
{
    if (*batch == NULL)
        return;
    plan_destroy(&(*batch)->plan);
    free(*batch);
    *batch = NULL;
}

bool batch_busy(const struct batch *b)
{
    return b->stage != IDLE;
}

struct plan *batch_plan(struct batch *b)
{
    return b->plan;
}

bool batch_refuses(const char *sqlstate)
{
    /* Classes of what may pass by itself: connection, transaction state, rollback (deadlock), resources (disk, memory),
     * operator intervention, the machine. */
    static const char *const transient[] = {"08", "25", "40", "53", "55", "57", "58"};
    if (sqlstate[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof transient / sizeof transient[0]; i++)
        if (strncmp(sqlstate, transient[i], 2) == 0)
            return false;
    return true;
}

/* ---- statements ---- */

static void step(struct batch *b);

/* The first failure is the cause; the rest of its section fails with it. */
static void note_failure(struct batch *b, int err, const struct db_result *r)
{
    if (b->err != 0)
        return;
    b->err = err;
    snprintf(b->sqlstate, sizeof b->sqlstate, "%s", r != NULL ? db_sqlstate(r) : "");
    snprintf(b->why, sizeof b->why, "%s", r != NULL ? db_message(r) : err_code(err));
}

static void run(struct batch *b, const char *sql, struct db_params *params, db_done_fn *fn)
{
    int err = db_exec(b->writer, sql, params, fn, b);
    if (err == 0)
        b->due++;
    else
        note_failure(b, err, NULL);
}

/* One callback came: note its error. True: there are rows to take. */
static bool took(struct batch *b, int err, const struct db_result *r)
{
    b->due--;
    if (err != 0)
        note_failure(b, err, r);
    return err == 0;
}

static void on_plain(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    took(b, err, r);
    step(b);
}

/* ---- loading ---- */

static bool parse_room_kind(struct str name, enum room_kind *kind_r)
{
    static const char *const kinds[] = {
        [ROOM_PUBLIC] = "public", [ROOM_PRIVATE] = "private", [ROOM_GROUP] = "group", [ROOM_DM] = "dm"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is(name, kinds[i])) {
            *kind_r = (enum room_kind)i;
            return true;
        }
    return false;
}

static void on_rooms(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++) {
            struct plan_room row = {.id = db_int(r, i, 0),
                                    .last_seq = db_int(r, i, 2),
                                    .last_n = db_int(r, i, 3),
                                    .last_message = db_int(r, i, 4),
                                    .mver = db_int(r, i, 5),
                                    .members = db_int(r, i, 6),
                                    .everyone = db_bool(r, i, 7)};
            if (parse_room_kind(db_str(r, i, 1), &row.kind))
                plan_room_is(b->plan, &row);
        }
    step(b);
}

static void on_members(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++) {
            int64_t room = db_int(r, i, 0), user = db_int(r, i, 1);
            if (db_is_null(r, i, 2))
                plan_member_was(b->plan, room, user);
            else
                plan_member_is(b->plan, room, user, db_bool(r, i, 2));
        }
    step(b);
}

static void on_sent(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++) {
            struct plan_sent row = {.sender = db_int(r, i, 0),
                                    .cmid = db_str(r, i, 1),
                                    .room = db_int(r, i, 2),
                                    .seq = db_int(r, i, 3),
                                    .n = db_int(r, i, 5),
                                    .ts = db_int(r, i, 6)};
            /* A digest of another form matches no body: a conflict, never a second row. */
            digest_parse(db_str(r, i, 4), row.digest);
            plan_sent_is(b->plan, &row);
        }
    step(b);
}

static void on_orders(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++)
            plan_order_is(b->plan, &(struct plan_order){.room = db_int(r, i, 0),
                                                        .sender = db_int(r, i, 1),
                                                        .device = db_str(r, i, 2),
                                                        .cgen = db_int(r, i, 3),
                                                        .cseq = db_int(r, i, 4)});
    step(b);
}

static void on_past(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++) {
            struct plan_past past = {.seq = db_int(r, i, 2),
                                     .n = db_int(r, i, 3),
                                     .sender = db_int(r, i, 5),
                                     .ts = db_int(r, i, 6),
                                     .useq = db_int(r, i, 7)};
            if (event_type_parse(db_str(r, i, 4), &past.type))
                plan_past_is(b->plan, db_int(r, i, 0), db_int(r, i, 1), &past);
        }
    step(b);
}

static void on_users(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++)
            plan_user_is(b->plan, db_int(r, i, 0), db_int(r, i, 1));
    step(b);
}

static void on_user_rooms(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++)
            plan_user_rooms_are(b->plan, db_int(r, i, 0), db_int(r, i, 1));
    step(b);
}

static bool is_redelivered_change(const struct plan_step *s)
{
    return s->err == 0 && s->entry->redelivered && s->entry->kind != ENTRY_SEND;
}

static void load_rooms(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->rooms, b->plan->n_rooms, true, it->id);
    run(b,
        "SELECT id, kind, last_seq, last_n, last_message, mver, member_count, everyone FROM chat.rooms "
        "WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        &v, on_rooms);
}

/* Members, and with NULL for a role those who were. Only for who is not in is the log looked at. */
static void load_members(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->members, b->plan->n_members, true, it->room);
    INTS(&v, b->plan->members, b->plan->n_members, true, it->user);
    run(b,
        "SELECT t.room, t.member, m.role = 'owner' FROM unnest($1::bigint[], $2::bigint[]) AS t(room, member) "
        "LEFT JOIN chat.members m ON m.room_id = t.room AND m.user_id = t.member "
        "LEFT JOIN LATERAL (SELECT true AS gone FROM chat.events WHERE m.user_id IS NULL AND room_id = t.room "
        "AND data ->> 'user' = t.member::text AND type IN ('left', 'removed') LIMIT 1) e ON true "
        "WHERE m.user_id IS NOT NULL OR e.gone",
        &v, on_members);
}

/* What was refused for good has no event. */
static void load_sent(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->sents, b->plan->n_sents, true, it->sender);
    ARRAY(&v, b->plan->sents, b->plan->n_sents, true, db_p_array_str(&v, it->cmid));
    run(b,
        "SELECT s.sender, s.cmid, s.room_id, s.seq, s.digest, e.n, (extract(epoch FROM e.ts) * 1000)::bigint "
        "FROM unnest($1::bigint[], $2::uuid[]) AS t(sender, cmid) "
        "JOIN chat.sent s ON s.sender = t.sender AND s.cmid = t.cmid "
        "LEFT JOIN chat.events e ON e.room_id = s.room_id AND e.seq = s.seq",
        &v, on_sent);
}

/* Without a lock: a shard's rows are written by its one owner only, and upserted, whatever the janitor does. */
static void load_orders(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->orders, b->plan->n_orders, true, it->room);
    INTS(&v, b->plan->orders, b->plan->n_orders, true, it->sender);
    ARRAY(&v, b->plan->orders, b->plan->n_orders, true, db_p_array_str(&v, it->device));
    run(b,
        "SELECT o.room_id, o.sender, o.device, o.cgen, o.cseq "
        "FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t(room, sender, device) "
        "JOIN chat.send_order o ON o.room_id = t.room AND o.sender = t.sender AND o.device = t.device",
        &v, on_orders);
}

/* What redelivered changes of membership may have done: it is recent, so the search back through the log is short. */
static void load_past(struct batch *b)
{
    struct db_params v = {0};
    size_t asked = 0;
    const struct plan *p = b->plan;
    db_p_array(&v);
    for (size_t i = 0; i < p->n_steps; i++)
        if (is_redelivered_change(&p->steps[i])) {
            db_p_array_int(&v, p->steps[i].room->id);
            asked++;
        }
    db_p_array_end(&v);
    db_p_array(&v);
    for (size_t i = 0; i < p->n_steps; i++)
        if (is_redelivered_change(&p->steps[i]))
            db_p_array_int(&v, plan_subject(&p->steps[i])->user);
    db_p_array_end(&v);
    if (asked == 0) {
        buf_fini(&v.text);
        return;
    }
    run(b,
        "SELECT t.room, t.member, e.seq, e.n, e.type, e.sender, (extract(epoch FROM e.ts) * 1000)::bigint, "
        "coalesce((SELECT max(o.useq) FROM chat.user_events o WHERE o.user_id = t.member AND o.room_id = t.room "
        "AND o.type IN ('room_added', 'room_removed')), 0) "
        "FROM (SELECT DISTINCT * FROM unnest($1::bigint[], $2::bigint[]) AS u(room, member)) t "
        "JOIN chat.rooms r ON r.id = t.room CROSS JOIN LATERAL (SELECT * FROM chat.events "
        "WHERE room_id = t.room AND seq > r.last_seq - 5000 AND type IN ('joined', 'added', 'left', 'removed') "
        "AND data ->> 'user' = t.member::text ORDER BY seq DESC LIMIT 1) e",
        &v, on_past);
}

/* Users' rows come after the rooms' and in their own order: every transaction locks so, and none waits in a ring. */
static void load_users(struct batch *b)
{
    struct db_params make = {0}, lock = {0};
    db_p_array(&make);
    db_p_array(&lock);
    for (size_t i = 0; i < b->plan->n_users; i++) {
        db_p_array_int(&make, b->plan->users[i].id);
        db_p_array_int(&lock, b->plan->users[i].id);
    }
    db_p_array_end(&make);
    db_p_array_end(&lock);
    run(b,
        "INSERT INTO chat.users (user_id) SELECT id FROM auth.people WHERE id = ANY($1::bigint[]) ORDER BY id "
        "ON CONFLICT DO NOTHING",
        &make, on_plain);
    run(b,
        "SELECT u.user_id, u.last_useq FROM chat.users u JOIN auth.people p ON p.id = u.user_id "
        "WHERE u.user_id = ANY($1::bigint[]) ORDER BY u.user_id FOR NO KEY UPDATE OF u",
        &lock, on_users);
}

/* Behind the lock of the users' rows, so that no two joins of one person count the same. */
static void load_user_rooms(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->users, b->plan->n_users, true, it->id);
    run(b, "SELECT user_id, count(*) FROM chat.members WHERE user_id = ANY($1::bigint[]) GROUP BY user_id", &v,
        on_user_rooms);
}

int batch_start(struct batch *b, struct entry *const *entries, size_t count)
{
    plan_start(b->plan, entries, count);
    b->err = 0;
    b->due = 0;
    run(b, "BEGIN", NULL, on_plain);
    if (b->err != 0)
        return b->err;
    b->stage = LOADING;
    if (b->plan->n_rooms > 0) {
        /* The look-ups are statements of their own behind the locks: each sees what the last holder committed. */
        load_rooms(b);
        load_members(b);
        load_past(b);
    }
    if (b->plan->n_sents > 0)
        load_sent(b);
    if (b->plan->n_orders > 0)
        load_orders(b);
    if (b->plan->n_users > 0) {
        load_users(b);
        load_user_rooms(b);
    }
    db_sync(b->writer);
    return 0;
}

/* ---- writing ---- */

static void exec_plain(void *arg, const char *sql, struct db_params *params)
{
    run(arg, sql, params, on_plain);
}

static void on_views(void *arg, int err, const struct db_result *r)
{
    struct batch *b = arg;
    if (took(b, err, r))
        for (size_t i = 0; i < db_rows(r); i++)
            for (size_t v = 0; v < b->plan->n_views; v++) {
                struct plan_view *view = &b->plan->views[v];
                if (view->user != room_view_user(r, i) || view->room != room_view_id(r, i))
                    continue;
                struct jsonw w = jsonw_on(&view->json);
                room_view_write(&w, NULL, r, i);
            }
    step(b);
}

static void read_views(struct batch *b)
{
    struct db_params v = {0};
    INTS(&v, b->plan->views, b->plan->n_views, true, it->user);
    INTS(&v, b->plan->views, b->plan->n_views, true, it->room);
    run(b, ROOM_VIEW_SELECT("SELECT * FROM unnest($1::bigint[], $2::bigint[])"), &v, on_views);
}

/* Tests make an entry deadly to whoever tries it: the failpoint msg.entry.<cmid>. */
static void try_entries(const struct batch *b)
{
#ifdef PARLEY_FAILPOINTS
    for (size_t i = 0; i < b->plan->n_steps; i++) {
        const struct entry *e = b->plan->steps[i].entry;
        char name[64];
        snprintf(name, sizeof name, "msg.entry.%.*s", (int)e->cmid.n, e->cmid.p);
        if (e->cmid.n > 0 && !e->doomed)
            failpoint_hit(name);
    }
#else
    (void)b;
#endif
}

static void write_plan(struct batch *b)
{
    b->stage = WRITING;
    try_entries(b);
    plan_run(b->plan, clock_wall_ms());
    append_events(b->plan, exec_plain, b);
    append_sent(b->plan, exec_plain, b);
    append_orders(b->plan, exec_plain, b);
    append_dead(b->plan, exec_plain, b);
    append_rooms(b->plan, exec_plain, b);
    append_members(b->plan, exec_plain, b);
    append_users(b->plan, exec_plain, b);
    if (b->plan->n_views > 0)
        read_views(b);
    FAILPOINT("msg.before_commit");
    /* A statement the connection did not take must not be missing from what is committed. */
    run(b, b->err == 0 ? "COMMIT" : "ROLLBACK", NULL, on_plain);
    db_sync(b->writer);
}

/* ---- the end ---- */

static void finish(struct batch *b)
{
    enum batch_result result = BATCH_STORED;
    if (b->err == ERR_UNAVAILABLE || (b->err != 0 && !db_conn_up(b->writer)))
        result = BATCH_LOST;
    else if (b->err == ERR_SQL && batch_refuses(b->sqlstate))
        result = BATCH_REFUSED;
    else if (b->err != 0)
        result = BATCH_LATER;
    b->stage = IDLE;
    b->fn(b->arg, result, b->why);
}

static void roll_back(struct batch *b)
{
    b->stage = ROLLING_BACK;
    run(b, "ROLLBACK", NULL, on_plain);
    db_sync(b->writer);
    if (b->due == 0)
        db_conn_reset(b->writer); /* Its session must not go on inside the failed transaction. */
}

/* Called after every callback; goes on when the last one due has come. */
static void step(struct batch *b)
{
    if (b->due > 0)
        return;
    bool lost = b->err == ERR_UNAVAILABLE || !db_conn_up(b->writer);
    if (b->stage == LOADING && b->err == 0)
        write_plan(b);
    else if (b->stage != ROLLING_BACK && b->err != 0 && !lost)
        roll_back(b);
    if (b->due == 0)
        finish(b);
}
