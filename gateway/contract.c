/* Checks what a client sent against the rules of the contract. */
#include "contract.h"

#include <string.h>

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0 && s.p[0] != '0';
}

static bool is_uuid(struct str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
        if (dash ? s.p[i] != '-' : !hex)
            return false;
    }
    return true;
}

static bool is_one_of(struct str s, const char *const *values)
{
    for (; *values; values++)
        if (str_is(s, *values))
            return true;
    return false;
}

static bool check_string(const struct field *f, struct str s)
{
    if ((int64_t)s.n < f->min || (int64_t)s.n > f->max)
        /* An enumeration has no bounds of its own. */
        return f->values && is_one_of(s, f->values);
    if (f->values && !is_one_of(s, f->values))
        return false;
    if (f->format == FORMAT_DIGITS) {
        int64_t id;
        return is_digits(s) && str_i64(s, &id);
    }
    return f->format != FORMAT_UUID || is_uuid(s);
}

static bool check_item(const struct field *f, enum field_kind kind, const struct jval *v)
{
    struct str s;
    int64_t n;
    switch (kind) {
    case FIELD_STRING:
        return jval_str(v, &s) && check_string(f, s);
    case FIELD_INT:
        return jval_int(v, &n) && n >= f->min && n <= f->max;
    case FIELD_BOOL:
        return jval_is_bool(v);
    case FIELD_OBJECT:
        return jval_is_object(v);
    case FIELD_ARRAY:
    case FIELD_MAP:
        break;
    }
    return false;
}

struct map_check {
    const struct field *field;
    size_t seen;
    bool good;
};

/* Maps are from ids: their keys obey the rule of ids. */
static bool check_entry(void *arg, struct str key, const struct jval *value)
{
    struct map_check *c = arg;
    int64_t id;
    c->good = ++c->seen <= FIELD_MAX_ITEMS && is_digits(key) && str_i64(key, &id) &&
              check_item(c->field, c->field->item, value);
    return c->good;
}

static bool check_value(const struct field *f, const struct jval *v)
{
    if (f->kind == FIELD_ARRAY) {
        size_t n = jval_count(v);
        if (!jval_is_array(v) || n > FIELD_MAX_ITEMS)
            return false;
        for (size_t i = 0; i < n; i++)
            if (!check_item(f, f->item, jval_at(v, i)))
                return false;
        return true;
    }
    if (f->kind == FIELD_MAP) {
        struct map_check c = {.field = f, .good = true};
        if (!jval_is_object(v))
            return false;
        jval_each(v, check_entry, &c);
        return c.good;
    }
    return check_item(f, f->kind, v);
}

bool contract_check(const struct field *fields, size_t count, const struct jval *object, const char **bad_r)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *f = &fields[i];
        const struct jval *v = jval_get(object, f->name);
        if (v ? check_value(f, v) : !f->required)
            continue;
        if (bad_r)
            *bad_r = f->name;
        return false;
    }
    return true;
}

bool contract_check_text(const struct field *field, struct str text)
{
    int64_t n;
    switch (field->kind) {
    case FIELD_STRING:
        return str_utf8(text) && !(text.n && memchr(text.p, 0, text.n)) && check_string(field, text);
    case FIELD_INT:
        return str_i64(text, &n) && n >= field->min && n <= field->max;
    case FIELD_BOOL:
        return str_is(text, "true") || str_is(text, "false");
    case FIELD_OBJECT:
    case FIELD_ARRAY:
    case FIELD_MAP:
        break;
    }
    return false;
}
