/* Starts and ends what search has of its own. */
#include "search.h"

#include "err.h"
#include "log.h"
#include "search_fold.h"
#include "search_index.h"

/* A statement of a search takes at most so long; then the answer says how far it came. */
enum { TIMEOUT_MS = 1500 };

int search_service_init(struct search_service *service, const struct search_config *config)
{
    struct str bad;
    *service = (struct search_service){0};
    if (!search_languages_parse(str_of(config->languages), &service->languages, &bad)) {
        log_error(NULL, "no such language", "PARLEY_SEARCH_LANGUAGES=%.*s", (int)bad.n, bad.p);
        return ERR_BAD_REQUEST;
    }
    /* Plans are made for the values of each search: a rare word and a frequent one want different ones. */
    struct db_config db = {.url = config->database_url,
                           .name = "parley-msg-search",
                           .size = (size_t)config->pool_size,
                           .statement_timeout_ms = TIMEOUT_MS,
                           .options = "-c plan_cache_mode=force_custom_plan -c work_mem=16MB -c jit=off"};
    int err = search_fold_init();
    if (err == 0)
        err = db_create(&service->db, config->loop, &db, config->metrics);
    if (err != 0)
        return err;
    struct search_index_config index = {.loop = config->loop,
                                        .metrics = config->metrics,
                                        .database_url = config->database_url,
                                        .languages = service->languages};
    return search_index_create(&service->index, &index);
}

bool search_service_ready(const struct search_service *service)
{
    return db_ready(service->db);
}

void search_service_fini(struct search_service *service)
{
    search_index_destroy(&service->index);
    db_destroy(&service->db);
}
