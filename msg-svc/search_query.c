/* Reads search queries. */
#include "search_query.h"

#include <stdio.h>
#include <string.h>

#include "err.h"

/* One word as it stands between spaces: -key:value, with quotes perhaps around the value or all of it. */
struct word {
    struct str key, value;
    bool without, quoted;
};

static bool is_space(struct str s, size_t at, size_t *len_r)
{
    static const char wide[] = "\xe3\x80\x80"; /* what a Japanese keyboard types */
    *len_r = 1;
    if (s.n - at >= sizeof wide - 1 && memcmp(s.p + at, wide, sizeof wide - 1) == 0) {
        *len_r = sizeof wide - 1;
        return true;
    }
    return s.p[at] == ' ' || (s.p[at] >= '\t' && s.p[at] <= '\r');
}

/* Quotation marks as keyboards of several countries have them. */
static size_t quote_at(struct str s, size_t at)
{
    static const char *const marks[] = {"\"", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xc2\xab", "\xc2\xbb"};
    struct str rest = {s.p + at, s.n - at};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (str_starts(rest, str_of(marks[i])))
            return strlen(marks[i]);
    return 0;
}

/* From behind a quotation mark to the next one, or to the end. */
static struct str read_quoted(struct str s, size_t *at)
{
    size_t from = *at, mark = 0;
    while (*at < s.n && (mark = quote_at(s, *at)) == 0)
        ++*at;
    struct str inside = {s.p + from, *at - from};
    *at += mark;
    return inside;
}

static struct str read_plain(struct str s, size_t *at, bool stop_at_colon)
{
    size_t from = *at, len;
    while (*at < s.n && !is_space(s, *at, &len) && !(stop_at_colon && s.p[*at] == ':'))
        ++*at;
    return (struct str){s.p + from, *at - from};
}

static bool is_key(struct str key)
{
    static const char *const keys[] = {"in", "from", "before", "after", "on", "has", "is"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_is(key, keys[i]))
            return true;
    return false;
}

static struct str read_value(struct str s, size_t *at, bool *quoted_r)
{
    size_t mark = *at < s.n ? quote_at(s, *at) : 0;
    *quoted_r = mark > 0;
    *at += mark;
    return mark > 0 ? read_quoted(s, at) : read_plain(s, at, false);
}

static struct word read_word(struct str s, size_t *at)
{
    struct word w = {0};
    size_t len;
    if (s.p[*at] == '-' && *at + 1 < s.n && !is_space(s, *at + 1, &len)) {
        w.without = true;
        ++*at;
    }
    size_t from = *at;
    struct str key = read_plain(s, at, true);
    if (*at < s.n && s.p[*at] == ':' && is_key(key)) {
        ++*at;
        bool quoted;
        struct str value = read_value(s, at, &quoted);
        if (value.n > 0) {
            w.key = key;
            w.value = value;
            return w;
        }
    }
    *at = from;
    w.value = read_value(s, at, &w.quoted);
    return w;
}

static bool add_name(struct search_name *names, size_t *n, const struct word *w, const char *signs)
{
    struct str name = w->value;
    if (name.n > 1 && strchr(signs, name.p[0]) != NULL)
        name = (struct str){name.p + 1, name.n - 1};
    if (*n == SEARCH_NAMES_MAX)
        return false;
    names[(*n)++] = (struct search_name){name, w->without};
    return true;
}

static int digits(const char *p, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

struct day {
    int year, month, day;
};

/* 2026-01-31 */
static bool day_parse(struct str s, struct day *d)
{
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
        return false;
    *d = (struct day){digits(s.p, 4), digits(s.p + 5, 2), digits(s.p + 8, 2)};
    return d->year >= 1970 && d->month >= 1 && d->month <= 12 && d->day >= 1 && d->day <= days_of(d->year, d->month);
}

static void next_day(struct day *d)
{
    if (++d->day <= days_of(d->year, d->month))
        return;
    d->day = 1;
    if (++d->month <= 12)
        return;
    d->month = 1;
    d->year++;
}

/* The later of two beginnings, the earlier of two ends: as text they compare as days do. */
static void narrow(char limit[11], const struct day *d, bool to_later)
{
    char text[40];
    if (d->year > 9999)
        return;
    snprintf(text, sizeof text, "%04d-%02d-%02d", d->year, d->month, d->day);
    if (limit[0] == '\0' || (strcmp(text, limit) > 0) == to_later)
        memcpy(limit, text, 11);
}

static int add_day(struct search_query *q, const struct word *w)
{
    struct day d;
    if (w->without || !day_parse(w->value, &d))
        return ERR_DATE_INVALID;
    if (str_is(w->key, "before")) {
        narrow(q->until, &d, false);
        return 0;
    }
    if (str_is(w->key, "on"))
        narrow(q->since, &d, true);
    next_day(&d);
    if (str_is(w->key, "on"))
        narrow(q->until, &d, false);
    else
        narrow(q->since, &d, true);
    return 0;
}

static int add_kind(struct search_query *q, const struct word *w)
{
    static const struct {
        const char *key, *value;
        enum search_kind kind;
    } kinds[] = {{"has", "link", SEARCH_LINK},
                 {"has", "file", SEARCH_FILE},
                 {"has", "code", SEARCH_CODE},
                 {"is", "pinned", SEARCH_PINNED}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is(w->key, kinds[i].key) && str_is(w->value, kinds[i].value)) {
            *(w->without ? &q->lacks : &q->has) |= (unsigned)kinds[i].kind;
            return 0;
        }
    return str_is(w->key, "is") ? ERR_IS_INVALID : ERR_HAS_INVALID;
}

static int add_word(struct search_query *q, const struct word *w)
{
    if (str_is(w->key, "in"))
        return add_name(q->rooms, &q->rooms_n, w, "#@") ? 0 : ERR_TOO_MANY_WORDS;
    if (str_is(w->key, "from"))
        return add_name(q->people, &q->people_n, w, "@") ? 0 : ERR_TOO_MANY_WORDS;
    if (str_is(w->key, "has") || str_is(w->key, "is"))
        return add_kind(q, w);
    if (w->key.n > 0)
        return add_day(q, w);
    if (w->value.n == 0)
        return 0;
    if (q->terms_n == SEARCH_TERMS_MAX)
        return ERR_TOO_MANY_WORDS;
    q->terms[q->terms_n++] = (struct search_term){w->value, w->quoted, w->without};
    return 0;
}

int search_query_parse(struct str text, struct search_query *q_r)
{
    *q_r = (struct search_query){0};
    size_t at = 0, len;
    while (at < text.n) {
        if (is_space(text, at, &len)) {
            at += len;
            continue;
        }
        struct word w = read_word(text, &at);
        int err = add_word(q_r, &w);
        if (err)
            return err;
    }
    return 0;
}
