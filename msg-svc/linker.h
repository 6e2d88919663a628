/* Has links looked at that wait for it in chat.links: asks media-svc what is to be shown of each, and puts the answer
 * into the stream of its room. Whichever replica comes first; what one had in hand when it died is taken up again.
 * Owned by main; loop thread only. docs/previews.md. */
#ifndef PARLEY_MSG_LINKER_H
#define PARLEY_MSG_LINKER_H

#include "db.h"
#include "process.h"

struct linker;

void linker_create(struct linker **linker_r, struct process *process, struct db *db);
/* After the pool was destroyed: takes up nothing more. NULL is none. */
void linker_stop(struct linker *linker);
/* After the bus: no answer is due then. */
void linker_destroy(struct linker **linker);

#endif
