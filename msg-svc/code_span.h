/* Code in texts: what stands between backticks is quoted from somewhere, and nothing is read in it. */
#ifndef PARLEY_MSG_CODE_SPAN_H
#define PARLEY_MSG_CODE_SPAN_H

#include "str.h"

/* Where the code ends that the backtick at `at` begins: behind the same number of backticks, or behind these when there
 * are no such: then they stand for themselves. It looks to the end of the text: bound how often it is asked. */
size_t code_span_end(struct str text, size_t at);

#endif
