/* Which rooms the indexer has to read. */
#include "search_late.h"

#include <stdlib.h>

#include "alloc.h"

enum {
    FOUND_MAX = 4096,    /* by one look */
    SHARE = 10,          /* how many times what a look took is rested when it found nothing, */
    REST_MOST_MS = 1000, /* but no more than this */
    ALL_SHARE = 20,      /* how many times what a look at all rooms took passes before the next one, */
    ALL_MOST_MS = 60000, /* but no more than this */
    COMMIT_MS = 5000     /* what is committed later after it was written is found by a look at all rooms */
};
#define FOUND_MOST "4096"

void search_late_fini(struct search_late *late)
{
    free(late->rooms);
    *late = (struct search_late){0};
}

void search_late_reset(struct search_late *late)
{
    late->n = 0;
    late->all_due_ms = 0;
}

static const char all_sql[] = "SELECT r.id, r.last_seq FROM chat.rooms r "
                              "LEFT JOIN chat.search_rooms s ON s.room_id = r.id "
                              "WHERE r.last_seq > coalesce(s.seq, 0) LIMIT " FOUND_MOST;

/* Rooms are looked up one by one (LATERAL … LIMIT 1), whatever PostgreSQL takes the tables' size for. The statement's
 * time, not the clock as it goes on: only that can be looked up in an index. */
static const char recent_sql[] =
    "SELECT r.id, r.last_seq FROM (SELECT DISTINCT room_id FROM chat.events "
    "WHERE at > statement_timestamp() - $1::bigint * interval '1 ms') e "
    "CROSS JOIN LATERAL (SELECT id, last_seq FROM chat.rooms WHERE id = e.room_id LIMIT 1) r "
    "LEFT JOIN LATERAL (SELECT seq FROM chat.search_rooms WHERE room_id = r.id LIMIT 1) s ON true "
    "WHERE r.last_seq > coalesce(s.seq, 0) LIMIT " FOUND_MOST;

const char *search_late_look(struct search_late *late, int64_t now_ms, struct db_params *params)
{
    int64_t since_ms = now_ms - late->began_ms;
    late->of_all = now_ms >= late->all_due_ms;
    late->began_ms = now_ms;
    if (!late->of_all)
        db_p_int(params, since_ms + COMMIT_MS);
    return late->of_all ? all_sql : recent_sql;
}

static int64_t next_of_all_ms(const struct search_late *late, int64_t now_ms)
{
    int64_t pause_ms = (now_ms - late->began_ms) * ALL_SHARE;
    return late->n == FOUND_MAX ? 0 : now_ms + (pause_ms < ALL_MOST_MS ? pause_ms : ALL_MOST_MS);
}

void search_late_found(struct search_late *late, const struct db_result *r, int64_t now_ms)
{
    late->n = db_rows(r) < FOUND_MAX ? db_rows(r) : FOUND_MAX;
    late->rooms = xrealloc(late->rooms, (late->n + 1) * sizeof *late->rooms);
    for (size_t i = 0; i < late->n; i++)
        late->rooms[i] = (struct search_late_room){db_int(r, i, 0), db_int(r, i, 1)};
    if (late->of_all)
        late->all_due_ms = next_of_all_ms(late, now_ms);
}

int64_t search_late_rest_ms(const struct search_late *late, int64_t now_ms, int64_t least_ms)
{
    int64_t rest_ms = (now_ms - late->began_ms) * SHARE;
    return rest_ms < least_ms ? least_ms : rest_ms < REST_MOST_MS ? rest_ms : REST_MOST_MS;
}

static size_t first_put(const struct search_late *late)
{
    return late->n > SEARCH_LATE_READ ? late->n - SEARCH_LATE_READ : 0;
}

void search_late_put(const struct search_late *late, struct db_params *params)
{
    db_p_array(params);
    for (size_t i = first_put(late); i < late->n; i++)
        db_p_array_int(params, late->rooms[i].room);
    db_p_array_end(params);
}

void search_late_reached(struct search_late *late, const struct search_late_room *at)
{
    for (size_t i = first_put(late); i < late->n; i++)
        if (late->rooms[i].room == at->room && late->rooms[i].upto <= at->upto) {
            late->rooms[i] = late->rooms[--late->n];
            return;
        }
}

void search_late_skip(struct search_late *late)
{
    late->n = first_put(late);
}
