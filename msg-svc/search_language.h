/* The languages whose words search reduces to their stems. */
#ifndef PARLEY_SEARCH_LANGUAGE_H
#define PARLEY_SEARCH_LANGUAGE_H

#include "buf.h"

enum { SEARCH_LANGUAGES_MAX = 8 };

struct search_languages {
    const char *names[SEARCH_LANGUAGES_MAX]; /* static texts: PostgreSQL's, "english" */
    size_t n;
};

/* Read "english, german"; "" and "simple" are none. False: *bad_r is a part that is no language that PostgreSQL's
 * stemmers know, or one too many. */
bool search_languages_parse(struct str list, struct search_languages *languages_r, struct str *bad_r);

#endif
