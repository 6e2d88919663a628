/* What people type into the search box, read: words and parts of words, "phrases", -exclusions, and the operators in:
 * from: before: after: on: has: is:. Views into the text that was parsed; nothing is looked up here.
 *
 *   deploy -test from:ada in:"room of mine" has:link after:2026-01-31     valid
 *   "half open         a phrase to the end        from:     an ordinary word        x:y     an ordinary word
 *   before:tomorrow    ERR_BAD_REQUEST, and what of it is wrong */
#ifndef PARLEY_SEARCH_QUERY_H
#define PARLEY_SEARCH_QUERY_H

#include "buf.h"

enum { SEARCH_TERMS_MAX = 16, SEARCH_NAMES_MAX = 8 };

enum search_kind { SEARCH_LINK = 1, SEARCH_FILE = 2, SEARCH_CODE = 4, SEARCH_PINNED = 8 };

struct search_term {
    struct str text;
    bool phrase; /* in quotes: whole words */
    bool without;
};

struct search_name {
    struct str text;
    bool without;
};

struct search_query {
    struct search_term terms[SEARCH_TERMS_MAX];
    size_t terms_n;
    struct search_name rooms[SEARCH_NAMES_MAX], people[SEARCH_NAMES_MAX];
    size_t rooms_n, people_n;
    unsigned has, lacks; /* of enum search_kind */
    /* Days as "2026-01-31", empty: none. From the beginning of `since` to before the beginning of `until`; the day
     * behind `after` counts as the first one. */
    char since[11], until[11];
};

/* 0; ERR_DATE_INVALID, ERR_HAS_INVALID, ERR_IS_INVALID: what stands behind a word's colon; ERR_TOO_MANY_WORDS. */
int search_query_parse(struct str text, struct search_query *q_r);

#endif
