/* Names that people give their files: cleaned when they come, and put into Content-Disposition so that no browser
 * misreads them. Pure. */
#ifndef PARLEY_MEDIA_FILE_NAME_H
#define PARLEY_MEDIA_FILE_NAME_H

#include "buf.h"

enum { FILE_NAME_MAX = 255 };

/* Append what is left of a name: its last segment without control characters and those that turn the direction of
 * text, at most FILE_NAME_MAX bytes, cut between characters before its ending; "file" when nothing is left. `name` is
 * UTF-8. */
void file_name_clean(struct str name, struct buf *out);
/* Append the header's value: how ("inline", "attachment"), a name in ASCII, and the name itself (RFC 6266, RFC 8187).
 */
void file_name_disposition(const char *how, struct str name, struct buf *out);

#endif
