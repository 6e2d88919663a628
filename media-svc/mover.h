/* Moves files that are ready from the rows they landed in to the object store, one after the other; of several replicas
 * each takes another one. Its rows are deleted when all of a file's objects were seen in the store. Whoever is killed
 * in between leaves a file that is whole where it was, and is begun anew. */
#ifndef PARLEY_MEDIA_MOVER_H
#define PARLEY_MEDIA_MOVER_H

#include <stdbool.h>

struct media;
struct mover;

void mover_create(struct mover **mover_r, struct media *media);
/* Nothing is begun any more; what is under way ends with the database and the store. */
void mover_stop(struct mover *mover);
void mover_destroy(struct mover **mover);

/* There is a file to move. */
void mover_hurry(struct mover *mover);
/* The store has not done what it is asked for so long that no more may be taken in. */
bool mover_full(const struct mover *mover);

#endif
