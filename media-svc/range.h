/* What part of a file a request wants: Range and the conditions around it (RFC 9110 §13, §14). Pure. */
#ifndef PARLEY_MEDIA_RANGE_H
#define PARLEY_MEDIA_RANGE_H

#include "str.h"

enum range { RANGE_ALL, RANGE_PART, RANGE_NONE };

/* Of a file of `size` bytes. RANGE_PART: the bytes *from_r up to, not including, *to_r. RANGE_ALL: there is no range,
 * or one that is to be ignored: of another unit, wrong, or of several parts. RANGE_NONE: nothing of it is there (416).
 */
enum range range_of(struct str header, int64_t size, int64_t *from_r, int64_t *to_r);
/* Does a list of entity tags (If-None-Match) have this one, or "*"? Compared weakly. */
bool range_has_tag(struct str list, struct str tag);

#endif
