/* The character set of a page, and its text as UTF-8. */
#ifndef PARLEY_READ_CHARSET_H
#define PARLEY_READ_CHARSET_H

#include <stddef.h>

/* By its first bytes, its Content-Type, or what it says itself within its first kilobyte: a name that iconv knows, out
 * of a list of ours; NULL: UTF-8, or none that is known. Reads, and does nothing else. */
const char *charset_of(const char *type, const char *bytes, size_t n);

/* To be called while files can be opened; NULL stays NULL, and so does what this system does not know. */
void *charset_open(const char *name);
void charset_close(void *converter);
/* The text as UTF-8, at most max bytes; what cannot be read is left out. `converter` NULL: it is UTF-8. */
size_t charset_convert(void *converter, const char *bytes, size_t n, char *out, size_t max);

#endif
