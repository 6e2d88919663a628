/* How many rooms a person may be in: limits.rooms_per_person of protocol/ops.json. Who is in so many neither joins nor
 * is brought into another one; rooms everyone is in come on top. */
#ifndef PARLEY_MSG_PERSON_LIMIT_H
#define PARLEY_MSG_PERSON_LIMIT_H

enum { ROOMS_PER_PERSON = 2000 };

#endif
