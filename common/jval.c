/* Strict, bounded JSON input over jansson. */
#include "jval.h"

#include <jansson.h>

/* A struct jval is jansson's value under a name that callers cannot look into. */
static const json_t *json_of(const struct jval *v)
{
    return (const json_t *)(const void *)v;
}

static const struct jval *jval_of(const json_t *j)
{
    return (const struct jval *)(const void *)j;
}

/* The parser recurses once a level and its own limit is far higher, so nesting is counted before it runs.
 * In text that is no JSON the count means nothing, and the parser refuses that text anyway. */
static bool depth_ok(struct str text)
{
    unsigned depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > JVAL_MAX_DEPTH)
                return false;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return true;
}

struct jval *jval_parse(struct str text)
{
    json_error_t error;

    if (text.n == 0 || !depth_ok(text))
        return NULL;
    /* Without JSON_ALLOW_NUL the parser refuses \u0000 itself, and any integer that int64_t cannot hold. */
    return (struct jval *)(void *)json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
}

void jval_free(struct jval *root)
{
    json_decref((json_t *)(void *)root);
}

bool jval_is_object(const struct jval *v)
{
    return json_is_object(json_of(v));
}

bool jval_is_array(const struct jval *v)
{
    return json_is_array(json_of(v));
}

bool jval_is_string(const struct jval *v)
{
    return json_is_string(json_of(v));
}

bool jval_is_int(const struct jval *v)
{
    return json_is_integer(json_of(v));
}

bool jval_is_bool(const struct jval *v)
{
    return json_is_boolean(json_of(v));
}

const struct jval *jval_get(const struct jval *v, const char *key)
{
    const json_t *member = json_object_get(json_of(v), key);

    return json_is_null(member) ? NULL : jval_of(member);
}

size_t jval_count(const struct jval *v)
{
    return json_array_size(json_of(v));
}

const struct jval *jval_at(const struct jval *v, size_t i)
{
    return jval_of(json_array_get(json_of(v), i));
}

void jval_each(const struct jval *v, jval_each_fn *fn, void *arg)
{
    /* jansson's iterators take a value they could change; these do not. */
    json_t *object = (json_t *)(uintptr_t)json_of(v);

    for (void *it = json_object_iter(object); it != NULL; it = json_object_iter_next(object, it)) {
        if (!fn(arg, str_of(json_object_iter_key(it)), jval_of(json_object_iter_value(it))))
            return;
    }
}

bool jval_str(const struct jval *v, struct str *out)
{
    if (!jval_is_string(v))
        return false;
    *out = (struct str){json_string_value(json_of(v)), json_string_length(json_of(v))};
    return true;
}

bool jval_int(const struct jval *v, int64_t *out)
{
    if (!jval_is_int(v))
        return false;
    *out = json_integer_value(json_of(v));
    return true;
}

bool jval_bool(const struct jval *v, bool *out)
{
    if (!jval_is_bool(v))
        return false;
    *out = json_is_true(json_of(v));
    return true;
}

bool jval_get_str(const struct jval *v, const char *key, struct str *out)
{
    return jval_str(jval_get(v, key), out);
}

bool jval_get_int(const struct jval *v, const char *key, int64_t *out)
{
    return jval_int(jval_get(v, key), out);
}

bool jval_get_bool(const struct jval *v, const char *key, bool *out)
{
    return jval_bool(jval_get(v, key), out);
}

bool jval_get_id(const struct jval *v, const char *key, int64_t *out)
{
    struct str digits;
    int64_t id;

    if (!jval_get_str(v, key, &digits) || !str_i64(digits, &id) || id < 1)
        return false;
    *out = id;
    return true;
}
