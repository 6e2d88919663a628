/* What is stored becomes ready: its type is told, and with it all that is known of it. A few at a time; what this
 * process does not come to is found again by a sweeper. Loop thread only. */
#ifndef PARLEY_MEDIA_FINISHER_H
#define PARLEY_MEDIA_FINISHER_H

#include "file_id.h"

struct media;
struct finisher;

/* ERR_INTERNAL: types cannot be told (logged). */
int finisher_create(struct finisher **finisher_r, struct media *media);
/* Begin no more. */
void finisher_stop(struct finisher *finisher);
/* Stopped, and after the database was destroyed: nothing is under way then. */
void finisher_destroy(struct finisher **finisher);
/* Harmless for one that is not stored, or ready already. */
void finisher_add(struct finisher *finisher, const struct file_id *id, int64_t owner);

#endif
