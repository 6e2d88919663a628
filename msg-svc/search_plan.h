/* A parsed query on its way to the database: its words folded, its names looked up, and the parameters of the
 * statements of call_search.c. */
#ifndef PARLEY_SEARCH_PLAN_H
#define PARLEY_SEARCH_PLAN_H

#include "db.h"
#include "search_query.h"

enum { SEARCH_IDS_MAX = 64, SEARCH_STEMS_MAX = 8, SEARCH_ROOM_TOKENS_MAX = 32, SEARCH_WITH_MAX = 8 };
/* Of the best, so many of the newest that fit are ranked; so many of the newest messages are enough for it. */
enum { SEARCH_RANKED = 1000, SEARCH_RANKED_ENOUGH = 200 };

/* One term: the text between the spaces, and what else counts as it. */
struct search_word {
    struct buf text; /* folded, without the spaces at its ends */
    struct buf stems[SEARCH_STEMS_MAX];
    size_t stems_n;
    bool without;
    bool phrase;
    bool begins, ends; /* must begin, end where a word does */
};

struct search_ids {
    int64_t v[SEARCH_IDS_MAX];
    size_t n;
};

struct search_place { /* in the order of results, the newest first */
    int64_t ts_us, room, seq;
};

struct search_plan {
    struct search_query query;
    struct search_word words[SEARCH_TERMS_MAX];
    size_t words_n;
    struct search_ids rooms_in, rooms_out, people_in, people_out; /* found by their names */
    struct search_ids reach;                                      /* rooms to look into, when they are few */
    bool reach_known;
    int64_t messages; /* in all rooms to look into */
    int64_t scope;    /* the one room asked for by its id; 0: none */
    int64_t since_us, until_us;
    struct search_place before;
    bool best;
    int64_t offset, limit;
};

/* Fold the terms of plan->query. ERR_BAD_REQUEST: more than SEARCH_WITH_MAX of them to be found, or to be without. */
int search_plan_words(struct search_plan *plan);
void search_plan_fini(struct search_plan *plan);
/* What `id` the nth name stands for; more than fit are left out. */
void search_plan_add(struct search_ids *in, struct search_ids *out, const struct search_name *name, int64_t id);
/* A stem of the nth word. */
void search_plan_add_stem(struct search_plan *plan, size_t nth, struct str stem);
/* Names were given that nobody and nothing has: there is nothing to find. */
bool search_plan_is_void(const struct search_plan *plan);

/* Append what the index is asked, as text of a tsquery. Nothing: the index says nothing of such a query. */
void search_plan_tsquery(const struct search_plan *plan, struct buf *out);
/* The parameters 1 to 24 of SEARCH_MATCH and what stands around it (search_sql.h). */
void search_plan_params(const struct search_plan *plan, int64_t user, struct db_params *v);

#endif
