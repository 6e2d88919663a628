/* The words of a command from a format. Pure. */
#ifndef PARLEY_BUS_WORDS_H
#define PARLEY_BUS_WORDS_H

#include <stdarg.h>

#include "buf.h"

enum { BUS_MAX_WORDS = 32 };

/* Append the words' bytes to *text and set argv, views into it, valid until it changes. Returns how many; asserts
 * that they are at most BUS_MAX_WORDS and that the format is one of bus_commandf(). */
size_t bus_words(struct buf *text, struct str argv[BUS_MAX_WORDS], const char *format, va_list args);

#endif
