/* Names of rooms: 1 to 80 characters between the spaces around them, none of them a control character. */
#ifndef PARLEY_MSG_ROOM_NAME_H
#define PARLEY_MSG_ROOM_NAME_H

#include "str.h"

enum { ROOM_NAME_CHARS = 80, ROOM_TOPIC_CHARS = 250 };

/* Without white space at both ends. */
struct str room_name_trim(struct str name);
/* Valid UTF-8 of at most ROOM_NAME_CHARS characters, none of them a control, a line separator or a mark that turns
 * the direction of the text around it. An empty name passes: which kinds of room may have one is the caller's to say.
 */
bool room_name_ok(struct str name);
/* Another text of a room, or about one: at most so many characters; line ends and tabs only where it has several lines.
 */
bool room_text_ok(struct str s, size_t chars, bool lines);

#endif
