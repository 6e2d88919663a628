/* The rooms whose logs went on beyond what chat.search has of them: found by a look at the database, taken from there
 * until they are done, and only then looked for again. A look at all rooms costs as much as there are rooms, so that it
 * comes seldom where it takes long; in between only those are looked for in which something was written since the last
 * look. Embedded in the indexer; loop thread only. */
#ifndef PARLEY_SEARCH_LATE_H
#define PARLEY_SEARCH_LATE_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

enum { SEARCH_LATE_READ = 64 }; /* rooms that are read together */

struct search_late_room {
    int64_t room, upto;
};

struct search_late {
    struct search_late_room *rooms; /* the last ones are taken first */
    size_t n;
    bool of_all;        /* the look under way is at all rooms */
    int64_t began_ms;   /* the look under way or the last one, on clock_mono_ms() */
    int64_t all_due_ms; /* when all rooms are looked at again; 0: at once */
};

void search_late_fini(struct search_late *late);
/* Forget what is known: a new session begins with a look at all rooms. */
void search_late_reset(struct search_late *late);
/* A look begins: the statement that it is, and what it is asked with. */
const char *search_late_look(struct search_late *late, int64_t now_ms, struct db_params *params);
/* Its answer. */
void search_late_found(struct search_late *late, const struct db_result *r, int64_t now_ms);
/* It found nothing: how long to wait for the next one, so that looks do not fill the time. */
int64_t search_late_rest_ms(const struct search_late *late, int64_t now_ms, int64_t least_ms);
/* The rooms to be read next, SEARCH_LATE_READ at most, as an array of numbers. */
void search_late_put(const struct search_late *late, struct db_params *params);
/* One of the rooms that were put is in the index up to there: done, where nothing more of it was found. */
void search_late_reached(struct search_late *late, const struct search_late_room *at);
/* Of the rooms that were put nothing is to be had: they are not asked for again before the next look. */
void search_late_skip(struct search_late *late);

#endif
