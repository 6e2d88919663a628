/* Who may do what in a room: the table of protocol/ops.json, and where a room differs from it. Pure. */
#ifndef PARLEY_MSG_PERMISSION_H
#define PARLEY_MSG_PERMISSION_H

#include "buf.h"
#include "permission.gen.h"

enum room_kind { ROOM_PUBLIC, ROOM_PRIVATE, ROOM_GROUP, ROOM_DM };

/* What a room has of its own. All zero: nothing. */
struct room_rules {
    bool announcement;
    unsigned char lowest[PERMISSION_COUNT]; /* role + 1; 0: as the table has it */
};

/* Whether a member of this role may. */
bool may(enum room_kind kind, const struct room_rules *rules, enum role role, enum permission what);
/* Whether he may do to another member what takes a role away: of a lower role than his; owners may to anybody. */
bool outranks(enum role role, enum role other);
/* No room may differ in it. */
bool permission_fixed(enum permission what);

const char *role_name(enum role role);
/* False: no such name. */
bool role_parse(struct str name, enum role *role_r);
bool permission_parse(struct str name, enum permission *permission_r);
const char *permission_name(enum permission what);
bool room_kind_parse(struct str name, enum room_kind *kind_r);
const char *room_kind_name(enum room_kind kind);

/* Take {"pin":"owner",…}; what is not understood is left as the table has it. */
void room_rules_parse(struct room_rules *rules, struct str json);
/* Append it. */
void room_rules_write(struct buf *out, const struct room_rules *rules);

#endif
