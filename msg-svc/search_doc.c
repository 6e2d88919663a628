/* Makes of a message what the index takes. */
#include "search_doc.h"

#include <inttypes.h>
#include <string.h>

#include "search_fold.h"

static bool has(struct str s, struct str part)
{
    return memmem(s.p, s.n, part.p, part.n) != NULL;
}

/* Two backticks with something between them on one line, or a block's three. */
static bool has_code(struct str s)
{
    const char *from = s.p, *end = s.p + s.n;
    while (from < end && (from = memchr(from, '`', (size_t)(end - from))) != NULL) {
        const char *to = from + 1;
        while (to < end && *to != '`' && *to != '\n')
            to++;
        if (to < end && *to == '`' && (to > from + 1 || (to + 1 < end && to[1] == '`')))
            return true;
        from = to;
    }
    return false;
}

unsigned search_kinds(const struct search_message *m)
{
    unsigned kinds = 0;
    if (has(m->body, STR("https://")) || has(m->body, STR("http://")) || has(m->body, STR("www.")))
        kinds |= SEARCH_LINK;
    if (has_code(m->body))
        kinds |= SEARCH_CODE;
    if (m->has_file)
        kinds |= SEARCH_FILE;
    if (m->pinned)
        kinds |= SEARCH_PINNED;
    return kinds;
}

void search_kind_tokens(unsigned kinds, void (*fn)(void *arg, struct str token), void *arg)
{
    static const char *const tokens[] = {"L", "F", "C", "P"};
    for (unsigned i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
        if (kinds & 1U << i)
            fn(arg, str_of(tokens[i]));
}

static void put(void *arg, struct str token)
{
    struct buf *tokens = arg;
    buf_char(tokens, SEARCH_GRAM_END);
    buf_str(tokens, token);
}

void search_doc(const struct search_message *m, struct buf *folded, struct buf *tokens)
{
    size_t start = folded->n;
    search_fold(m->body, folded, NULL);
    buf_printf(tokens, "R%" PRId64 "%cS%" PRId64, m->room, SEARCH_GRAM_END, m->sender);
    search_kind_tokens(search_kinds(m), put, tokens);
    if (folded->n > start)
        search_grams((struct str){folded->p + start, folded->n - start}, put, tokens);
}
