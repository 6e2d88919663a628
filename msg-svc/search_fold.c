/* Folds texts for search and takes them to pieces. */
#include "search_fold.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

#include "alloc.h"
#include "err.h"

/* A cluster is one letter with what belongs to it. Longer ones are hostile, and are cut. */
enum { CLUSTER_UNITS = 64, FOLDED_UNITS = CLUSTER_UNITS * 20 };

static const UNormalizer2 *nfc, *nfd, *fold;

int search_fold_init(void)
{
    UErrorCode e = U_ZERO_ERROR;
    nfc = unorm2_getNFCInstance(&e);
    nfd = unorm2_getNFDInstance(&e);
    fold = unorm2_getNFKCCasefoldInstance(&e);
    return U_FAILURE(e) ? ERR_INTERNAL : 0;
}

void search_map_fini(struct search_map *map)
{
    free(map->spans);
    *map = (struct search_map){0};
}

static void map_add(struct search_map *map, size_t bytes, struct search_span span)
{
    if (map == NULL)
        return;
    if (map->n + bytes > map->cap) {
        map->cap = (map->n + bytes) * 2;
        map->spans = xrealloc(map->spans, map->cap * sizeof *map->spans);
    }
    for (size_t i = 0; i < bytes; i++)
        map->spans[map->n++] = span;
}

/* Accents and vowel points that people leave out when they type a query. Marks that make another letter, as the voicing
 * of kana or the vowels of Indian scripts, are none of them. */
static bool is_accent(UChar32 c)
{
    static const UChar32 ranges[][2] = {{0x300, 0x36f},   {0x591, 0x5c7},    {0x610, 0x61a},   {0x64b, 0x65f},
                                        {0x670, 0x670},   {0x1ab0, 0x1aff},  {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
                                        {0xfe00, 0xfe0f}, {0x1f3fb, 0x1f3ff}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

static bool is_of_word(UChar32 c)
{
    return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK | U_GC_SO_MASK)) != 0;
}

bool search_is_dense(uint32_t point)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar32 c = (UChar32)point;
    if (c < 0x80)
        return false;
    if (U_GET_GC_MASK(c) & U_GC_SO_MASK || c == 0x30fc)
        return true;
    static const UScriptCode scripts[] = {USCRIPT_HAN,    USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                                          USCRIPT_HANGUL, USCRIPT_BOPOMOFO, USCRIPT_YI};
    UScriptCode script = uscript_getScript(c, &e);
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (script == scripts[i])
            return true;
    return false;
}

static void put_point(struct buf *out, UChar32 c)
{
    char bytes[U8_MAX_LENGTH];
    int32_t n = 0;
    U8_APPEND_UNSAFE(bytes, n, c);
    buf_put(out, bytes, (size_t)n);
}

/* What is written so far: where it began, and whether the next word needs a space before it. */
struct folding {
    struct buf *out;
    struct search_map *map;
    size_t start;
    bool in_word;
};

static void put(struct folding *f, UChar32 c, struct search_span span)
{
    size_t before = f->out->n;
    if (!is_of_word(c)) {
        if (!f->in_word)
            return;
        f->in_word = false;
        buf_char(f->out, ' ');
    } else {
        if (f->out->n == f->start)
            buf_char(f->out, ' ');
        f->in_word = true;
        put_point(f->out, c);
    }
    map_add(f->map, f->out->n - before, span);
}

/* One cluster: case and width folded, then without its accents. */
static void put_cluster(struct folding *f, const UChar *units, int32_t n, struct search_span span)
{
    UChar folded[FOLDED_UNITS], apart[FOLDED_UNITS], bare[FOLDED_UNITS];
    UErrorCode e = U_ZERO_ERROR;
    int32_t folded_n = unorm2_normalize(fold, units, n, folded, FOLDED_UNITS, &e);
    int32_t apart_n = unorm2_normalize(nfd, folded, folded_n, apart, FOLDED_UNITS, &e), bare_n = 0;
    if (U_FAILURE(e))
        return;
    for (int32_t i = 0; i < apart_n;) {
        UChar32 c;
        U16_NEXT(apart, i, apart_n, c);
        if (!is_accent(c))
            U16_APPEND_UNSAFE(bare, bare_n, c);
    }
    int32_t whole_n = unorm2_normalize(nfc, bare, bare_n, apart, FOLDED_UNITS, &e);
    if (U_FAILURE(e))
        return;
    for (int32_t i = 0; i < whole_n;) {
        UChar32 c;
        U16_NEXT(apart, i, whole_n, c);
        put(f, c, span);
    }
}

