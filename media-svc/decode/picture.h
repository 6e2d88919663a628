/* Images and the first page of a PDF, by libvips; and the previews of any picture. Only this module names libvips. */
#ifndef PARLEY_DECODE_PICTURE_H
#define PARLEY_DECODE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"

enum {
    PICTURE_MAX_PIXELS = 100 * 1000 * 1000, /* known from the header, before anything is decoded */
    PICTURE_LARGE = 2048,                   /* the longer side of a preview, at most */
    PICTURE_SMALL = 480
};

/* Loads the library; from then on it knows this one loader and no other, whatever a file claims to be. NULL: none.
 * -1: it could not. */
int picture_prepare(const char *loader);
/* Looks at descriptor 0. -1: it is no such picture, too large, or broken; -2: the header alone says too large. */
int picture_read(struct answer *answer);
/* The same for a page: it is drawn as large as it is shown. */
int page_read(struct answer *answer);
/* Previews of RGB bytes without gaps; `turn` clockwise by quarters. The bytes stay the caller's. */
int picture_preview(struct answer *answer, const uint8_t *rgb, int width, int height, int turn);

#endif
