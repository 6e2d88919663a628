/* The statements of search. Each asks by itself whether the caller is in the room: nothing that was looked up before is
 * trusted with that. Parameters: search_plan_params(). */
#ifndef PARLEY_SEARCH_SQL_H
#define PARLEY_SEARCH_SQL_H

enum { SEARCH_WALK = 8000 }; /* rows that are looked through without the index; SEARCH_WALK_SQL is the same number */
#define SEARCH_WALK_SQL "8000"

/* The end of the last page: newer rows were shown. */
#define SEARCH_PLACE                                                                                \
    "s.ts >= to_timestamp($6::bigint / 1000000.0) AND s.ts < to_timestamp($7::bigint / 1000000.0) " \
    "AND (s.ts, s.room_id, s.seq) < (to_timestamp($8::bigint / 1000000.0), $9::bigint, $10::bigint) "

/* IS TRUE: looked up in a hash table of the caller's rooms, whatever number of messages the planner expects. */
#define SEARCH_MATCH                                                                                               \
    "(s.room_id IN (SELECT m.room_id FROM chat.members m WHERE m.user_id = $1::bigint)) IS TRUE "                  \
    "AND ($2::bigint[] IS NULL OR s.room_id = ANY ($2::bigint[])) AND NOT s.room_id = ANY ($3::bigint[]) "         \
    "AND ($4::bigint[] IS NULL OR s.sender = ANY ($4::bigint[])) AND NOT s.sender = ANY ($5::bigint[]) "           \
    "AND s.kinds & $11::int = $11::int AND s.kinds & $12::int = 0 "                                                \
    "AND s.folded LIKE ANY ($13::text[]) AND s.folded LIKE ANY ($14::text[]) AND s.folded LIKE ANY ($15::text[]) " \
    "AND s.folded LIKE ANY ($16::text[]) AND s.folded LIKE ANY ($17::text[]) AND s.folded LIKE ANY ($18::text[]) " \
    "AND s.folded LIKE ANY ($19::text[]) AND s.folded LIKE ANY ($20::text[]) "                                     \
    "AND NOT s.folded LIKE ANY ($21::text[]) "

#define SEARCH_NEWEST "ORDER BY s.ts DESC, s.room_id DESC, s.seq DESC "

/* $22: {how many of the newest are ranked, how many of the ranked are passed over, how many are shown}. A whole word is
 * worth more than the beginning of one, that more than a part; a short message more than a long one, where words are
 * easily found; and a new one more than an old one. Without words to rank by, the newest is the best. */
#define SEARCH_SHOW(source)                                                                                               \
    "SELECT p.room_id, p.seq, p.sender, (extract(epoch FROM p.ts) * 1000000)::bigint, t.type, p.body, t.about, p.found, " \
    "g.deleted_at IS NOT NULL "                                                                                           \
    "FROM (SELECT f.*, (SELECT sum(CASE WHEN f.folded LIKE '% ' || w || ' %' THEN 4 "                                     \
    "WHEN f.folded LIKE '% ' || w || '%' THEN 2 ELSE 1 END) / (1 + ln(1 + length(f.folded) / 80.0)) "                     \
    "+ exp(-greatest(0, extract(epoch FROM now() - f.ts)) / 7776000.0) FROM unnest($24::text[]) w) AS rank "              \
    "FROM (SELECT g.*, count(*) OVER () AS found FROM (" source "LIMIT ($22::bigint[])[1]) g) f "                         \
    "ORDER BY rank DESC NULLS LAST, f.ts DESC, f.room_id DESC, f.seq DESC "                                               \
    "OFFSET ($22::bigint[])[2] LIMIT ($22::bigint[])[3]) p "                                                              \
    "JOIN chat.events t ON t.room_id = p.room_id AND t.seq = p.seq "                                                      \
    "LEFT JOIN chat.changes g ON g.room_id = p.room_id AND g.seq = p.seq "                                                \
    "ORDER BY p.rank DESC NULLS LAST, p.ts DESC, p.room_id DESC, p.seq DESC"

#define SEARCH_COLUMNS "SELECT s.room_id, s.seq, s.sender, s.ts, s.body, s.folded "

/* All messages of the rooms: for rooms that have few. */
#define SEARCH_ROOMS_SQL                                                                                     \
    SEARCH_SHOW(SEARCH_COLUMNS                                                                               \
                "FROM chat.members o JOIN chat.search s ON s.room_id = o.room_id "                           \
                "WHERE o.user_id = $1::bigint AND ($2::bigint[] IS NULL OR o.room_id = ANY ($2::bigint[])) " \
                "AND ($23::text IS NULL OR true) AND " SEARCH_PLACE "AND " SEARCH_MATCH SEARCH_NEWEST)

