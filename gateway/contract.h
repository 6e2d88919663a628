/* The outer contract as the gateway enforces it: frames, REST routes, field rules, limits. The tables are generated
 * from protocol/ops.json (contract.gen.c); the check of a value against them is here. Constant data. */
#ifndef PARLEY_CONTRACT_H
#define PARLEY_CONTRACT_H

#include "contract.gen.h"
#include "jval.h"
#include "scope.h"

enum field_kind { FIELD_STRING, FIELD_INT, FIELD_BOOL, FIELD_OBJECT, FIELD_ARRAY, FIELD_MAP };
enum field_format { FORMAT_NONE, FORMAT_DIGITS, FORMAT_UUID };

/* Rule for one member of an object. Arrays and maps: `item`, bounds and format are of their elements. */
struct field {
    const char *name;
    enum field_kind kind, item;
    bool required;
    int64_t min, max; /* strings: bytes; integers: value */
    enum field_format format;
    const char *const *values; /* the only strings allowed, NULL-ended; or NULL */
};

enum needs { NEEDS_NEW, NEEDS_READY, NEEDS_ANY };

/* One frame a client may send. */
struct op_contract {
    enum op op;
    enum scope scope; /* that a personal access token needs */
    const char *name;
    enum needs needs; /* the state of the session in which it may come */
    enum rate rate;
    const struct field *fields;
    size_t field_count;
};
extern const struct op_contract op_contracts[OP_COUNT];

enum cookie { COOKIE_NONE, COOKIE_SET, COOKIE_ROTATE, COOKIE_CLEAR };

/* One REST path below /api/v1. Either `service` and `call` (a request), or `ingest` (an entry that changes a room). */
struct route {
    int method;          /* enum http_method */
    enum scope scope;    /* that a personal access token needs; SCOPE_LOGIN: no such token may */
    const char *pattern; /* "/rooms/{room}/join"; {name} matches one segment */
    const char *service, *call, *ingest;
    bool login; /* needs an access token */
    enum rate rate;
    const struct field *params;
    size_t param_count;
    const struct field *query;
    size_t query_count;
    const struct field *body;
    size_t body_count;
    int status; /* of success */
    enum cookie cookie;
};
extern const struct route routes[ROUTE_COUNT];

struct rate_contract {
    int per_second, burst;
};
extern const struct rate_contract rate_contracts[RATE_COUNT];

/* More elements than this in one array or map is a bad request. */
enum { FIELD_MAX_ITEMS = 5000 };

/* Does `object` obey the rules? Members without a rule are ignored, so that newer clients can talk to older servers.
 * False: *bad_r (may be NULL) is the name of the first member that does not, or is missing. */
bool contract_check(const struct field *fields, size_t count, const struct jval *object, const char **bad_r);

/* Does a text (a path segment, a query value) obey the rule? Integers and booleans in their JSON form. */
bool contract_check_text(const struct field *field, struct str text);

#endif
