/* search: messages of the caller's rooms that fit a query, a page at a time.
 *
 *   parse ─► resolve names, stems ─► few messages in reach: all of them ───────────────► answer
 *                                 └► the newest of all rooms ─► enough ────────────────► answer
 *                                                            └► the index ─► in time ──► answer
 *                                                                         └► too slow ─► what the newest had,
 *                                                                                        and where to look on */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "calls.h"
#include "clock.h"
#include "err.h"
#include "search_snippet.h"
#include "search_sql.h"

/* Pages hold texts: fewer of them than of other lists. */
enum { PAGE_DEFAULT = 20, PAGE_MAX = 50 };

struct hit {
    int64_t room, seq, sender, ts_us;
    int64_t about; /* of a reply the root of its thread; 0: none */
    char type[12];
    struct search_snippet snippet;
};

struct search {
    struct search_plan plan;
    struct str zone;
    struct hit hits[PAGE_MAX];
    size_t hits_n;
    struct search_place last; /* of the rows that were looked at for this page, `rows_n` of them */
    size_t rows_n;
    bool some; /* of those that fit only the newest were ranked */
    bool more; /* another hit than these was found */
};

static void forget_hits(struct search *s)
{
    for (size_t i = 0; i < s->hits_n; i++)
        search_snippet_fini(&s->hits[i].snippet);
    s->hits_n = 0;
}

void search_destroy(struct search **search)
{
    if (*search == NULL)
        return;
    forget_hits(*search);
    search_plan_fini(&(*search)->plan);
    free(*search);
    *search = NULL;
}

static void query(struct call *c, const char *sql, struct db_params *params, db_done_fn *fn)
{
    int err = db_query(c->calls->search->db, sql, params, fn, c);
    if (err != 0)
        call_fail(c, err, NULL);
}

/* ---- the answer ---- */

static void write_hit(struct jsonw *w, const struct hit *hit)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "room", hit->room);
    jsonw_int(w, "seq", hit->seq);
    jsonw_cstr(w, "type", hit->type);
    if (hit->about != 0)
        jsonw_int(w, "about", hit->about);
    jsonw_id(w, "sender", hit->sender);
    jsonw_int(w, "ts", hit->ts_us / 1000);
    jsonw_str(w, "text", buf_view(&hit->snippet.text));
    jsonw_arr(w, "marks");
    for (size_t i = 0; i < hit->snippet.marks_n; i++) {
        jsonw_int(w, NULL, hit->snippet.marks[i][0]);
        jsonw_int(w, NULL, hit->snippet.marks[i][1]);
    }
    jsonw_arr_end(w);
    jsonw_obj_end(w);
}

/* Where the next page begins. Ranked pages count on from a ranking of what was there when the first one was asked. */
static void write_next(struct jsonw *w, const struct search_plan *plan, const struct search_place *place, size_t shown)
{
    struct buf text = {0};
    int64_t now_us = clock_wall_ms() * 1000;
    if (plan->best)
        buf_printf(&text, "b%" PRId64 ".%" PRId64, plan->until_us < now_us ? plan->until_us : now_us,
                   plan->offset + (int64_t)shown);
    else
        buf_printf(&text, "n%" PRId64 ".%" PRId64 ".%" PRId64, place->ts_us, place->room, place->seq);
    jsonw_str(w, "next", buf_view(&text));
    buf_fini(&text);
}

/* `walked`: where an incomplete look ended; NULL: it was complete. */
static void answer(struct call *c, const struct search_place *walked)
{
    const struct search *s = c->search;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "hits");
    for (size_t i = 0; i < s->hits_n; i++)
        write_hit(&w, &s->hits[i]);
    jsonw_arr_end(&w);
    bool cut = walked != NULL || (s->some && !s->more);
    jsonw_bool(&w, "complete", !s->more && !cut);
    if (cut)
        jsonw_bool(&w, "cut", true);
    if (s->more && s->rows_n > 0) {
        write_next(&w, &s->plan, &s->last, s->rows_n);
    } else if (walked != NULL && !s->plan.best) {
        write_next(&w, &s->plan, walked, s->rows_n);
    }
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* ---- looking ---- */

enum column { ROOM, SEQ, SENDER, TS, TYPE, BODY, ABOUT, FOUND, DELETED };

