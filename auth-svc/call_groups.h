/* What the statements about groups of people share: who may do what to them. */
#ifndef PARLEY_CALL_GROUPS_H
#define PARLEY_CALL_GROUPS_H

/* The caller, $1: whether he is admin, and whether he may make groups, as the server's settings have it. */
#define GROUP_ME                                                                                       \
    "me AS (SELECT u.id, u.admin, u.admin OR s.user_groups = 'everybody' AS makes FROM auth.users u, " \
    "auth.settings s WHERE u.id = $1::bigint AND u.disabled_at IS NULL)"
/* Whether `me` may change the group g. */
#define GROUP_MINE "coalesce(me.admin OR (me.makes AND g.made_by = me.id), false)"

#endif
