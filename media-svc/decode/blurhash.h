/* BlurHash: a picture as some 28 characters, to be painted blurred until the picture is there. The algorithm is that of
 * https://github.com/woltapp/blurhash (Algorithm.md): a two-dimensional cosine transform in linear light, its few
 * lowest terms in base 83. */
#ifndef PARLEY_DECODE_BLURHASH_H
#define PARLEY_DECODE_BLURHASH_H

#include <stddef.h>
#include <stdint.h>

enum {
    BLURHASH_MAX_TERMS = 9,
    BLURHASH_MAX = 2 + 4 + 2 * (BLURHASH_MAX_TERMS * BLURHASH_MAX_TERMS - 1) /* characters, the NUL apart */
};

/* Of rows of RGB bytes without gaps. `across` and `down` (1 to 9) are how many terms. Its cost is pixels times terms:
 * give it a picture of at most a hundred pixels a side. -1: a number is out of range, *out is empty. */
int blurhash_encode(const uint8_t *rgb, int width, int height, int across, int down, char out[BLURHASH_MAX + 1]);

#endif
