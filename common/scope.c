/* The names of scopes. */
#include "scope.h"

#define NAME(scope, name) [scope] = (name),
static const char *const names[SCOPE_COUNT] = {SCOPE_TABLE(NAME)[SCOPE_LOGIN] = "login"};

uint32_t scope_named(struct str name)
{
    for (int i = 0; i < SCOPE_LOGIN; i++)
        if (str_is(name, names[i]))
            return UINT32_C(1) << i;
    return 0;
}

const char *scope_name(enum scope scope)
{
    return names[scope];
}
