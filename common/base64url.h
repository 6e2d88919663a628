/* base64url without padding (RFC 4648 §5), as JOSE uses it. */
#ifndef PARLEY_BASE64URL_H
#define PARLEY_BASE64URL_H

#include "buf.h"

void base64url_put(struct buf *out, struct str bytes);
/* Append what `text` stands for. False, and nothing appended: another character, padding, a length that cannot be,
 * or bits set beyond the last byte; so no two texts stand for the same bytes. */
bool base64url_get(struct buf *out, struct str text);

#endif
