/* A room as one person sees it: the columns every query of rooms selects, and the Room JSON made of a row. */
#ifndef PARLEY_MSG_ROOM_VIEW_H
#define PARLEY_MSG_ROOM_VIEW_H

#include "db.h"
#include "jsonw.h"

/* Who looks wants nothing of d: no receipts either. */
#define ROOM_VIEW_BLOCKS "EXISTS (SELECT FROM auth.blocked b WHERE b.user_id = q.user_id AND b.blocked_id = d.user_id) "

/* A whole SELECT but its end. `source` is SQL that gives rows (user_id, room_id): who looks, at what. Behind it come
 * WHERE, ORDER BY, LIMIT; r is the room, m the looker's membership (NULL: none). The preview and the other person of
 * a direct message come by laterals on primary keys, how far others are from an end of an index: one query for all
 * rooms of a person. Of the preview's text only what a preview shows: the answer for all rooms must stay small. */
#define ROOM_VIEW_SELECT(source)                                                                                                                                  \
    "SELECT q.user_id, r.id, r.kind, r.name, r.topic, (extract(epoch FROM r.created_at) * 1000)::bigint, "                                                        \
    "r.last_seq, r.last_n, coalesce(m.back_seq, m.read_seq, 0), coalesce(m.back_n, m.read_n, 0), r.member_count, m.role, "                                        \
    "p.id, p.username, p.display_name, (extract(epoch FROM p.created_at) * 1000)::bigint, "                                                                       \
    "l.seq, l.n, l.type, l.sender, l.cmid, (extract(epoch FROM l.ts) * 1000)::bigint, left(coalesce(nullif(l.body, ''), l.data #>> '{forward,body}', ''), 200), " \
    "coalesce((SELECT d.delivered_seq FROM chat.members d WHERE d.room_id = m.room_id "                                                                           \
    "AND d.user_id <> q.user_id AND NOT " ROOM_VIEW_BLOCKS "ORDER BY d.delivered_seq DESC LIMIT 1), 0), "                                                         \
    "coalesce((SELECT d.read_seq FROM chat.members d WHERE d.room_id = m.room_id AND d.has_read "                                                                 \
    "AND d.user_id <> q.user_id AND NOT EXISTS (SELECT FROM auth.discreet h WHERE h.id = d.user_id) "                                                             \
    "AND NOT " ROOM_VIEW_BLOCKS "ORDER BY d.read_seq DESC LIMIT 1), 0), "                                                                                         \
    "n.seqs::text, "                                                                                                                                              \
    "r.description, r.announcement, r.slow_mode_s, (extract(epoch FROM r.archived_at) * 1000)::bigint, "                                                          \
    "r.permissions::text, (extract(epoch FROM m.muted_until) * 1000)::bigint, m.favourite, m.section, "                                                           \
    "r.everyone, m.notify, CASE WHEN m.quiet_until > now() "                                                                                                      \
    "THEN (extract(epoch FROM m.quiet_until) * 1000)::bigint END, n.roots::text, coalesce(m.read_gen, 0), chat.file_hints(l.data)::text, "                        \
    "encode(r.picture, 'hex'), r.retention_days "                                                                                                                 \
    "FROM (" source ") AS q(user_id, room_id) "                                                                                                                   \
    "JOIN chat.rooms r ON r.id = q.room_id "                                                                                                                      \
    "LEFT JOIN chat.members m ON m.room_id = r.id AND m.user_id = q.user_id "                                                                                     \
    "LEFT JOIN LATERAL (SELECT a.* FROM chat.members o JOIN auth.people a ON a.id = o.user_id "                                                                   \
    "WHERE o.room_id = r.id AND o.user_id <> q.user_id LIMIT 1) p ON r.kind = 'dm' "                                                                              \
    "LEFT JOIN LATERAL (SELECT jsonb_agg(s.seq ORDER BY s.seq) AS seqs, "                                                                                         \
    "jsonb_object_agg(s.seq, s.root) FILTER (WHERE s.root IS NOT NULL) AS roots FROM (SELECT u.seq, u.root FROM ("                                                \
    "SELECT seq, NULL::bigint AS root FROM chat.mentions WHERE user_id IN (q.user_id, 0) AND room_id = m.room_id "                                                \
    "AND seq > coalesce(m.back_seq, m.read_seq) AND root IS NULL "                                                                                                \
    "UNION SELECT seq, root FROM chat.mentions WHERE user_id = q.user_id AND room_id = m.room_id AND unread) u "                                                  \
    "JOIN chat.events o ON o.room_id = m.room_id AND o.seq = u.seq AND o.sender <> q.user_id "                                                                    \
    "ORDER BY u.seq LIMIT 100) s) n ON m.user_id IS NOT NULL "                                                                                                    \
    "LEFT JOIN chat.log l ON l.room_id = r.id AND l.seq = r.last_message AND m.user_id IS NOT NULL "

/* Who looks, and at which room. */
int64_t room_view_user(const struct db_result *r, size_t row);
int64_t room_view_id(const struct db_result *r, size_t row);
/* Write the row as a Room under `key`. */
void room_view_write(struct jsonw *w, const char *key, const struct db_result *r, size_t row);

#endif
