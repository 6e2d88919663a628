/* Asks the database what a plan must know. */
#include "load.h"

#include "params.h"

static void take_rooms(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        struct plan_room row = {.id = db_int(r, i, 0),
                                .last_seq = db_int(r, i, 2),
                                .last_n = db_int(r, i, 3),
                                .last_message = db_int(r, i, 4),
                                .mver = db_int(r, i, 5),
                                .members = db_int(r, i, 6),
                                .everyone = db_bool(r, i, 7),
                                .archived = db_bool(r, i, 8),
                                .slow_mode_s = db_int(r, i, 9),
                                .retention_days = db_int(r, i, 12),
                                .rules = {.announcement = db_bool(r, i, 10)}};
        room_rules_parse(&row.rules, db_str(r, i, 11));
        if (room_kind_parse(db_str(r, i, 1), &row.kind))
            plan_room_is(p, &row);
    }
}

static void take_members(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        int64_t room = db_int(r, i, 0), user = db_int(r, i, 1);
        enum role role;
        if (!role_parse(db_str(r, i, 2), &role)) {
            plan_member_was(p, room, user);
            continue;
        }
        plan_member_is(p, room, user, role);
        plan_member_limits(p, room, user, db_int(r, i, 3), db_int(r, i, 4), db_bool(r, i, 5));
    }
}

static void take_sent(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        struct plan_sent row = {.sender = db_int(r, i, 0),
                                .cmid = db_str(r, i, 1),
                                .room = db_int(r, i, 2),
                                .seq = db_int(r, i, 3),
                                .n = db_int(r, i, 5),
                                .ts = db_int(r, i, 6)};
        /* A digest of another form matches no body: a conflict, never a second row. */
        digest_parse(db_str(r, i, 4), row.digest);
        plan_sent_is(p, &row);
    }
}

static void take_orders(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_order_is(p, &(struct plan_order){.room = db_int(r, i, 0),
                                              .sender = db_int(r, i, 1),
                                              .device = db_str(r, i, 2),
                                              .cgen = db_int(r, i, 3),
                                              .cseq = db_int(r, i, 4)});
}

static void take_past(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        struct plan_past past = {.seq = db_int(r, i, 2),
                                 .n = db_int(r, i, 3),
                                 .sender = db_int(r, i, 5),
                                 .ts = db_int(r, i, 6),
                                 .useq = db_int(r, i, 7)};
        if (event_type_parse(db_str(r, i, 4), &past.type))
            plan_past_is(p, db_int(r, i, 0), db_int(r, i, 1), &past);
    }
}

static void take_users(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_user_is(p, db_int(r, i, 0), db_int(r, i, 1));
}

static void take_user_rooms(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_user_rooms_are(p, db_int(r, i, 0), db_int(r, i, 1));
}

static bool is_redelivered_change(const struct plan_step *s)
{
    return s->err == 0 && s->entry->redelivered && s->user != NULL;
}

static void load_rooms(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->rooms, p->n_rooms, true, it->id);
    exec(
        arg,
        "SELECT id, kind, last_seq, last_n, last_message, mver, member_count, everyone, "
        "archived_at IS NOT NULL, slow_mode_s, announcement, permissions::text, coalesce(retention_days, 0) FROM chat.rooms "
        "WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        &v, take_rooms);
}

/* Members, and with NULL for a role those who were. Only for who is not in is the log looked at. */
static void load_members(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->members, p->n_members, true, it->room);
    INTS(&v, p->members, p->n_members, true, it->user);
    exec(arg,
         "SELECT t.room, t.member, m.role, (extract(epoch FROM m.muted_until) * 1000)::bigint, "
         "(extract(epoch FROM m.last_sent) * 1000)::bigint, "
         "CASE WHEN r.kind = 'dm' THEN EXISTS (SELECT FROM chat.members o JOIN auth.blocked b ON b.user_id = o.user_id "
         "WHERE o.room_id = r.id AND b.blocked_id = t.member) ELSE false END "
         "FROM unnest($1::bigint[], $2::bigint[]) AS t(room, member) LEFT JOIN chat.rooms r ON r.id = t.room "
         "LEFT JOIN chat.members m ON m.room_id = t.room AND m.user_id = t.member "
         "LEFT JOIN LATERAL (SELECT true AS gone FROM chat.events WHERE m.user_id IS NULL AND room_id = t.room "
         "AND data ->> 'user' = t.member::text AND type IN ('left', 'removed') LIMIT 1) e ON true "
         "WHERE m.user_id IS NOT NULL OR e.gone",
         &v, take_members);
}

