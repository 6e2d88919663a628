/* Asks the database for what acts on rooms need: bans, invitations, heirs, texts of rooms, names that are taken. */
#include "load.h"
#include "params.h"

/* Whether it matters if the one it is about is banned. */
static bool meets_ban(const struct plan_step *s)
{
    if (s->err != 0)
        return false;
    return s->entry->kind == ENTRY_JOIN || s->entry->kind == ENTRY_ADD || s->entry->kind == ENTRY_BAN ||
           s->entry->kind == ENTRY_UNBAN || s->entry->kind == ENTRY_SETTLE;
}

static void take_bans(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_member_banned(p, db_int(r, i, 0), db_int(r, i, 1));
}

static void load_bans(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, meets_ban(it), it->entry->room);
    INTS(&v, p->steps, p->n_steps, meets_ban(it), plan_subject(it)->user);
    exec(arg,
         "SELECT b.room_id, b.user_id FROM unnest($1::bigint[], $2::bigint[]) AS t(room, person) "
         "JOIN chat.bans b ON b.room_id = t.room AND b.user_id = t.person",
         &v, take_bans);
}

static bool comes_in(const struct plan_step *s)
{
    return s->err == 0 && (s->entry->kind == ENTRY_JOIN || s->entry->kind == ENTRY_ADD);
}

static void take_returns(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        if (!db_is_null(r, i, 2))
            plan_member_muted(p, db_int(r, i, 0), db_int(r, i, 1), db_int(r, i, 2));
        else if (str_is(db_str(r, i, 3), "guest"))
            plan_member_lowered(p, db_int(r, i, 0), db_int(r, i, 1));
}

/* A mute and the role of a guest outlive the membership: its row goes, the log still says them. Only of who comes back
 * they are looked for, and not further than among the last changes of the room's members and settings. Who was added
 * since was made a member. */
static void load_returns(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, comes_in(it), it->entry->room);
    INTS(&v, p->steps, p->n_steps, comes_in(it), plan_subject(it)->user);
    exec(arg,
         "SELECT t.room, t.person, CASE k.type WHEN 'muted' THEN (k.data ->> 'until')::bigint END, "
         "CASE k.type WHEN 'role' THEN k.data ->> 'role' END "
         "FROM (SELECT DISTINCT u.room, u.person FROM unnest($1::bigint[], $2::bigint[]) AS u(room, person) "
         "WHERE EXISTS (SELECT FROM chat.events g WHERE g.room_id = u.room AND g.data ->> 'user' = u.person::text "
         "AND g.type IN ('left', 'removed')) AND NOT EXISTS (SELECT FROM chat.members m WHERE m.room_id = u.room "
         "AND m.user_id = u.person)) t "
         "CROSS JOIN LATERAL (SELECT DISTINCT ON (x.type = 'muted') x.type, x.data FROM ("
         "SELECT e.type, e.data, e.ts, e.seq FROM chat.events e "
         "WHERE e.room_id = t.room AND e.type IN ('created', 'joined', 'left', 'added', 'removed', 'deleted', "
         "'settings', 'role', 'banned', 'muted', 'archived') ORDER BY e.ts DESC, e.seq DESC LIMIT 5000) x "
         "WHERE x.type IN ('muted', 'role', 'added') AND x.data ->> 'user' = t.person::text "
         "ORDER BY x.type = 'muted', x.ts DESC, x.seq DESC) k",
         &v, take_returns);
}

static void take_unwanted(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_unwanted(p, (size_t)db_int(r, i, 0));
}

static bool adds(const struct plan_step *s)
{
    return s->err == 0 && s->entry->kind == ENTRY_ADD;
}

static void load_unwanted(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, adds(it), it - p->steps);
    INTS(&v, p->steps, p->n_steps, adds(it), it->entry->user);
    INTS(&v, p->steps, p->n_steps, adds(it), it->entry->target);
    exec(arg,
         "SELECT t.step FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(step, person, target) "
         "JOIN auth.blocked b ON b.user_id = t.target AND b.blocked_id = t.person",
         &v, take_unwanted);
}

static void take_invites(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        size_t at = (size_t)db_int(r, i, 1) - 1;
        if (at >= p->n_invites)
            continue;
        struct plan_invite row = {.room = db_int(r, i, 0),
                                  .hash = p->invites[at].hash,
                                  .expires_ms = db_int(r, i, 3),
                                  .uses_left = db_is_null(r, i, 4) ? -1 : db_int(r, i, 4)};
        if (role_parse(db_str(r, i, 2), &row.role))
            plan_invite_is(p, &row);
    }
}

static void load_invites(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->invites, p->n_invites, true, it->room);
    ARRAY(&v, p->invites, p->n_invites, true, db_p_array_bytes(&v, it->hash));
    exec(arg,
         "SELECT i.room_id, t.place, i.role, (extract(epoch FROM i.expires_at) * 1000)::bigint, i.uses_left "
         "FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS t(room, hash, place) "
         "JOIN chat.invites i ON i.room_id = t.room AND i.hash = t.hash",
         &v, take_invites);
}

static void take_profiles(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_profile_is(p, db_int(r, i, 0), db_str(r, i, 1), db_str(r, i, 2), db_str(r, i, 3), db_str(r, i, 4));
}

static void load_profiles(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->profiles, p->n_profiles, true, it->room);
    exec(arg,
         "SELECT id, name, topic, description, encode(picture, 'hex') FROM chat.rooms WHERE id = ANY($1::bigint[])", &v,
         take_profiles);
}

