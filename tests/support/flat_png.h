/* PNG images of one colour, of any size, without a library: a few bytes that stand for many pixels. */
#ifndef PARLEY_TEST_FLAT_PNG_H
#define PARLEY_TEST_FLAT_PNG_H

#include "buf.h"

enum flat { FLAT_GREY = 1, FLAT_COLOUR = 4 }; /* bytes a pixel */

/* Appends the file: valid to its last byte. About a thousandth of the size of its pixels. */
void flat_png(struct buf *out, uint32_t width, uint32_t height, enum flat flat);

#endif