/* What was refused for good has no event. */
static void load_sent(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->sents, p->n_sents, true, it->sender);
    ARRAY(&v, p->sents, p->n_sents, true, db_p_array_str(&v, it->cmid));
    exec(arg,
         "SELECT s.sender, s.cmid, s.room_id, s.seq, s.digest, e.n, (extract(epoch FROM e.ts) * 1000)::bigint "
         "FROM unnest($1::bigint[], $2::uuid[]) AS t(sender, cmid) "
         "JOIN chat.sent s ON s.sender = t.sender AND s.cmid = t.cmid "
         "LEFT JOIN chat.events e ON e.room_id = s.room_id AND e.seq = s.seq",
         &v, take_sent);
}

/* Without a lock: a shard's rows are written by its one owner only, and upserted, whatever the janitor does. */
static void load_orders(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->orders, p->n_orders, true, it->room);
    INTS(&v, p->orders, p->n_orders, true, it->sender);
    ARRAY(&v, p->orders, p->n_orders, true, db_p_array_str(&v, it->device));
    exec(arg,
         "SELECT o.room_id, o.sender, o.device, o.cgen, o.cseq "
         "FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t(room, sender, device) "
         "JOIN chat.send_order o ON o.room_id = t.room AND o.sender = t.sender AND o.device = t.device",
         &v, take_orders);
}

/* What redelivered changes of membership may have done: it is recent, so the search back through the log is short. */
static void load_past(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    size_t asked = 0;
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
    exec(arg,
         "SELECT t.room, t.member, e.seq, e.n, e.type, e.sender, (extract(epoch FROM e.ts) * 1000)::bigint, "
         "coalesce((SELECT max(o.useq) FROM chat.user_events o WHERE o.user_id = t.member AND o.room_id = t.room "
         "AND o.type IN ('room_added', 'room_removed')), 0) "
         "FROM (SELECT DISTINCT * FROM unnest($1::bigint[], $2::bigint[]) AS u(room, member)) t "
         "JOIN chat.rooms r ON r.id = t.room CROSS JOIN LATERAL (SELECT * FROM chat.events "
         "WHERE room_id = t.room AND seq > r.last_seq - 5000 AND type IN ('joined', 'added', 'left', 'removed') "
         "AND data ->> 'user' = t.member::text ORDER BY seq DESC LIMIT 1) e",
         &v, take_past);
}

/* Users' rows come after the rooms' and in their own order: every transaction locks so, and none waits in a ring. */
static void load_users(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params make = {0}, lock = {0};
    db_p_array(&make);
    db_p_array(&lock);
    for (size_t i = 0; i < p->n_users; i++) {
        db_p_array_int(&make, p->users[i].id);
        db_p_array_int(&lock, p->users[i].id);
    }
    db_p_array_end(&make);
    db_p_array_end(&lock);
    exec(arg,
         "INSERT INTO chat.users (user_id) SELECT id FROM auth.people WHERE id = ANY($1::bigint[]) ORDER BY id "
         "ON CONFLICT DO NOTHING",
         &make, NULL);
    exec(arg,
         "SELECT u.user_id, u.last_useq FROM chat.users u JOIN auth.people p ON p.id = u.user_id "
         "WHERE u.user_id = ANY($1::bigint[]) ORDER BY u.user_id FOR NO KEY UPDATE OF u",
         &lock, take_users);
}

/* Behind the lock of the users' rows, so that no two joins of one person count the same. */
static void load_user_rooms(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->users, p->n_users, true, it->id);
    exec(arg, "SELECT user_id, count(*) FROM chat.members WHERE user_id = ANY($1::bigint[]) GROUP BY user_id", &v,
         take_user_rooms);
}

void load(const struct plan *p, load_exec_fn *exec, void *arg)
{
    if (p->n_rooms > 0) {
        /* The look-ups are statements of their own behind the locks: each sees what the last holder committed. */
        load_rooms(p, exec, arg);
        load_members(p, exec, arg);
        load_past(p, exec, arg);
        load_room_acts(p, exec, arg);
    }
    load_messages(p, exec, arg);
    load_pictures(p, exec, arg);
    if (p->n_sents > 0)
        load_sent(p, exec, arg);
    if (p->n_orders > 0)
        load_orders(p, exec, arg);
    if (p->n_users > 0) {
        load_users(p, exec, arg);
        load_user_rooms(p, exec, arg);
    }
}
