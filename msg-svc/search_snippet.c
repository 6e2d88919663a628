/* Finds the words of a query in a message and cuts a line around them. */
#include "search_snippet.h"

#include <stdlib.h>
#include <string.h>

#include "search_fold.h"

enum { FOUND_MAX = 256 };

struct found {
    struct search_span at[FOUND_MAX];
    size_t n;
};

static void add_found(struct found *f, const struct search_map *map, size_t from, size_t to)
{
    if (f->n < FOUND_MAX && to > from)
        f->at[f->n++] = (struct search_span){map->spans[from].from, map->spans[to - 1].to};
}

/* Every place of `part` in the folded text, without the spaces that bound it. */
static void find_part(struct str folded, const struct search_map *map, const struct search_word *w, struct found *f)
{
    struct str text = buf_view(&w->text);
    for (size_t at = 1; at + text.n < folded.n;) {
        const char *p = memmem(folded.p + at, folded.n - at, text.p, text.n);
        if (p == NULL)
            return;
        size_t from = (size_t)(p - folded.p), to = from + text.n;
        bool fits = (!w->begins || folded.p[from - 1] == ' ') && (!w->ends || (to < folded.n && folded.p[to] == ' '));
        if (fits)
            add_found(f, map, from, to);
        at = fits ? to : from + 1;
    }
}

/* Words of a stem: which endings a stemmer takes off only PostgreSQL knows, so the beginning has to do. */
static void find_stem(struct str folded, const struct search_map *map, struct str stem, struct found *f)
{
    struct str begin = {stem.p, stem.n > 3 ? stem.n - 1 : stem.n};
    while (begin.n > 0 && begin.n < stem.n && ((unsigned char)stem.p[begin.n] & 0xc0) == 0x80)
        begin.n--;
    for (size_t at = 1; at < folded.n;) {
        const char *end = memchr(folded.p + at, ' ', folded.n - at);
        size_t to = end == NULL ? folded.n : (size_t)(end - folded.p);
        if (begin.n > 0 && str_starts((struct str){folded.p + at, to - at}, begin))
            add_found(f, map, at, to);
        at = to + 1;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct search_span *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* In their order; what overlaps becomes one. */
static void settle(struct found *f)
{
    size_t kept = 0;
    qsort(f->at, f->n, sizeof f->at[0], by_place);
    for (size_t i = 0; i < f->n; i++) {
        if (kept > 0 && f->at[i].from <= f->at[kept - 1].to) {
            if (f->at[i].to > f->at[kept - 1].to)
                f->at[kept - 1].to = f->at[i].to;
        } else {
            f->at[kept++] = f->at[i];
        }
    }
    f->n = kept;
}

static void find_all(const struct search_plan *plan, struct str body, struct found *f)
{
    struct buf folded = {0};
    struct search_map map = {0};
    search_fold(body, &folded, &map);
    for (size_t i = 0; i < plan->words_n; i++) {
        const struct search_word *w = &plan->words[i];
        if (w->without)
            continue;
        size_t before = f->n;
        find_part(buf_view(&folded), &map, w, f);
        for (size_t k = 0; f->n == before && k < w->stems_n; k++)
            find_stem(buf_view(&folded), &map, buf_view(&w->stems[k]), f);
    }
    settle(f);
    search_map_fini(&map);
    buf_fini(&folded);
}

static uint32_t units_of(uint32_t point)
{
    return point >= 0x10000 ? 2 : 1;
}

static uint32_t units(struct str s)
{
    uint32_t n = 0;
    for (size_t at = 0; at < s.n;)
        n += units_of(str_next_char(s, &at));
    return n;
}

static const char ellipsis[] = "\xe2\x80\xa6";

/* Copy the units [from, to) of the body on one line; the shift of places in it is returned in *shift_r. */
static void cut(struct str body, uint32_t from, uint32_t to, struct buf *out, int64_t *shift_r)
{
    uint32_t unit = 0, skipped = 0;
    bool begun = false;
    for (size_t at = 0; at < body.n && unit < to;) {
        size_t start = at;
        uint32_t c = str_next_char(body, &at), here = unit;
        unit += units_of(c);
        if (here < from) {
            skipped = unit;
            continue;
        }
        if (!begun && skipped > 0)
            buf_cstr(out, ellipsis);
        begun = true;
        if (c < 0x20)
            buf_char(out, ' ');
        else
            buf_put(out, body.p + start, at - start);
    }
    if (unit < units(body))
        buf_cstr(out, ellipsis);
    *shift_r = skipped > 0 ? (int64_t)skipped - 1 : 0;
}

void search_snippet(const struct search_plan *plan, struct str body, struct search_snippet *snippet_r)
{
    struct found f = {.n = 0};
    uint32_t all = units(body), from = 0;
    int64_t shift;
    find_all(plan, body, &f);
    if (all > SNIPPET_UNITS && f.n > 0 && f.at[0].from > SNIPPET_LEAD)
        from = f.at[0].from - SNIPPET_LEAD;
    if (from > 0 && from + SNIPPET_UNITS > all)
        from = all - SNIPPET_UNITS;
    uint32_t to = from + SNIPPET_UNITS < all ? from + SNIPPET_UNITS : all;
    cut(body, from, to, &snippet_r->text, &shift);
    for (size_t i = 0; i < f.n && snippet_r->marks_n < SNIPPET_MARKS; i++) {
        if (f.at[i].from < from || f.at[i].to > to || f.at[i].to <= f.at[i].from)
            continue;
        uint32_t *mark = snippet_r->marks[snippet_r->marks_n++];
        mark[0] = (uint32_t)(f.at[i].from - shift);
        mark[1] = (uint32_t)(f.at[i].to - shift);
    }
}

void search_snippet_fini(struct search_snippet *snippet)
{
    buf_fini(&snippet->text);
}
