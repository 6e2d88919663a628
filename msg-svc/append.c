/* Writes a plan's rows with one statement a table, arrays unnested. */
#include "append.h"

#include "params.h"

void append_events(const struct plan *p, append_exec_fn *exec, void *arg)
{
    if (p->n_events == 0)
        return;
    struct db_params v = {0};
    INTS(&v, p->events, p->n_events, true, it->room);
    INTS(&v, p->events, p->n_events, true, it->seq);
    INTS(&v, p->events, p->n_events, true, it->n);
    ARRAY(&v, p->events, p->n_events, true, db_p_array_str(&v, str_of(event_type_name(it->type))));
    INTS(&v, p->events, p->n_events, true, it->sender);
    ARRAY(&v, p->events, p->n_events, true, it->cmid.n > 0 ? db_p_array_str(&v, it->cmid) : db_p_array_null(&v));
    INTS(&v, p->events, p->n_events, true, it->ts);
    ARRAY(&v, p->events, p->n_events, true, db_p_array_str(&v, it->body));
    INTS(&v, p->events, p->n_events, true, it->member);
    INTS(&v, p->events, p->n_events, true, it->about);
    ARRAY(&v, p->events, p->n_events, true, it->data.n > 0 ? db_p_array_str(&v, it->data) : db_p_array_null(&v));
    exec(arg,
         "INSERT INTO chat.events (room_id, seq, n, type, sender, cmid, ts, body, about, data) "
         "SELECT t.room, t.seq, t.n, t.type, t.sender, t.cmid, to_timestamp(t.ms / 1000.0), t.body, "
         "nullif(t.about, 0), "
         "CASE WHEN t.member <> 0 THEN jsonb_build_object('user', t.member::text) ELSE t.data::jsonb END "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::uuid[], $7::bigint[], "
         "$8::text[], $9::bigint[], $10::bigint[], $11::text[]) "
         "AS t(room, seq, n, type, sender, cmid, ms, body, member, about, data)",
         &v);
}

void append_sent(const struct plan *p, append_exec_fn *exec, void *arg)
{
    size_t fresh = 0;
    for (size_t i = 0; i < p->n_sents; i++)
        fresh += p->sents[i].fresh;
    if (fresh == 0)
        return;
    struct db_params v = {0};
    INTS(&v, p->sents, p->n_sents, it->fresh, it->sender);
    ARRAY(&v, p->sents, p->n_sents, it->fresh, db_p_array_str(&v, it->cmid));
    INTS(&v, p->sents, p->n_sents, it->fresh, it->room);
    INTS(&v, p->sents, p->n_sents, it->fresh, it->seq);
    ARRAY(&v, p->sents, p->n_sents, it->fresh,
          db_p_array_bytes(&v, ((struct str){(const char *)it->digest, DIGEST_BYTES})));
    exec(arg,
         "INSERT INTO chat.sent (sender, cmid, room_id, seq, digest) "
         "SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bytea[])",
         &v);
}

void append_orders(const struct plan *p, append_exec_fn *exec, void *arg)
{
    size_t dirty = 0;
    for (size_t i = 0; i < p->n_orders; i++)
        dirty += p->orders[i].dirty;
    if (dirty == 0)
        return;
    struct db_params v = {0};
    INTS(&v, p->orders, p->n_orders, it->dirty, it->room);
    INTS(&v, p->orders, p->n_orders, it->dirty, it->sender);
    ARRAY(&v, p->orders, p->n_orders, it->dirty, db_p_array_str(&v, it->device));
    INTS(&v, p->orders, p->n_orders, it->dirty, it->cgen);
    INTS(&v, p->orders, p->n_orders, it->dirty, it->cseq);
    exec(arg,
         "INSERT INTO chat.send_order (room_id, sender, device, cgen, cseq) "
         "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) "
         "ON CONFLICT (room_id, sender, device) DO UPDATE "
         "SET cgen = excluded.cgen, cseq = excluded.cseq, used_on = excluded.used_on",
         &v);
}

static void append_dead_one(const struct plan_step *s, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    struct buf fields = {0};
    entry_json(&fields, s->entry);
    db_p_int(&v, s->entry->shard);
    db_p_str(&v, s->entry->id);
    db_p_str(&v, buf_view(&fields));
    db_p_int(&v, s->entry->tries);
    exec(arg,
         "INSERT INTO chat.dead_letters (stream, entry, fields, error) VALUES ('ingest:{' || $1::int || '}', $2, "
         "$3::jsonb, 'not stored in ' || $4::int || ' tries')",
         &v);
    buf_fini(&fields);
}

void append_dead(const struct plan *p, append_exec_fn *exec, void *arg)
{
    for (size_t i = 0; i < p->n_steps; i++)
        if (plan_buries(&p->steps[i]))
            append_dead_one(&p->steps[i], exec, arg);
}

