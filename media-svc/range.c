/* Reads Range and If-None-Match. */
#include "range.h"

#include <strings.h>

static struct str trim(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s.p++, s.n--;
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* Digits, leading zeros too. False: none, or more than anything can have. */
static bool number(struct str s, int64_t *n_r)
{
    while (s.n > 1 && s.p[0] == '0')
        s.p++, s.n--;
    return str_i64(s, n_r);
}

enum range range_of(struct str header, int64_t size, int64_t *from_r, int64_t *to_r)
{
    struct str unit, first, last = str_cut(header, '=', &unit);
    int64_t from, to;
    if (trim(unit).n != 5 || strncasecmp(trim(unit).p, "bytes", 5) != 0)
        return RANGE_ALL;
    bool has_dash = false;
    for (size_t i = 0; i < last.n; i++) {
        if (last.p[i] == ',')
            return RANGE_ALL;
        has_dash = has_dash || last.p[i] == '-';
    }
    if (!has_dash)
        return RANGE_ALL;
    last = trim(str_cut(trim(last), '-', &first));
    first = trim(first);
    if (first.n == 0) {
        if (!number(last, &to))
            return RANGE_ALL;
        if (to == 0 || size == 0)
            return RANGE_NONE;
        *from_r = to < size ? size - to : 0;
        *to_r = size;
        return RANGE_PART;
    }
    if (!number(first, &from) || (last.n > 0 && (!number(last, &to) || to < from)))
        return RANGE_ALL;
    if (from >= size)
        return RANGE_NONE;
    *from_r = from;
    *to_r = last.n > 0 && to < size - 1 ? to + 1 : size;
    return RANGE_PART;
}

bool range_has_tag(struct str list, struct str tag)
{
    struct str item;
    while (list.n > 0) {
        list = str_cut(list, ',', &item);
        item = trim(item);
        if (str_is(item, "*"))
            return true;
        if (str_starts(item, STR("W/")))
            item = (struct str){item.p + 2, item.n - 2};
        if (str_eq(item, tag))
            return true;
    }
    return false;
}