/* The newest messages of all rooms: where a frequent word is found at once. */
#define SEARCH_RECENT_SQL                                                                                       \
    SEARCH_SHOW(                                                                                                \
        SEARCH_COLUMNS                                                                                          \
        "FROM (SELECT s.* FROM chat.search s WHERE ($23::text IS NULL OR true) AND " SEARCH_PLACE SEARCH_NEWEST \
        "LIMIT " SEARCH_WALK_SQL ") s WHERE " SEARCH_MATCH SEARCH_NEWEST)

/* What the index finds: for what is rare. */
#define SEARCH_INDEX_SQL                                                                                         \
    SEARCH_SHOW(SEARCH_COLUMNS "FROM (SELECT s.* FROM chat.search s WHERE s.tokens @@ $23::tsquery OFFSET 0) s " \
                               "WHERE " SEARCH_PLACE "AND " SEARCH_MATCH SEARCH_NEWEST)

/* Where the walk through the newest messages ended; no row: at the first message of all. */
#define SEARCH_WALK_END_SQL                                                                                        \
    "SELECT (extract(epoch FROM s.ts) * 1000000)::bigint, s.room_id, s.seq FROM chat.search s "                    \
    "WHERE s.ts >= to_timestamp($1::bigint / 1000000.0) AND s.ts < to_timestamp($2::bigint / 1000000.0) "          \
    "AND (s.ts, s.room_id, s.seq) < (to_timestamp($3::bigint / 1000000.0), $4::bigint, $5::bigint) " SEARCH_NEWEST \
    "OFFSET " SEARCH_WALK_SQL " - 1 LIMIT 1"

/* What the names and words of a query stand for, a row each: what, of which one, an id or a stem. Rooms are the
 * caller's own. $10: the most rooms that are named. */
#define SEARCH_RESOLVE_SQL                                                                                              \
    "WITH mine AS (SELECT r.id, r.kind, r.name, r.last_seq FROM chat.members m JOIN chat.rooms r ON r.id = m.room_id "  \
    "WHERE m.user_id = $1::bigint), "                                                                                   \
    "named AS (SELECT n.nth, n.without, r.id FROM unnest($5::text[], $6::boolean[]) WITH ORDINALITY "                   \
    "AS n(name, without, nth) JOIN mine r ON (r.kind <> 'dm' AND lower(r.name) = lower(n.name)) OR (r.kind = 'dm' "     \
    "AND EXISTS (SELECT FROM chat.members o JOIN auth.people p ON p.id = o.user_id WHERE o.room_id = r.id "             \
    "AND o.user_id <> $1::bigint AND (lower(p.username) = lower(n.name) OR lower(p.display_name) = lower(n.name))))), " \
    "searched AS (SELECT r.id, r.last_seq FROM mine r WHERE ($8::bigint IS NULL OR r.id = $8::bigint) "                 \
    "AND (NOT EXISTS (SELECT FROM unnest($6::boolean[]) w WHERE NOT w) "                                                \
    "OR r.id IN (SELECT id FROM named WHERE NOT without)) AND r.id NOT IN (SELECT id FROM named WHERE without)) "       \
    "SELECT 'room', nth, id, NULL FROM named "                                                                          \
    "UNION ALL SELECT 'person', n.nth, p.id, NULL FROM unnest($7::text[]) WITH ORDINALITY AS n(name, nth) "             \
    "JOIN auth.people p ON lower(p.username) = lower(n.name) OR lower(p.display_name) = lower(n.name) "                 \
    "OR (lower(n.name) = 'me' AND p.id = $1::bigint) "                                                                  \
    "UNION ALL (SELECT 'reach', 0, id, NULL FROM searched LIMIT $9::bigint) "                                           \
    "UNION ALL SELECT 'messages', 0, coalesce(sum(last_seq), 0)::bigint, NULL FROM searched "                           \
    "UNION ALL SELECT 'since', 0, (extract(epoch FROM $3::timestamp AT TIME ZONE $2::text) * 1000000)::bigint, NULL "   \
    "UNION ALL SELECT 'until', 0, (extract(epoch FROM $4::timestamp AT TIME ZONE $2::text) * 1000000)::bigint, NULL "   \
    "UNION ALL SELECT DISTINCT 'stem', w.nth, 0::bigint, s FROM unnest($10::text[]) WITH ORDINALITY AS w(word, nth), "  \
    "unnest($11::text[]) l, unnest(ts_lexize((l || '_stem')::regdictionary, left(w.word, 200))) s "                     \
    "WHERE w.word <> ''"

#endif