static void take_names(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_name_taken(p, (size_t)db_int(r, i, 0));
}

/* Of two that want a name at the same moment the unique index puts one off, and the next try finds it taken. */
static void load_names(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, it->profile != NULL, it - p->steps);
    INTS(&v, p->steps, p->n_steps, it->profile != NULL, it->entry->room);
    ARRAY(&v, p->steps, p->n_steps, it->profile != NULL, db_p_array_str(&v, it->entry->settings.name));
    exec(
        arg,
        "SELECT t.step FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t(step, room, name) "
        "JOIN chat.rooms r ON r.id = t.room WHERE EXISTS (SELECT FROM chat.rooms o WHERE o.kind = 'public' "
        "AND o.id <> r.id AND o.name_key = lower(normalize(CASE WHEN t.name <> '' THEN t.name ELSE r.name END, NFKC)))",
        &v, take_names);
}

static bool may_leave(const struct plan_step *s)
{
    return s->err == 0 && (s->entry->kind == ENTRY_LEAVE || s->entry->kind == ENTRY_REMOVE ||
                           s->entry->kind == ENTRY_BAN || s->entry->kind == ENTRY_SETTLE);
}

static void take_heirs(struct plan *p, const struct db_result *r)
{
    enum role role;
    for (size_t i = 0; i < db_rows(r); i++)
        if (role_parse(db_str(r, i, 2), &role))
            plan_heir_is(p, db_int(r, i, 0), db_int(r, i, 1), role);
}

/* Only where an owner may leave: the members of the room are put into an order for it. A disabled account counts as the
 * least of guests and the last to come: it looks after nothing. */
static void load_heirs(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, may_leave(it), it->entry->room);
    INTS(&v, p->steps, p->n_steps, may_leave(it), plan_subject(it)->user);
    exec(arg,
         "SELECT t.room, m.user_id, m.role FROM (SELECT u.room, count(*) AS leaving "
         "FROM unnest($1::bigint[], $2::bigint[]) AS u(room, member) LEFT JOIN chat.members o "
         "ON o.room_id = u.room AND o.user_id = u.member AND o.role = 'owner' GROUP BY u.room HAVING count(o.*) > 0) t "
         "CROSS JOIN LATERAL (SELECT h.user_id, CASE WHEN p.id IS NULL THEN 'guest' ELSE h.role END AS role "
         "FROM chat.members h LEFT JOIN auth.people p ON p.id = h.user_id WHERE h.room_id = t.room "
         "ORDER BY p.id IS NULL, array_position(ARRAY['owner', 'moderator', 'member', 'guest'], h.role), "
         "h.joined_at, h.user_id LIMIT t.leaving + 1) m",
         &v, take_heirs);
}

/* What an admin may do anywhere, and who makes rooms public. */
static bool needs_power(const struct plan_step *s)
{
    const struct entry *e = s->entry;
    return s->err == 0 &&
           (e->kind == ENTRY_SETTLE || e->kind == ENTRY_ARCHIVE || (e->kind == ENTRY_SETTINGS && e->settings.has_kind));
}

static void take_powers(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_power_is(p, (size_t)db_int(r, i, 0), db_bool(r, i, 1), db_bool(r, i, 2));
}

static void load_powers(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, needs_power(it), it - p->steps);
    INTS(&v, p->steps, p->n_steps, needs_power(it), it->entry->user);
    exec(arg,
         "SELECT t.step, a.id IS NOT NULL, m.public_rooms <> 'everybody' FROM unnest($1::bigint[], $2::bigint[]) "
         "AS t(step, person) CROSS JOIN auth.room_making m LEFT JOIN auth.admins a ON a.id = t.person",
         &v, take_powers);
}

static bool settles(const struct plan_step *s)
{
    return s->err == 0 && s->entry->kind == ENTRY_SETTLE;
}

static void take_reports(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_report_is(p, (size_t)db_int(r, i, 0), db_bool(r, i, 1));
}

static void load_reports(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, settles(it), it - p->steps);
    INTS(&v, p->steps, p->n_steps, settles(it), it->entry->room);
    INTS(&v, p->steps, p->n_steps, settles(it), it->entry->about);
    exec(arg,
         "SELECT t.step, bool_or(r.settled_at IS NULL) FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) "
         "AS t(step, room, seq) JOIN chat.reports r ON r.room_id = t.room AND r.seq = t.seq GROUP BY t.step",
         &v, take_reports);
}

void load_room_acts(const struct plan *p, load_exec_fn *exec, void *arg)
{
    bool bans = false, comes = false, added = false, leaves = false, powers = false, reports = false;
    for (size_t i = 0; i < p->n_steps; i++) {
        bans |= meets_ban(&p->steps[i]);
        comes |= comes_in(&p->steps[i]);
        added |= adds(&p->steps[i]);
        leaves |= may_leave(&p->steps[i]);
        powers |= needs_power(&p->steps[i]);
        reports |= settles(&p->steps[i]);
    }
    if (leaves)
        load_heirs(p, exec, arg);
    if (bans)
        load_bans(p, exec, arg);
    if (comes)
        load_returns(p, exec, arg);
    if (added)
        load_unwanted(p, exec, arg);
    if (powers)
        load_powers(p, exec, arg);
    if (reports)
        load_reports(p, exec, arg);
    if (p->n_invites > 0)
        load_invites(p, exec, arg);
    if (p->n_profiles > 0) {
        load_profiles(p, exec, arg);
        load_names(p, exec, arg);
    }
}
