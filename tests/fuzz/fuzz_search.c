/* What a stranger searches for, in what strangers wrote: the first line is the query, the rest a message. Properties:
 * folding again changes nothing; every byte of folded text has its place in the source; a message that has a word has
 * all pieces of it that the index is asked for; what is marked lies in the line that is shown. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "search_doc.h"
#include "search_fold.h"
#include "search_snippet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)  \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static uint32_t units(struct str s)
{
    uint32_t n = 0;
    for (size_t at = 0; at < s.n;)
        n += str_next_char(s, &at) >= 0x10000 ? 2 : 1;
    return n;
}

static void check_fold(struct str text)
{
    struct buf once = {0}, twice = {0};
    struct search_map map = {0};
    uint32_t end = units(text);
    search_fold(text, &once, &map);
    search_fold(buf_view(&once), &twice, NULL);
    CHECK(str_utf8(buf_view(&once)));
    CHECK(str_eq(buf_view(&once), buf_view(&twice)));
    CHECK(map.n == once.n);
    for (size_t i = 0; i < map.n; i++)
        CHECK(map.spans[i].from <= map.spans[i].to && map.spans[i].to <= end);
    CHECK(once.n == 0 || (once.n > 2 && once.p[0] == ' ' && once.p[once.n - 1] == ' '));
    CHECK(once.n == 0 || !memchr(once.p, '%', once.n));
    search_map_fini(&map);
    buf_fini(&once);
    buf_fini(&twice);
}

struct lookup {
    struct str tokens;
};

static void is_there(void *arg, struct str gram)
{
    const struct lookup *l = arg;
    struct buf needle = {0};
    buf_char(&needle, SEARCH_GRAM_END);
    buf_str(&needle, gram);
    buf_char(&needle, SEARCH_GRAM_END);
    CHECK(memmem(l->tokens.p, l->tokens.n, needle.p, needle.n) != NULL);
    buf_fini(&needle);
}

static void check_found(const struct search_word *w, struct str body)
{
    struct buf folded = {0}, tokens = {0}, part = {0};
    struct search_message m = {.room = 1, .sender = 1, .body = body};
    search_doc(&m, &folded, &tokens);
    buf_char(&tokens, SEARCH_GRAM_END);
    if (w->begins)
        buf_char(&part, ' ');
    buf_str(&part, buf_view(&w->text));
    if (w->ends)
        buf_char(&part, ' ');
    struct lookup lookup = {buf_view(&tokens)};
    if (folded.n > 0 && memmem(folded.p, folded.n, part.p, part.n) != NULL)
        search_best_grams(buf_view(&part), is_there, &lookup);
    buf_fini(&folded);
    buf_fini(&tokens);
    buf_fini(&part);
}

static void check_snippet(const struct search_plan *plan, struct str body)
{
    struct search_snippet s = {0};
    search_snippet(plan, body, &s);
    uint32_t end = units(buf_view(&s.text)), at = 0;
    CHECK(str_utf8(buf_view(&s.text)) && end <= SNIPPET_UNITS + 3);
    for (size_t i = 0; i < s.marks_n; i++) {
        CHECK(s.marks[i][0] >= at && s.marks[i][0] < s.marks[i][1] && s.marks[i][1] <= end);
        at = s.marks[i][1];
    }
    search_snippet_fini(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct str rest = {(const char *)data, size}, query;
    static struct search_plan plan;
    if (!ready)
        CHECK(search_fold_init() == 0);
    ready = true;
    if (!str_utf8(rest) || memchr(rest.p ? rest.p : "", 0, rest.n) != NULL)
        return 0;
    rest = str_cut(rest, '\n', &query);
    check_fold(query);
    check_fold(rest);
    plan = (struct search_plan){.messages = 1, .limit = 20};
    if (search_query_parse(query, &plan.query) != 0)
        return 0;
    if (search_plan_words(&plan) == 0) {
        struct buf tsquery = {0};
        search_plan_tsquery(&plan, &tsquery);
        buf_fini(&tsquery);
        for (size_t i = 0; i < plan.words_n; i++)
            check_found(&plan.words[i], rest);
        check_snippet(&plan, rest);
    }
    search_plan_fini(&plan);
    return 0;
}
