/* Makes parameters of a search query. */
#include "search_plan.h"

#include <inttypes.h>
#include <string.h>

#include "err.h"
#include "search_doc.h"
#include "search_fold.h"

enum { TERM_GRAMS_MAX = 24 };

static uint32_t first_point(struct str s)
{
    size_t at = 0;
    return str_next_char(s, &at);
}

static uint32_t last_point(struct str s)
{
    size_t at = s.n - 1;
    while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80)
        at--;
    return str_next_char(s, &at);
}

/* One letter alone is a word or nothing: it is part of nearly every message. */
static bool is_one_letter(struct str s)
{
    size_t at = 0;
    return !search_is_dense(str_next_char(s, &at)) && at == s.n;
}

static void take_term(struct search_plan *plan, const struct search_term *term)
{
    struct search_word *w = &plan->words[plan->words_n];
    struct buf folded = {0};
    search_fold(term->text, &folded, NULL);
    if (folded.n > 2) {
        struct str inner = {folded.p + 1, folded.n - 2};
        buf_str(&w->text, inner);
        bool whole = term->phrase || is_one_letter(inner);
        w->without = term->without;
        w->phrase = term->phrase;
        w->begins = whole && !search_is_dense(first_point(inner));
        w->ends = whole && !search_is_dense(last_point(inner));
        plan->words_n++;
    }
    buf_fini(&folded);
}

int search_plan_words(struct search_plan *plan)
{
    size_t with = 0, without = 0;
    for (size_t i = 0; i < plan->query.terms_n; i++)
        take_term(plan, &plan->query.terms[i]);
    for (size_t i = 0; i < plan->words_n; i++)
        *(plan->words[i].without ? &without : &with) += 1;
    return with > SEARCH_WITH_MAX || without > SEARCH_WITH_MAX ? ERR_BAD_REQUEST : 0;
}

void search_plan_fini(struct search_plan *plan)
{
    for (size_t i = 0; i < plan->words_n; i++) {
        buf_fini(&plan->words[i].text);
        for (size_t k = 0; k < plan->words[i].stems_n; k++)
            buf_fini(&plan->words[i].stems[k]);
    }
    plan->words_n = 0;
}

static void ids_add(struct search_ids *ids, int64_t id)
{
    if (ids->n < SEARCH_IDS_MAX)
        ids->v[ids->n++] = id;
}

void search_plan_add(struct search_ids *in, struct search_ids *out, const struct search_name *name, int64_t id)
{
    ids_add(name->without ? out : in, id);
}

void search_plan_add_stem(struct search_plan *plan, size_t nth, struct str stem)
{
    struct search_word *w = &plan->words[nth];
    if (nth < plan->words_n && w->stems_n < SEARCH_STEMS_MAX)
        buf_str(&w->stems[w->stems_n++], stem);
}

static bool wants_any(const struct search_name *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!names[i].without)
            return true;
    return false;
}

bool search_plan_is_void(const struct search_plan *plan)
{
    const struct search_query *q = &plan->query;
    bool asks = plan->words_n > 0 || q->rooms_n > 0 || q->people_n > 0 || q->has != 0 || q->lacks != 0 ||
                q->since[0] != '\0' || q->until[0] != '\0';
    return !asks || plan->messages == 0 || (wants_any(q->rooms, q->rooms_n) && plan->rooms_in.n == 0) ||
           (wants_any(q->people, q->people_n) && plan->people_in.n == 0);
}

/* ---- the question to the index ---- */

/* A conjunction being written: "(a & b | c) & d". */
struct query_text {
    struct buf *out;
    size_t grams, skip, seen;
};

static void put_token(struct buf *out, struct str token)
{
    buf_char(out, '\'');
    buf_str(out, token); /* neither quotes nor backslashes are in folded text, nor in tokens of ours */
    buf_char(out, '\'');
}

static void put_and(struct buf *out)
{
    if (out->n > 0 && out->p[out->n - 1] != '(')
        buf_cstr(out, " & ");
}

static void count_gram(void *arg, struct str gram)
{
    struct query_text *t = arg;
    (void)gram;
    t->grams++;
}

/* Of a long phrase not every piece: those left out would hardly make fewer messages of it. */
static void put_gram(void *arg, struct str gram)
{
    struct query_text *t = arg;
    if (t->seen++ % t->skip != 0)
        return;
    put_and(t->out);
    put_token(t->out, gram);
}

static void put_kind(void *arg, struct str token)
{
    put_and(arg);
    put_token(arg, token);
}

static void put_bounded(const struct search_word *w, struct buf *out)
{
    if (w->begins)
        buf_char(out, ' ');
    buf_str(out, buf_view(&w->text));
    if (w->ends)
        buf_char(out, ' ');
}

