/* What the reader (read/) told of a page. It has met bytes of a stranger and is not believed: whatever is not exactly
 * as it ought to be makes all of it nothing. */
#ifndef PARLEY_UNFURL_TOLD_H
#define PARLEY_UNFURL_TOLD_H

#include "str.h"

enum { TOLD_TITLE_MAX = 300, TOLD_DESCRIPTION_MAX = 600, TOLD_SITE_MAX = 120, TOLD_IMAGE_MAX = 2048 };

/* Views of what was parsed; empty: it does not say. */
struct told {
    struct str title, description, site;
    struct str image; /* a URL as the page has it, perhaps seen from there */
};

/* Lines of a word and a text. False: it is nothing that the reader says. */
bool told_parse(struct str text, struct told *told_r);

#endif
