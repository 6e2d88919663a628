/* What is shown of a link: as an entry brings it, and as an event has it (docs/previews.md). */
#ifndef PARLEY_MSG_PREVIEW_H
#define PARLEY_MSG_PREVIEW_H

#include "buf.h"
#include "jval.h"

enum { PREVIEW_TITLE_MAX = 300, PREVIEW_DESCRIPTION_MAX = 600, PREVIEW_SITE_MAX = 120 };

/* Of the arguments {"url", "preview": {"title", "description", "site", "image"}}, where preview is left out when there
 * is nothing to show: the link, and the id of the image in a list of at most one. 0 or ERR_BAD_REQUEST. */
int preview_check(const struct jval *args, struct str *link_r, struct str *files_r, size_t *files_n_r);
/* Whether they have something to show. */
bool preview_is(const struct jval *args);
/* Append what an event has: `image` is the JSON of a list of one file, or empty. */
void preview_write(struct buf *out, const struct jval *args, struct str image);

#endif
