/* The statements by which accounts are disabled, made admin and logged out, for admins (call_account.c) and for the
 * operator at the shell (operator.c): the same rules, the same rows of audit. `me` is the part that says who may: it
 * names a table "me" that is empty for who may not. $1 is who does it (0: the operator), $2 whom. Behind the code in
 * the first column: the sessions and access tokens that ended, one a row. */
#ifndef PARLEY_ACCOUNT_SQL_H
#define PARLEY_ACCOUNT_SQL_H

/* $3 admin, $4 disabled; NULL: as it is. Sessions end for good, and access tokens, those of the account's bots too: one
 * that is enabled again is let in nowhere. Who is disabled is no admin for as long, and would be one again; so the
 * last one stays what he is. A bot cannot log in, so it cannot look after anything. */
#define ACCOUNT_CHANGE_SQL(me)                                                                                              \
    "WITH " me ", whom AS (SELECT id, admin, disabled_at, owner_id FROM auth.users WHERE id = $2::bigint), "                \
    "verdict AS (SELECT CASE WHEN NOT EXISTS (SELECT FROM me) THEN 'forbidden' "                                            \
    "WHEN NOT EXISTS (SELECT FROM whom) THEN 'user_not_found' "                                                             \
    "WHEN $1::bigint = $2::bigint AND $4::boolean THEN 'forbidden' "                                                        \
    "WHEN $3::boolean AND EXISTS (SELECT FROM whom WHERE owner_id IS NOT NULL) THEN 'forbidden' "                           \
    "WHEN NOT $3::boolean AND NOT EXISTS (SELECT FROM auth.users WHERE admin AND disabled_at IS NULL "                      \
    "AND id <> $2::bigint) THEN 'last_admin' ELSE 'ok' END AS code), "                                                      \
    "fresh AS (UPDATE auth.users u SET admin = coalesce($3::boolean, u.admin), "                                            \
    "disabled_at = CASE WHEN $4::boolean THEN coalesce(u.disabled_at, now()) WHEN NOT $4::boolean THEN NULL "               \
    "ELSE u.disabled_at END FROM verdict WHERE code = 'ok' AND u.id = $2::bigint RETURNING u.id, u.admin, u.disabled_at), " \
    "ended AS (UPDATE auth.sessions s SET revoked_at = now() FROM verdict WHERE code = 'ok' AND $4::boolean "               \
    "AND s.user_id = $2::bigint AND s.revoked_at IS NULL RETURNING s.id), "                                                 \
    "closed AS (UPDATE auth.access_tokens t SET revoked_at = now() FROM verdict, auth.users b WHERE code = 'ok' "           \
    "AND $4::boolean AND (b.id = $2::bigint OR b.owner_id = $2::bigint) AND t.user_id = b.id "                              \
    "AND t.revoked_at IS NULL RETURNING t.id), "                                                                            \
    "said AS (INSERT INTO auth.audit (kind, actor, subject) SELECT k.kind, $1::bigint, f.id FROM whom w "                   \
    "JOIN fresh f ON f.id = w.id CROSS JOIN LATERAL (VALUES "                                                               \
    "(CASE WHEN f.admin AND NOT w.admin THEN 'admin_made' WHEN w.admin AND NOT f.admin THEN 'admin_ended' END), "           \
    "(CASE WHEN f.disabled_at IS NOT NULL AND w.disabled_at IS NULL THEN 'account_disabled' "                               \
    "WHEN f.disabled_at IS NULL AND w.disabled_at IS NOT NULL THEN 'account_enabled' END)) AS k(kind) "                     \
    "WHERE k.kind IS NOT NULL) "                                                                                            \
    "SELECT v.code, e.id FROM verdict v LEFT JOIN (TABLE ended UNION ALL TABLE closed) e ON true"

#define ACCOUNT_LOGOUT_SQL(me)                                                                                           \
    "WITH " me ", whom AS (SELECT id FROM auth.users WHERE id = $2::bigint), "                                           \
    "verdict AS (SELECT CASE WHEN NOT EXISTS (SELECT FROM me) THEN 'forbidden' "                                         \
    "WHEN NOT EXISTS (SELECT FROM whom) THEN 'user_not_found' ELSE 'ok' END AS code), "                                  \
    "ended AS (UPDATE auth.sessions s SET revoked_at = now() FROM verdict WHERE code = 'ok' "                            \
    "AND s.user_id = $2::bigint AND s.revoked_at IS NULL AND s.expires_at > now() RETURNING s.id), "                     \
    "said AS (INSERT INTO auth.audit (kind, actor, subject, data) SELECT 'account_logged_out', $1::bigint, $2::bigint, " \
    "jsonb_build_object('sessions', n) FROM (SELECT count(*) AS n FROM ended) c WHERE n > 0) "                           \
    "SELECT v.code, e.id FROM verdict v LEFT JOIN ended e ON true"

#endif
