/* Asks what somebody is in a room and what may be done there. */
#include "room_right.h"

#include "err.h"

enum column { KIND, ANNOUNCEMENT, RULES, ROLE };

static void ask(struct call *c);

static void on_room(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    enum room_kind kind;
    enum role role;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0 || !room_kind_parse(db_str(r, 0, KIND), &kind)) {
        call_fail(c, ERR_ROOM_NOT_FOUND, NULL);
        return;
    }
    if (!role_parse(db_str(r, 0, ROLE), &role)) {
        call_outside(c, kind == ROOM_PUBLIC, ask);
        return;
    }
    struct room_rules rules = {.announcement = db_bool(r, 0, ANNOUNCEMENT)};
    room_rules_parse(&rules, db_str(r, 0, RULES));
    if (may(kind, &rules, role, (enum permission)c->needed))
        c->allowed(c);
    else
        call_fail(c, ERR_FORBIDDEN, NULL);
}

static void ask(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    call_query(c,
               "SELECT r.kind, r.announcement, r.permissions::text, m.role FROM chat.rooms r "
               "LEFT JOIN chat.members m ON m.room_id = r.id AND m.user_id = $2::bigint WHERE r.id = $1::bigint",
               &v, on_room);
}

void room_right(struct call *c, enum permission what, call_step_fn *then)
{
    c->needed = what;
    c->allowed = then;
    ask(c);
}