static void put_word(const struct search_word *w, struct buf *out)
{
    struct buf part = {0};
    struct query_text t = {.out = out};
    put_bounded(w, &part);
    search_best_grams(buf_view(&part), count_gram, &t);
    if (t.grams > 0) {
        t.skip = (t.grams + TERM_GRAMS_MAX - 1) / TERM_GRAMS_MAX;
        put_and(out);
        buf_char(out, '(');
        search_best_grams(buf_view(&part), put_gram, &t);
        for (size_t i = 0; i < w->stems_n; i++) {
            buf_cstr(out, " | 'T");
            buf_str(out, buf_view(&w->stems[i]));
            buf_char(out, '\'');
        }
        buf_char(out, ')');
    }
    buf_fini(&part);
}

static void put_any(struct buf *out, char letter, const struct search_ids *ids)
{
    if (ids->n == 0)
        return;
    put_and(out);
    buf_char(out, '(');
    for (size_t i = 0; i < ids->n; i++)
        buf_printf(out, "%s'%c%" PRId64 "'", i == 0 ? "" : " | ", letter, ids->v[i]);
    buf_char(out, ')');
}

void search_plan_tsquery(const struct search_plan *plan, struct buf *out)
{
    for (size_t i = 0; i < plan->words_n; i++)
        if (!plan->words[i].without)
            put_word(&plan->words[i], out);
    search_kind_tokens(plan->query.has, put_kind, out);
    put_any(out, 'S', &plan->people_in);
    if (plan->reach_known)
        put_any(out, 'R', &plan->reach);
}

/* ---- parameters ---- */

static void put_ids(struct db_params *v, const struct search_ids *ids, bool null_if_none)
{
    if (ids->n == 0 && null_if_none) {
        db_p_null(v);
        return;
    }
    db_p_array(v);
    for (size_t i = 0; i < ids->n; i++)
        db_p_array_int(v, ids->v[i]);
    db_p_array_end(v);
}

static void put_patterns(struct db_params *v, const struct search_word *w)
{
    struct buf pattern = {0};
    buf_char(&pattern, '%');
    put_bounded(w, &pattern);
    buf_char(&pattern, '%');
    db_p_array_str(v, buf_view(&pattern));
    for (size_t i = 0; i < w->stems_n; i++) {
        buf_reset(&pattern);
        buf_printf(&pattern, "%%%c%.*s%c%%", SEARCH_GRAM_END, (int)w->stems[i].n, w->stems[i].p, SEARCH_GRAM_END);
        db_p_array_str(v, buf_view(&pattern));
    }
    buf_fini(&pattern);
}

static void put_all_patterns(const struct search_plan *plan, struct db_params *v)
{
    size_t put = 0;
    for (size_t i = 0; i < plan->words_n; i++) {
        if (plan->words[i].without)
            continue;
        db_p_array(v);
        put_patterns(v, &plan->words[i]);
        db_p_array_end(v);
        put++;
    }
    for (; put < SEARCH_WITH_MAX; put++)
        db_p_cstr(v, "{%}");
    db_p_array(v);
    for (size_t i = 0; i < plan->words_n; i++)
        if (plan->words[i].without)
            put_patterns(v, &plan->words[i]);
    db_p_array_end(v);
}

void search_plan_params(const struct search_plan *plan, int64_t user, struct db_params *v)
{
    struct search_ids rooms = plan->rooms_in;
    struct buf tsquery = {0};
    if (plan->scope != 0)
        rooms = (struct search_ids){{plan->scope}, 1};
    db_p_int(v, user);
    put_ids(v, &rooms, true);
    put_ids(v, &plan->rooms_out, false);
    put_ids(v, &plan->people_in, true);
    put_ids(v, &plan->people_out, false);
    db_p_int(v, plan->since_us);
    db_p_int(v, plan->until_us);
    db_p_int(v, plan->before.ts_us);
    db_p_int(v, plan->before.room);
    db_p_int(v, plan->before.seq);
    db_p_int(v, plan->query.has);
    db_p_int(v, plan->query.lacks);
    put_all_patterns(plan, v);
    db_p_array(v);
    db_p_array_int(v, plan->best ? SEARCH_RANKED : plan->limit + 1);
    db_p_array_int(v, plan->offset);
    db_p_array_int(v, plan->limit + 1);
    db_p_array_end(v);
    search_plan_tsquery(plan, &tsquery);
    db_p_str(v, buf_view(&tsquery));
    buf_fini(&tsquery);
    db_p_array(v);
    for (size_t i = 0; plan->best && i < plan->words_n; i++)
        if (!plan->words[i].without)
            db_p_array_str(v, buf_view(&plan->words[i].text));
    db_p_array_end(v);
}
