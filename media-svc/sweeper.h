/* Gives back what nobody needs: uploads without a byte for a day, files that are in no message for a day, and the bytes
 * of what is doomed. Any number of replicas may sweep at once: each takes what no other has in hand. Loop thread only.
 */
#ifndef PARLEY_MEDIA_SWEEPER_H
#define PARLEY_MEDIA_SWEEPER_H

struct media;
struct sweeper;

void sweeper_create(struct sweeper **sweeper_r, struct media *media);
/* Begin no more. */
void sweeper_stop(struct sweeper *sweeper);
/* Stopped, and after the bus and the database ended: no callback is due then. */
void sweeper_destroy(struct sweeper **sweeper);
/* There is something to do: sweep soon. */
void sweeper_hurry(struct sweeper *sweeper);

#endif
