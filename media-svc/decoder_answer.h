/* What the decoder answered, taken apart. The decoder has met bytes of a stranger and is not believed: whatever is not
 * exactly as it ought to be makes the whole answer none. */
#ifndef PARLEY_DECODER_ANSWER_H
#define PARLEY_DECODER_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

enum {
    DECODER_ANSWER_MAX = 8 << 20, /* bytes */
    DECODER_SIDE_MAX = 1 << 20,   /* pixels */
    DECODER_BLURHASH_MAX = 166,
    DECODER_WAVEFORM = 64
};

/* As media.file holds it. */
enum decoder_kind { DECODER_FILE, DECODER_IMAGE, DECODER_VIDEO, DECODER_AUDIO, DECODER_PDF };

struct decoder_answer {
    enum decoder_kind kind;                  /* never DECODER_FILE */
    int32_t width, height;                   /* as it is to be shown; 0: it has none */
    int64_t duration_ms;                     /* 0: it has none, or nobody knows */
    char blurhash[DECODER_BLURHASH_MAX + 1]; /* "": none */
    bool has_waveform;
    uint8_t waveform[DECODER_WAVEFORM]; /* of 255, see has_waveform */
    struct str small, large;            /* WebP, in the bytes that were parsed; empty: none */
};

/* False: it is no such answer, *answer is undefined. */
bool decoder_answer_parse(struct str bytes, struct decoder_answer *answer);

#endif
