/* What names of people and groups are compared by: one fold for all who look a name up, and the words that call
 * everybody of a room and are nobody's name. Names ICU. Pure. */
#ifndef PARLEY_NAME_KEY_H
#define PARLEY_NAME_KEY_H

#include "buf.h"

/* Append the name without what makes no other name of it: case, width and the ways Unicode has to write a letter
 * (NFKC_Casefold: "STRASSE" and "Straße" are one name, ς is σ; ı is no i). False, and nothing is appended: it is no
 * UTF-8, or longer than 2,048 bytes. */
bool name_key(struct str name, struct buf *out);

enum name_calls { NAME_CALLS_ONE, NAME_CALLS_ALL, NAME_CALLS_HERE };
/* Whom a name in a message calls, by its key: one person or group, or all of a room, or those who are here. */
enum name_calls name_calls(struct str key);

/* The words that do not call one, the nth of them; NULL behind the last. */
const char *name_that_calls_many(size_t nth);

#endif