/* The index follows the logs; what was deleted is not shown, however far it is behind. */
static void take_hits(struct search *s, const struct db_result *r)
{
    forget_hits(s);
    s->rows_n = 0;
    s->more = db_rows(r) > (size_t)s->plan.limit;
    s->some = s->plan.best && db_rows(r) > 0 && db_int(r, 0, FOUND) >= SEARCH_RANKED;
    for (size_t i = 0; i < db_rows(r) && i < (size_t)s->plan.limit; i++) {
        s->last = (struct search_place){db_int(r, i, TS), db_int(r, i, ROOM), db_int(r, i, SEQ)};
        s->rows_n++;
        if (db_bool(r, i, DELETED))
            continue;
        struct hit *hit = &s->hits[s->hits_n++];
        struct str type = db_str(r, i, TYPE);
        *hit = (struct hit){.room = db_int(r, i, ROOM),
                            .seq = db_int(r, i, SEQ),
                            .sender = db_int(r, i, SENDER),
                            .ts_us = db_int(r, i, TS),
                            .about = db_is_null(r, i, ABOUT) ? 0 : db_int(r, i, ABOUT)};
        memcpy(hit->type, type.p, type.n < sizeof hit->type ? type.n : sizeof hit->type - 1);
        search_snippet(&s->plan, db_str(r, i, BODY), &hit->snippet);
    }
}

static void on_walk_end(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        answer(c, NULL);
        return;
    }
    struct search_place end = {db_int(r, 0, 0), db_int(r, 0, 1), db_int(r, 0, 2)};
    answer(c, &end);
}

/* There may be more, further back than was looked: say so, and where to look on. */
static void ask_walk_end(struct call *c)
{
    const struct search_plan *p = &c->search->plan;
    struct db_params v = {0};
    db_p_int(&v, p->since_us);
    db_p_int(&v, p->until_us);
    db_p_int(&v, p->before.ts_us);
    db_p_int(&v, p->before.room);
    db_p_int(&v, p->before.seq);
    query(c, SEARCH_WALK_END_SQL, &v, on_walk_end);
}

static void on_index(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (err == ERR_TIMEOUT) {
        ask_walk_end(c);
        return;
    }
    if (!call_answered(c, err, r))
        return;
    take_hits(c->search, r);
    answer(c, NULL);
}

static void ask_index(struct call *c)
{
    struct db_params v = {0};
    struct buf tsquery = {0};
    search_plan_tsquery(&c->search->plan, &tsquery);
    bool helps = tsquery.n > 0;
    buf_fini(&tsquery);
    if (!helps) {
        ask_walk_end(c);
        return;
    }
    search_plan_params(&c->search->plan, c->user, &v);
    query(c, SEARCH_INDEX_SQL, &v, on_index);
}

static void on_all(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    take_hits(c->search, r);
    answer(c, NULL);
}

/* Enough: a page of the newest; for a ranking as many as make one worth it. */
static bool is_enough(const struct search_plan *plan, const struct db_result *r)
{
    int64_t found = db_rows(r) > 0 ? db_int(r, 0, FOUND) : 0;
    return plan->best ? found >= SEARCH_RANKED_ENOUGH : found > plan->limit;
}

static void on_recent(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    take_hits(c->search, r);
    if (is_enough(&c->search->plan, r)) {
        c->search->some = c->search->plan.best;
        answer(c, NULL);
    } else {
        ask_index(c);
    }
}

static void look(struct call *c)
{
    const struct search_plan *plan = &c->search->plan;
    struct db_params v = {0};
    if (search_plan_is_void(plan)) {
        answer(c, NULL);
        return;
    }
    search_plan_params(plan, c->user, &v);
    if (plan->messages <= SEARCH_WALK)
        query(c, SEARCH_ROOMS_SQL, &v, on_all);
    else
        query(c, SEARCH_RECENT_SQL, &v, on_recent);
}

/* ---- names and days ---- */

static void take_row(struct search_plan *p, const struct db_result *r, size_t i)
{
    enum { WHAT, NTH, ID, STEM };
    struct str what = db_str(r, i, WHAT);
    size_t nth = (size_t)db_int(r, i, NTH) - 1;
    int64_t id = db_int(r, i, ID);
    if (db_is_null(r, i, ID))
        return;
    if (str_is(what, "room") && nth < p->query.rooms_n)
        search_plan_add(&p->rooms_in, &p->rooms_out, &p->query.rooms[nth], id);
    else if (str_is(what, "person") && nth < p->query.people_n)
        search_plan_add(&p->people_in, &p->people_out, &p->query.people[nth], id);
    else if (str_is(what, "reach") && p->reach.n < SEARCH_IDS_MAX)
        p->reach.v[p->reach.n++] = id;
    else if (str_is(what, "messages"))
        p->messages = id;
    else if (str_is(what, "since") && id > p->since_us)
        p->since_us = id;
    else if (str_is(what, "until") && id < p->until_us)
        p->until_us = id;
    else if (str_is(what, "stem"))
        search_plan_add_stem(p, nth, db_str(r, i, STEM));
}

static void on_resolved(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (err == ERR_SQL && strcmp(db_sqlstate(r), "22023") == 0) {
        call_fail(c, ERR_TIME_ZONE_INVALID, NULL);
        return;
    }
    if (!call_answered(c, err, r))
        return;
    struct search_plan *p = &c->search->plan;
    for (size_t i = 0; i < db_rows(r); i++)
        take_row(p, r, i);
    p->reach_known = p->reach.n <= SEARCH_ROOM_TOKENS_MAX;
    look(c);
}

