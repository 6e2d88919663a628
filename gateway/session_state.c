/* The life of a session as a table. */
#include "session.h"

static const struct {
    const char *name;
    bool next[SESSION_STATES];
} states[SESSION_STATES] = {
    [SESSION_NEW] = {"new", {[SESSION_AUTHENTICATING] = true, [SESSION_CLOSING] = true}},
    [SESSION_AUTHENTICATING] = {"authenticating", {[SESSION_SUBSCRIBING] = true, [SESSION_CLOSING] = true}},
    [SESSION_SUBSCRIBING] = {"subscribing", {[SESSION_READY] = true, [SESSION_CLOSING] = true}},
    [SESSION_READY] = {"ready", {[SESSION_CLOSING] = true}},
    [SESSION_CLOSING] = {"closing", {0}},
};

bool session_may_become(enum session_state from, enum session_state to)
{
    return states[from].next[to];
}

const char *session_state_name(enum session_state state)
{
    return states[state].name;
}
