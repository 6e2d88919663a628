/* Writes down which links wait to be looked at, and what is shown of them. */
#include "append.h"
#include "params.h"

/* What is too much gets no preview: twenty links of a person a minute, five thousand that wait in all. */
static void append_new_links(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    if (p->n_links == 0)
        return;
    INTS(&v, p->links, p->n_links, true, it->room);
    INTS(&v, p->links, p->n_links, true, it->seq);
    INTS(&v, p->links, p->n_links, true, it->sender);
    ARRAY(&v, p->links, p->n_links, true, db_p_array_str(&v, it->url));
    exec(arg,
         "INSERT INTO chat.links (room_id, seq, sender, url, due_at) SELECT t.room, t.seq, t.person, t.url, now() "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS t(room, seq, person, url) "
         "WHERE (SELECT count(*) FROM (SELECT FROM chat.links l WHERE l.sender = t.person "
         "AND l.made_at > now() - interval '1 minute' LIMIT 20) q) < 20 "
         "AND (SELECT count(*) FROM (SELECT FROM chat.links WHERE due_at IS NOT NULL LIMIT 5000) q) < 5000",
         &v);
}

#define LINK_CHANGED (it->link.dirty && it->link.state != LINK_NONE)
#define LINK_GONE (it->link.dirty && it->link.state == LINK_NONE)

static void append_changed_links(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0}, gone = {0};
    size_t changed = 0, going = 0;
    for (size_t i = 0; i < p->n_targets; i++) {
        const struct plan_target *it = &p->targets[i];
        changed += LINK_CHANGED;
        going += LINK_GONE;
    }
    if (going > 0) {
        INTS(&gone, p->targets, p->n_targets, LINK_GONE, it->room);
        INTS(&gone, p->targets, p->n_targets, LINK_GONE, it->seq);
        exec(arg,
             "DELETE FROM chat.links l USING unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
             "WHERE l.room_id = t.room AND l.seq = t.seq",
             &gone);
    }
    if (changed == 0)
        return;
    INTS(&v, p->targets, p->n_targets, LINK_CHANGED, it->room);
    INTS(&v, p->targets, p->n_targets, LINK_CHANGED, it->seq);
    INTS(&v, p->targets, p->n_targets, LINK_CHANGED, it->sender);
    ARRAY(&v, p->targets, p->n_targets, LINK_CHANGED, db_p_array_str(&v, it->link.url));
    INTS(&v, p->targets, p->n_targets, LINK_CHANGED, it->link.state);
    exec(
        arg,
        "INSERT INTO chat.links AS l (room_id, seq, sender, url, state, due_at) "
        "SELECT t.room, t.seq, t.person, t.url, s.state, CASE WHEN s.state = 1 THEN now() END "
        "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::smallint[]) "
        "AS t(room, seq, person, url, state), LATERAL (SELECT CASE WHEN t.state = 1 AND (SELECT count(*) "
        "FROM (SELECT FROM chat.links WHERE due_at IS NOT NULL LIMIT 5000) q) >= 5000 THEN 2 ELSE t.state END) s(state) "
        "ON CONFLICT (room_id, seq) DO UPDATE SET url = CASE WHEN excluded.url <> '' THEN excluded.url ELSE l.url END, "
        "state = excluded.state, due_at = excluded.due_at, tries = 0, "
        "made_at = CASE WHEN excluded.state = 1 THEN now() ELSE l.made_at END",
        &v);
}

#define SHOWN (it->preview_seq != 0 || (it->dirty && it->deleted_ms != 0))

/* Of what is no longer shown nothing stays: neither who may see its image nor its words in the log. */
static void append_previews(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params uses = {0}, texts = {0}, v = {0}, fresh = {0};
    size_t shown = 0;
    for (size_t i = 0; i < p->n_targets; i++) {
        const struct plan_target *it = &p->targets[i];
        shown += SHOWN;
    }
    if (shown == 0)
        return;
    INTS(&uses, p->targets, p->n_targets, SHOWN, it->room);
    INTS(&uses, p->targets, p->n_targets, SHOWN, it->seq);
    exec(arg,
         "DELETE FROM chat.file_use u USING unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "JOIN chat.changes c ON c.room_id = t.room AND c.seq = t.seq "
         "WHERE u.room = t.room AND u.seq = t.seq AND u.file = decode(c.preview #>> '{image,id}', 'hex')",
         &uses);
    INTS(&texts, p->targets, p->n_targets, SHOWN, it->room);
    INTS(&texts, p->targets, p->n_targets, SHOWN, it->seq);
    INTS(&texts, p->targets, p->n_targets, SHOWN, it->preview_seq);
    exec(arg,
         "UPDATE chat.events e SET data = e.data - 'preview' "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(room, seq, last) "
         "WHERE e.room_id = t.room AND e.about = t.seq AND e.type = 'previewed' AND e.seq <> t.last "
         "AND e.data ? 'preview'",
         &texts);
    INTS(&v, p->targets, p->n_targets, SHOWN, it->room);
    INTS(&v, p->targets, p->n_targets, SHOWN, it->seq);
    ARRAY(&v, p->targets, p->n_targets, SHOWN,
          it->preview_seq != 0 && it->preview.n > 0 ? db_p_array_str(&v, it->preview) : db_p_array_null(&v));
    exec(arg,
         "UPDATE chat.changes c SET preview = t.preview::jsonb "
         "FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t(room, seq, preview) "
         "WHERE c.room_id = t.room AND c.seq = t.seq",
         &v);
    INTS(&fresh, p->targets, p->n_targets, SHOWN, it->room);
    INTS(&fresh, p->targets, p->n_targets, SHOWN, it->seq);
    exec(arg,
         "INSERT INTO chat.file_use (file, room, seq) SELECT decode(c.preview #>> '{image,id}', 'hex'), t.room, t.seq "
         "FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "JOIN chat.changes c ON c.room_id = t.room AND c.seq = t.seq WHERE c.preview ? 'image' "
         "ON CONFLICT DO NOTHING",
         &fresh);
}

void append_links(const struct plan *p, append_exec_fn *exec, void *arg)
{
    append_new_links(p, exec, arg);
    append_changed_links(p, exec, arg);
    append_previews(p, exec, arg);
}
