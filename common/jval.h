/* Parsed JSON, read only. Input is bounded and strict (RFC 8259): at most 16 levels deep, no duplicate
 * keys, no trailing bytes, valid UTF-8, no U+0000 in strings, integers exact or refused. The only module
 * that names jansson. A value borrowed from another lives as long as the root. */
#ifndef PARLEY_JVAL_H
#define PARLEY_JVAL_H

#include "str.h"

struct jval;

enum { JVAL_MAX_DEPTH = 16 };

/* Parse; NULL when the text is not such JSON. The caller owns the root and frees it with jval_free(). */
struct jval *jval_parse(struct str text);
void jval_free(struct jval *root);

bool jval_is_object(const struct jval *v);
bool jval_is_array(const struct jval *v);
bool jval_is_string(const struct jval *v);
bool jval_is_int(const struct jval *v);
bool jval_is_bool(const struct jval *v);

/* Member of an object; NULL when absent or null, or when v is no object. */
const struct jval *jval_get(const struct jval *v, const char *key);
/* Elements of an array. */
size_t jval_count(const struct jval *v);
const struct jval *jval_at(const struct jval *v, size_t i);
/* Members of an object, in the order of the text. fn returns false to stop. */
typedef bool jval_each_fn(void *arg, struct str key, const struct jval *value);
void jval_each(const struct jval *v, jval_each_fn *fn, void *arg);

/* The value itself. False: absent (NULL) or of another type; *out untouched. */
bool jval_str(const struct jval *v, struct str *out);
bool jval_int(const struct jval *v, int64_t *out);
bool jval_bool(const struct jval *v, bool *out);
/* A member. The same. */
bool jval_get_str(const struct jval *v, const char *key, struct str *out);
bool jval_get_int(const struct jval *v, const char *key, int64_t *out);
bool jval_get_bool(const struct jval *v, const char *key, bool *out);
/* A member that is an id on the wire: a string of decimal digits, at least 1. */
bool jval_get_id(const struct jval *v, const char *key, int64_t *out);

#endif
