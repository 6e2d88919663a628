/* What one can be, and what the connections of a user make of him together. */
#include "state.h"

static const char *const names[] = {"offline", "away", "online"};
enum { STATES = sizeof names / sizeof *names };

const char *presence_state_name(enum presence_state state)
{
    return names[state];
}

bool presence_state_parse(struct str name, enum presence_state *state_r)
{
    for (int i = 0; i < STATES; i++) {
        if (str_is(name, names[i])) {
            *state_r = (enum presence_state)i;
            return true;
        }
    }
    return false;
}

bool presence_id_parse(struct str id, int64_t *ms_r, int64_t *n_r)
{
    struct str ms;
    struct str n = str_cut(id, '-', &ms);
    int64_t a, b;
    if (!str_i64(ms, &a) || !str_i64(n, &b))
        return false;
    *ms_r = a;
    *n_r = b;
    return true;
}

static bool at_gateway(struct str field, struct str gateway)
{
    return gateway.n > 0 && field.n > gateway.n && str_starts(field, gateway) && field.p[gateway.n] == ':';
}

struct presence_user presence_user_of(const struct bus_reply *fields, struct str gateway)
{
    struct presence_user user = {.state = PRESENCE_OFFLINE};
    for (size_t i = 0; i + 1 < bus_count(fields); i += 2) {
        struct str field = bus_str(bus_at(fields, i)), value = bus_str(bus_at(fields, i + 1)), name;
        enum presence_state state;
        if (str_is(field, "seen")) {
            user.seen = bus_int(bus_at(fields, i + 1));
            continue;
        }
        (void)str_cut(value, ' ', &name);
        if (!presence_state_parse(name, &state) || state == PRESENCE_OFFLINE)
            continue;
        if (state > user.state)
            user.state = state;
        if (at_gateway(field, gateway))
            user.on_gateway = true;
    }
    return user;
}
