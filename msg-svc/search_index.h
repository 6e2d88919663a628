/* Keeps chat.search as the rooms' logs are: follows each log from the place kept with the rows, in transactions of its
 * own, behind and beside what writes the logs. Of several replicas one does it, whoever holds the lock; it is a lock of
 * the session that writes, so nobody writes who has lost it. Owned by main; loop thread only. */
#ifndef PARLEY_SEARCH_INDEX_H
#define PARLEY_SEARCH_INDEX_H

#include "loop.h"
#include "metrics.h"
#include "search_language.h"

struct search_index;

struct search_index_config {
    struct loop *loop;
    struct metrics *metrics;
    const char *database_url;
    struct search_languages languages;
};

int search_index_create(struct search_index **index_r, const struct search_index_config *config);
/* What is under way is rolled back, and done again by whoever comes next. */
void search_index_destroy(struct search_index **index);

#endif