static void put_names(struct db_params *v, const struct search_name *names, size_t n)
{
    db_p_array(v);
    for (size_t i = 0; i < n; i++)
        db_p_array_str(v, names[i].text);
    db_p_array_end(v);
}

static void put_stem_words(struct db_params *v, const struct search_plan *p, const struct search_languages *languages)
{
    db_p_array(v);
    for (size_t i = 0; i < p->words_n; i++) {
        const struct search_word *w = &p->words[i];
        bool one = !w->phrase && memchr(w->text.p, ' ', w->text.n) == NULL;
        db_p_array_str(v, one ? buf_view(&w->text) : STR(""));
    }
    db_p_array_end(v);
    db_p_array(v);
    for (size_t i = 0; i < languages->n; i++)
        db_p_array_str(v, str_of(languages->names[i]));
    db_p_array_end(v);
}

static void resolve(struct call *c)
{
    const struct search *s = c->search;
    const struct search_query *q = &s->plan.query;
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_str(&v, s->zone);
    db_p_cstr(&v, q->since[0] == '\0' ? NULL : q->since);
    db_p_cstr(&v, q->until[0] == '\0' ? NULL : q->until);
    put_names(&v, q->rooms, q->rooms_n);
    db_p_array(&v);
    for (size_t i = 0; i < q->rooms_n; i++)
        db_p_array_str(&v, q->rooms[i].without ? STR("t") : STR("f"));
    db_p_array_end(&v);
    put_names(&v, q->people, q->people_n);
    if (s->plan.scope == 0)
        db_p_null(&v);
    else
        db_p_int(&v, s->plan.scope);
    db_p_int(&v, SEARCH_ROOM_TOKENS_MAX + 1);
    put_stem_words(&v, &s->plan, &c->calls->search->languages);
    query(c, SEARCH_RESOLVE_SQL, &v, on_resolved);
}

/* ---- arguments ---- */

static bool take_int(struct str *rest, int64_t *out)
{
    struct str head;
    *rest = str_cut(*rest, '.', &head);
    return str_i64(head, out);
}

/* As write_next() made it. */
static bool take_cursor(struct search_plan *p, struct str text)
{
    if (text.n == 0 || text.p[0] != (p->best ? 'b' : 'n'))
        return false;
    struct str rest = {text.p + 1, text.n - 1};
    if (p->best)
        return take_int(&rest, &p->until_us) && take_int(&rest, &p->offset) && rest.n == 0;
    return take_int(&rest, &p->before.ts_us) && take_int(&rest, &p->before.room) && take_int(&rest, &p->before.seq) &&
           rest.n == 0;
}

/* Zones are PostgreSQL's to know; only what cannot be one is not even asked for. */
static bool is_zone(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z') ||
              (s.p[i] >= '0' && s.p[i] <= '9') || strchr("+-_/", s.p[i]) != NULL))
            return false;
    return s.n > 0 && s.n <= 64;
}

/* 0, or what is wrong; of ERR_BAD_REQUEST *field_r says where. */
static int take_arguments(struct call *c, const char **field_r)
{
    static const int64_t year_9999_us = INT64_C(253370764800000000);
    struct search_plan *p = &c->search->plan;
    struct str text, sort = STR("new"), cursor, zone;
    *field_r = "q";
    if (!jval_get_str(c->args, "q", &text))
        return ERR_BAD_REQUEST;
    int err = search_query_parse(text, &p->query);
    if (!err && search_plan_words(p) != 0)
        err = ERR_TOO_MANY_WORDS;
    if (err)
        return err;
    jval_get_str(c->args, "sort", &sort);
    p->best = str_is(sort, "best");
    p->until_us = p->before.ts_us = year_9999_us;
    p->before.room = p->before.seq = INT64_MAX;
    p->limit = call_limit(c, PAGE_DEFAULT);
    if (p->limit > PAGE_MAX)
        p->limit = PAGE_MAX;
    *field_r = "room";
    if (call_int(c, "room", &p->scope) && p->scope <= 0)
        return ERR_BAD_REQUEST;
    c->search->zone = STR("UTC");
    if (jval_get_str(c->args, "zone", &zone) && zone.n > 0)
        c->search->zone = is_zone(zone) ? zone : STR("none");
    *field_r = "after";
    if (jval_get_str(c->args, "after", &cursor) && !take_cursor(p, cursor))
        return ERR_BAD_REQUEST;
    return p->offset > 100000 || p->before.ts_us > year_9999_us || p->until_us > year_9999_us ? ERR_BAD_REQUEST : 0;
}

void call_search(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    c->search = xcalloc(1, sizeof *c->search);
    const char *field;
    int err = take_arguments(c, &field);
    if (err)
        call_fail(c, err, err == ERR_BAD_REQUEST ? field : NULL);
    else
        resolve(c);
}
