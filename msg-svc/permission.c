/* Looks up who may do what. */
#include "permission.h"

#include "jsonw.h"
#include "jval.h"

enum place { PLACE_ROOM, PLACE_ANNOUNCEMENT, PLACE_GROUP, PLACE_DM, PLACE_COUNT };

static const struct {
    const char *name;
    bool fixed;
    enum role lowest[PLACE_COUNT];
} table[] = {
#define ROW(permission, name, fixed, room, announcement, group, dm) \
    [permission] = {name, fixed, {room, announcement, group, dm}},
    PERMISSION_TABLE(ROW)
#undef ROW
};

static const char *const roles[] = {
    [ROLE_GUEST] = "guest", [ROLE_MEMBER] = "member", [ROLE_MODERATOR] = "moderator", [ROLE_OWNER] = "owner"};
static const char *const kinds[] = {
    [ROOM_PUBLIC] = "public", [ROOM_PRIVATE] = "private", [ROOM_GROUP] = "group", [ROOM_DM] = "dm"};

static enum place place_of(enum room_kind kind, const struct room_rules *rules)
{
    if (kind == ROOM_DM)
        return PLACE_DM;
    if (kind == ROOM_GROUP)
        return PLACE_GROUP;
    return rules->announcement ? PLACE_ANNOUNCEMENT : PLACE_ROOM;
}

bool may(enum room_kind kind, const struct room_rules *rules, enum role role, enum permission what)
{
    enum role lowest = table[what].lowest[place_of(kind, rules)];
    if (rules->lowest[what] != 0 && lowest != ROLE_NOBODY && !table[what].fixed)
        lowest = (enum role)(rules->lowest[what] - 1);
    return role >= lowest;
}

bool outranks(enum role role, enum role other)
{
    return role == ROLE_OWNER || role > other;
}

bool permission_fixed(enum permission what)
{
    return table[what].fixed;
}

const char *role_name(enum role role)
{
    return roles[role];
}

const char *permission_name(enum permission what)
{
    return table[what].name;
}

const char *room_kind_name(enum room_kind kind)
{
    return kinds[kind];
}

static bool find(const char *const *names, size_t count, struct str name, size_t *at_r)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(name, names[i])) {
            *at_r = i;
            return true;
        }
    return false;
}

bool role_parse(struct str name, enum role *role_r)
{
    size_t at;
    if (!find(roles, sizeof roles / sizeof roles[0], name, &at))
        return false;
    *role_r = (enum role)at;
    return true;
}

bool room_kind_parse(struct str name, enum room_kind *kind_r)
{
    size_t at;
    if (!find(kinds, sizeof kinds / sizeof kinds[0], name, &at))
        return false;
    *kind_r = (enum room_kind)at;
    return true;
}

bool permission_parse(struct str name, enum permission *permission_r)
{
    for (size_t i = 0; i < PERMISSION_COUNT; i++)
        if (str_is(name, table[i].name)) {
            *permission_r = (enum permission)i;
            return true;
        }
    return false;
}

static bool take_rule(void *arg, struct str key, const struct jval *value)
{
    struct room_rules *rules = arg;
    enum permission what;
    enum role role;
    struct str name;
    if (permission_parse(key, &what) && jval_str(value, &name) && role_parse(name, &role))
        rules->lowest[what] = (unsigned char)(role + 1);
    return true;
}

void room_rules_parse(struct room_rules *rules, struct str json)
{
    if (json.n <= 2)
        return;
    struct jval *root = jval_parse(json);
    jval_each(root, take_rule, rules);
    jval_free(root);
}

void room_rules_write(struct buf *out, const struct room_rules *rules)
{
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    for (size_t i = 0; i < PERMISSION_COUNT; i++)
        if (rules->lowest[i] != 0)
            jsonw_cstr(&w, table[i].name, roles[rules->lowest[i] - 1]);
    jsonw_obj_end(&w);
}
