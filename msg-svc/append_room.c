/* Writes what a plan decided about rooms and their members: settings, roles, mutes, bans, used invitations. */
#include "append.h"

#include "params.h"

static void append_rules(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    struct buf rules = {0};
    INTS(&v, p->rooms, p->n_rooms, it->changed, it->id);
    ARRAY(&v, p->rooms, p->n_rooms, it->changed, db_p_array_str(&v, str_of(room_kind_name(it->kind))));
    INTS(&v, p->rooms, p->n_rooms, it->changed, it->rules.announcement);
    INTS(&v, p->rooms, p->n_rooms, it->changed, it->slow_mode_s);
    INTS(&v, p->rooms, p->n_rooms, it->changed, it->archived);
    db_p_array(&v);
    for (size_t i = 0; i < p->n_rooms; i++) {
        if (!p->rooms[i].changed)
            continue;
        buf_reset(&rules);
        room_rules_write(&rules, &p->rooms[i].rules);
        db_p_array_str(&v, buf_view(&rules));
    }
    db_p_array_end(&v);
    INTS(&v, p->rooms, p->n_rooms, it->changed, it->retention_days);
    buf_fini(&rules);
    exec(
        arg,
        "UPDATE chat.rooms r SET kind = t.kind, announcement = t.announcement <> 0, slow_mode_s = t.slow, "
        "archived_at = CASE WHEN t.archived <> 0 THEN coalesce(r.archived_at, now()) END, "
        "permissions = t.permissions::jsonb, retention_days = nullif(t.retention, 0) FROM unnest($1::bigint[], $2::text[], $3::int[], $4::int[], $5::int[], "
        "$6::text[], $7::int[]) AS t(id, kind, announcement, slow, archived, permissions, retention) WHERE r.id = t.id",
        &v);
}

static void append_profiles(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->profiles, p->n_profiles, it->dirty, it->room);
    ARRAY(&v, p->profiles, p->n_profiles, it->dirty, db_p_array_str(&v, buf_view(&it->name)));
    ARRAY(&v, p->profiles, p->n_profiles, it->dirty, db_p_array_str(&v, buf_view(&it->topic)));
    ARRAY(&v, p->profiles, p->n_profiles, it->dirty, db_p_array_str(&v, buf_view(&it->description)));
    ARRAY(&v, p->profiles, p->n_profiles, it->dirty, db_p_array_str(&v, buf_view(&it->picture)));
    exec(arg,
         "UPDATE chat.rooms r SET name = t.name, topic = t.topic, description = t.description, "
         "picture = decode(nullif(t.picture, ''), 'hex'), "
         "name_key = CASE WHEN t.name <> '' THEN lower(normalize(t.name, NFKC)) END "
         "FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) "
         "AS t(id, name, topic, description, picture) "
         "WHERE r.id = t.id",
         &v);
}

/* Who came in with this batch was written with all he has. */
static bool stays_changed(const struct plan_member *m)
{
    return m->changed && m->was && m->is && !m->left;
}

static void append_limits(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->members, p->n_members, stays_changed(it), it->room);
    INTS(&v, p->members, p->n_members, stays_changed(it), it->user);
    ARRAY(&v, p->members, p->n_members, stays_changed(it), db_p_array_str(&v, str_of(role_name(it->role))));
    INTS(&v, p->members, p->n_members, stays_changed(it), it->muted_ms);
    INTS(&v, p->members, p->n_members, stays_changed(it), it->sent_ms);
    exec(arg,
         "UPDATE chat.members m SET role = t.role, muted_until = to_timestamp(nullif(t.muted, 0) / 1000.0), "
         "last_sent = to_timestamp(nullif(t.sent, 0) / 1000.0) "
         "FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) "
         "AS t(room, member, role, muted, sent) WHERE m.room_id = t.room AND m.user_id = t.member",
         &v);
}

static void append_bans(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params on = {0}, off = {0};
    INTS(&on, p->members, p->n_members, it->banned && !it->was_banned, it->room);
    INTS(&on, p->members, p->n_members, it->banned && !it->was_banned, it->user);
    INTS(&on, p->members, p->n_members, it->banned && !it->was_banned, it->banned_by);
    exec(arg,
         "INSERT INTO chat.bans (room_id, user_id, banned_by) "
         "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])",
         &on);
    INTS(&off, p->members, p->n_members, !it->banned && it->was_banned, it->room);
    INTS(&off, p->members, p->n_members, !it->banned && it->was_banned, it->user);
    exec(arg,
         "DELETE FROM chat.bans b USING unnest($1::bigint[], $2::bigint[]) AS t(room, person) "
         "WHERE b.room_id = t.room AND b.user_id = t.person",
         &off);
}

static void append_invites(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->invites, p->n_invites, it->used && it->uses_left >= 0, it->room);
    ARRAY(&v, p->invites, p->n_invites, it->used && it->uses_left >= 0, db_p_array_bytes(&v, it->hash));
    INTS(&v, p->invites, p->n_invites, it->used && it->uses_left >= 0, it->uses_left);
    exec(arg,
         "UPDATE chat.invites i SET uses_left = t.left FROM unnest($1::bigint[], $2::bytea[], $3::int[]) "
         "AS t(room, hash, \"left\") WHERE i.room_id = t.room AND i.hash = t.hash",
         &v);
}

/* Whoever reported it, it is settled; how, is kept for the audit. */
static void append_settled(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, it->settled, it->entry->room);
    INTS(&v, p->steps, p->n_steps, it->settled, it->entry->about);
    INTS(&v, p->steps, p->n_steps, it->settled, it->entry->user);
    ARRAY(&v, p->steps, p->n_steps, it->settled, db_p_array_str(&v, str_of(settlement_name(it->entry->settlement))));
    exec(
        arg,
        "WITH done AS (UPDATE chat.reports r SET settled_at = now(), settled_by = t.person, settlement = t.how "
        "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS t(room, seq, person, how) "
        "WHERE r.room_id = t.room AND r.seq = t.seq AND r.settled_at IS NULL RETURNING r.*) "
        "INSERT INTO chat.audit (at, kind, actor, subject, room_id, data) SELECT clock_timestamp(), 'report_settled', settled_by, sender, "
        "room_id, jsonb_build_object('seq', seq, 'settlement', settlement, 'reports', count(*)) FROM done "
        "GROUP BY settled_by, sender, room_id, seq, settlement",
        &v);
}

void append_room_acts(const struct plan *p, append_exec_fn *exec, void *arg)
{
    bool rules = false, texts = false, limits = false, bans = false, invites = false, settled = false;
    for (size_t i = 0; i < p->n_rooms; i++)
        rules |= p->rooms[i].changed;
    for (size_t i = 0; i < p->n_profiles; i++)
        texts |= p->profiles[i].dirty;
    for (size_t i = 0; i < p->n_members; i++) {
        limits |= stays_changed(&p->members[i]);
        bans |= p->members[i].banned != p->members[i].was_banned;
    }
    for (size_t i = 0; i < p->n_invites; i++)
        invites |= p->invites[i].used && p->invites[i].uses_left >= 0;
    for (size_t i = 0; i < p->n_steps; i++)
        settled |= p->steps[i].settled;
    /* The name goes with the kind: what becomes public has its new name already. */
    if (texts)
        append_profiles(p, exec, arg);
    if (rules)
        append_rules(p, exec, arg);
    if (limits)
        append_limits(p, exec, arg);
    if (bans)
        append_bans(p, exec, arg);
    if (invites)
        append_invites(p, exec, arg);
    if (settled)
        append_settled(p, exec, arg);
}