void append_rooms(const struct plan *p, append_exec_fn *exec, void *arg)
{
    if (p->n_events == 0)
        return;
    struct db_params v = {0};
    INTS(&v, p->rooms, p->n_rooms, it->dirty, it->id);
    INTS(&v, p->rooms, p->n_rooms, it->dirty, it->last_seq);
    INTS(&v, p->rooms, p->n_rooms, it->dirty, it->last_n);
    INTS(&v, p->rooms, p->n_rooms, it->dirty, it->last_message);
    INTS(&v, p->rooms, p->n_rooms, it->dirty, it->mver);
    INTS(&v, p->rooms, p->n_rooms, it->dirty, it->members);
    exec(arg,
         "UPDATE chat.rooms r SET last_seq = t.seq, last_n = t.n, last_message = t.message, mver = t.mver, "
         "member_count = t.members "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[]) "
         "AS t(id, seq, n, message, mver, members) WHERE r.id = t.id",
         &v);
}

/* Who left and came again within the batch loses his old row first. */
static bool goes(const struct plan_member *m)
{
    return m->was && m->left;
}

static bool comes(const struct plan_member *m)
{
    return m->is && (!m->was || m->left);
}

static void append_gone(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->members, p->n_members, goes(it), it->room);
    INTS(&v, p->members, p->n_members, goes(it), it->user);
    exec(arg,
         "DELETE FROM chat.members m USING unnest($1::bigint[], $2::bigint[]) AS t(room, member) "
         "WHERE m.room_id = t.room AND m.user_id = t.member",
         &v);
}

static void append_come(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->members, p->n_members, comes(it), it->room);
    INTS(&v, p->members, p->n_members, comes(it), it->user);
    INTS(&v, p->members, p->n_members, comes(it), it->seq);
    INTS(&v, p->members, p->n_members, comes(it), it->n);
    ARRAY(&v, p->members, p->n_members, comes(it), db_p_array_str(&v, str_of(role_name(it->role))));
    INTS(&v, p->members, p->n_members, comes(it), it->muted_ms);
    INTS(&v, p->members, p->n_members, comes(it), it->sent_ms);
    exec(arg,
         "INSERT INTO chat.members (room_id, user_id, read_seq, read_n, role, muted_until, last_sent) "
         "SELECT t.room, t.member, t.seq, t.n, t.role, to_timestamp(nullif(t.muted, 0) / 1000.0), "
         "to_timestamp(nullif(t.sent, 0) / 1000.0) FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], "
         "$5::text[], $6::bigint[], $7::bigint[]) AS t(room, member, seq, n, role, muted, sent)",
         &v);
}

static void append_heirs(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->heirs, p->n_heirs, it->inherits, it->room);
    INTS(&v, p->heirs, p->n_heirs, it->inherits, it->user);
    exec(arg,
         "UPDATE chat.members m SET role = 'owner' FROM unnest($1::bigint[], $2::bigint[]) AS t(room, member) "
         "WHERE m.room_id = t.room AND m.user_id = t.member",
         &v);
}

void append_members(const struct plan *p, append_exec_fn *exec, void *arg)
{
    bool gone = false, come = false, heirs = false;
    for (size_t i = 0; i < p->n_members; i++) {
        gone |= goes(&p->members[i]);
        come |= comes(&p->members[i]);
    }
    for (size_t i = 0; i < p->n_heirs; i++)
        heirs |= p->heirs[i].inherits;
    if (gone)
        append_gone(p, exec, arg);
    if (come)
        append_come(p, exec, arg);
    if (heirs)
        append_heirs(p, exec, arg);
}

void append_users(const struct plan *p, append_exec_fn *exec, void *arg)
{
    size_t dirty = 0;
    for (size_t i = 0; i < p->n_users; i++)
        dirty += p->users[i].dirty;
    if (dirty == 0)
        return;
    struct db_params users = {0}, events = {0};
    INTS(&users, p->users, p->n_users, it->dirty, it->id);
    INTS(&users, p->users, p->n_users, it->dirty, it->last_useq);
    exec(arg,
         "UPDATE chat.users u SET last_useq = t.useq FROM unnest($1::bigint[], $2::bigint[]) AS t(id, useq) "
         "WHERE u.user_id = t.id",
         &users);
    INTS(&events, p->user_events, p->n_user_events, !it->repeat, it->user);
    INTS(&events, p->user_events, p->n_user_events, !it->repeat, it->useq);
    ARRAY(&events, p->user_events, p->n_user_events, !it->repeat,
          db_p_array_str(&events, str_of(user_event_name(it->type))));
    INTS(&events, p->user_events, p->n_user_events, !it->repeat, it->room);
    exec(arg,
         "INSERT INTO chat.user_events (user_id, useq, type, room_id) "
         "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])",
         &events);
}
