/* Tells every gateway that a login session has ended (channel revoke:{all}); tries again until Redis took it. */
#ifndef PARLEY_REVOCATION_H
#define PARLEY_REVOCATION_H

#include "bus.h"

struct revocations;
void revocations_create(struct revocations **r_r, struct loop *loop, struct bus *bus);
void revocations_destroy(struct revocations **r);
/* `session` is the id of a session whose end is committed. */
void revocation_publish(struct revocations *r, struct str session);
/* Redis has taken all of them. */
bool revocations_idle(const struct revocations *r);

#endif
