/* Strict, bounded JSON input over jansson. */
#include "jval.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>

#include "arena.h"

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

/* ---- memory ----
 * jansson makes some pieces of the heap for each member. While a text is parsed they come from its arena instead, which
 * goes as a whole with the root. Others in the process use jansson, too: theirs come from the heap, as ever. */

enum { ROOM = 4000 }; /* what a frame of a client needs */

/* Before each piece, so that the root tells which arena is to go. */
union head {
    struct arena *arena;
    max_align_t aligns;
};

static _Thread_local struct arena *parsing;

static void *take(size_t n)
{
    if (!parsing)
        return malloc(n);
    union head *head = arena_take(parsing, sizeof *head + n);
    head->arena = parsing;
    return head + 1;
}

static void give_back(void *piece)
{
    if (!parsing)
        free(piece);
}

static void take_over(void)
{
    json_set_alloc_funcs(take, give_back);
}

static struct arena *arena_make(void)
{
    struct arena arena = {0};
    arena_open(&arena, sizeof arena + ROOM);
    struct arena *own = arena_take(&arena, sizeof *own);
    *own = arena;
    return own;
}

static void arena_end(struct arena *own)
{
    struct arena arena = *own;
    arena_free(&arena);
}

/* true, false and null are jansson's own, of no memory. */
static bool is_of_arena(const json_t *root)
{
    return root && !json_is_boolean(root) && !json_is_null(root);
}

struct jval *jval_parse(struct str text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    json_error_t error;

    if (text.n == 0 || !depth_ok(text))
        return NULL;
    pthread_once(&once, take_over);
    struct arena *own = parsing = arena_make();
    /* Without JSON_ALLOW_NUL the parser refuses \u0000 itself, and any integer that int64_t cannot hold. */
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    parsing = NULL;
    if (!is_of_arena(root))
        arena_end(own);
    return (struct jval *)(void *)root;
}

void jval_free(struct jval *root)
{
    if (is_of_arena(json_of(root)))
        arena_end(((union head *)(void *)root)[-1].arena);
}

/* ---- reading ---- */

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
