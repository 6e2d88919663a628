/* Scopes: what a personal access token may do. A set of them is a mask of bits by enum scope; the names are those of
 * protocol/ops.json. */
#ifndef PARLEY_SCOPE_H
#define PARLEY_SCOPE_H

#include "scope.gen.h"
#include "str.h"

/* The set of a login's own token: everything, SCOPE_LOGIN with it. */
#define SCOPES_OF_LOGIN UINT32_MAX

static inline bool scope_in(uint32_t scopes, enum scope scope)
{
    return (scopes >> scope & 1) != 0;
}

/* The set of the one scope with this name; 0: there is none that a token can have. */
uint32_t scope_named(struct str name);
/* "read"; "login" for SCOPE_LOGIN. */
const char *scope_name(enum scope scope);

#endif
