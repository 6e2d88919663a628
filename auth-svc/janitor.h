/* Removes what nobody will ask for again: ended sessions and their tokens, retired keys. Every hour, on each replica.
 */
#ifndef PARLEY_JANITOR_H
#define PARLEY_JANITOR_H

struct auth;
struct janitor;
void janitor_create(struct janitor **j_r, struct auth *a);
void janitor_destroy(struct janitor **j);

#endif
