/* What people write of themselves: texts, one emoji, a time zone. Names are username.h's. Names ICU. */
#ifndef PARLEY_PROSE_H
#define PARLEY_PROSE_H

#include "buf.h"

/* Append the text without the space around it; it may be empty then. ERR_TEXT_INVALID: more than `max` characters,
 * control or direction characters; line ends are allowed with `lines` only. `typed` is valid UTF-8. */
int prose_parse(struct str typed, int max, bool lines, struct buf *out);

/* Nothing, or exactly what people see as one emoji, also one that is newer than our tables. */
bool prose_is_emoji(struct str text);

/* A name of the tz database: Europe/Berlin, UTC. Whether PostgreSQL knows it is another question. */
bool prose_is_time_zone(struct str name);

#endif