static void put_ascii(struct folding *f, unsigned char c, uint32_t at)
{
    put(f, c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c, (struct search_span){at, at + 1});
}

void search_fold(struct str text, struct buf *out, struct search_map *map)
{
    struct folding f = {.out = out, .map = map, .start = out->n};
    UChar cluster[CLUSTER_UNITS];
    uint32_t unit = 0;
    for (size_t at = 0; at < text.n;) {
        bool alone = (unsigned char)text.p[at] < 0x80 && (at + 1 == text.n || (unsigned char)text.p[at + 1] < 0x80);
        if (alone) {
            put_ascii(&f, (unsigned char)text.p[at++], unit++);
            continue;
        }
        uint32_t from = unit;
        int32_t n = 0;
        while (at < text.n) {
            size_t next = at;
            UChar32 c = (UChar32)str_next_char(text, &next);
            if (unit > from && unorm2_hasBoundaryBefore(fold, c))
                break;
            if (n + U16_MAX_LENGTH <= CLUSTER_UNITS)
                U16_APPEND_UNSAFE(cluster, n, c);
            unit += (uint32_t)U16_LENGTH(c);
            at = next;
        }
        put_cluster(&f, cluster, n, (struct search_span){from, unit});
    }
    if (f.in_word) {
        buf_char(out, ' ');
        map_add(map, 1, (struct search_span){unit, unit});
    }
}

/* ---- pieces ---- */

enum { GRAM_MAX = 3 };

/* The last characters seen: where each begins, and what it is. */
struct window {
    size_t at[GRAM_MAX + 1]; /* at[0] is the oldest; at[n] is the end */
    bool dense[GRAM_MAX], space[GRAM_MAX];
    size_t n;
};

static void window_push(struct window *w, struct str text, size_t *next)
{
    if (w->n == GRAM_MAX) {
        for (size_t i = 1; i < GRAM_MAX; i++) {
            w->at[i - 1] = w->at[i];
            w->dense[i - 1] = w->dense[i];
            w->space[i - 1] = w->space[i];
        }
        w->n--;
    }
    w->at[w->n] = *next;
    uint32_t c = str_next_char(text, next);
    w->space[w->n] = c == ' ';
    w->dense[w->n] = search_is_dense(c);
    w->at[++w->n] = *next;
}

/* The last `chars` of the window as one piece. */
static struct str last(const struct window *w, struct str text, size_t chars)
{
    size_t from = w->at[w->n - chars];
    return (struct str){text.p + from, w->at[w->n] - from};
}

static bool any(const struct window *w, const bool *is, size_t chars)
{
    for (size_t i = w->n - chars; i < w->n; i++)
        if (is[i])
            return true;
    return false;
}

static bool is_triple(const struct window *w)
{
    return w->n == GRAM_MAX && !any(w, w->dense, 3);
}
static bool is_pair(const struct window *w)
{
    return w->n >= 2 && !any(w, w->space, 2);
}

void search_grams(struct str folded, search_gram_fn *fn, void *arg)
{
    struct window w = {0};
    for (size_t at = 0; at < folded.n;) {
        window_push(&w, folded, &at);
        if (w.dense[w.n - 1])
            fn(arg, last(&w, folded, 1));
        if (is_pair(&w))
            fn(arg, last(&w, folded, 2));
        if (is_triple(&w))
            fn(arg, last(&w, folded, 3));
    }
}

/* A pair of letters is told only when no triple has it, a single character only when no pair has it. */
void search_best_grams(struct str part, search_gram_fn *fn, void *arg)
{
    struct window w = {0};
    struct str waiting = {0}; /* told unless what comes next says more */
    bool waits_for_triple = false;
    for (size_t at = 0; at < part.n;) {
        window_push(&w, part, &at);
        bool triple = is_triple(&w), pair = is_pair(&w);
        if (waiting.n > 0 && !(waits_for_triple ? triple : pair))
            fn(arg, waiting);
        waiting = (struct str){0};
        if (triple) {
            fn(arg, last(&w, part, 3));
        } else if (pair && any(&w, w.dense, 2)) {
            fn(arg, last(&w, part, 2));
        } else if (pair || w.dense[w.n - 1]) {
            waiting = last(&w, part, pair ? 2 : 1);
            waits_for_triple = pair;
        }
    }
    if (waiting.n > 0)
        fn(arg, waiting);
}
