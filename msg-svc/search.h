/* What search has of its own in a process: connections for the questions, the indexer, the languages. Owned by main;
 * loop thread only. docs/search.md. */
#ifndef PARLEY_SEARCH_H
#define PARLEY_SEARCH_H

#include "db.h"
#include "search_language.h"

struct search_index;

struct search_config {
    struct loop *loop;
    struct metrics *metrics;
    const char *database_url;
    const char *languages; /* as configured */
    int64_t pool_size;
};

struct search_service {
    struct db *db; /* apart from the pool of the other calls: what looks through much must not hold up what is quick */
    struct search_languages languages;
    struct search_index *index;
};

/* Languages that are none are logged and refused. */
int search_service_init(struct search_service *service, const struct search_config *config);
/* It has a connection for questions. */
bool search_service_ready(const struct search_service *service);
/* Searches under way fail. Before what answers them is destroyed. */
void search_service_fini(struct search_service *service);

#endif
