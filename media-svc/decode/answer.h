/* What the decoder says about a file: one line of JSON, and behind it the bytes of the previews that the line names. */
#ifndef PARLEY_DECODE_ANSWER_H
#define PARLEY_DECODE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blurhash.h"
#include "waveform.h"

enum { ANSWER_MAX_BYTES = 8 << 20 };

struct bytes {
    uint8_t *p; /* NULL: there are none */
    size_t n;
};

struct answer {
    const char *kind;    /* "image", "video", "audio" or "pdf" */
    int width, height;   /* as it is to be shown, turned already; 0: it has none */
    int64_t duration_ms; /* 0: it has none, or nobody knows */
    struct bytes small, large;
    char blurhash[BLURHASH_MAX + 1]; /* "": none */
    uint8_t waveform[WAVEFORM_BARS];
    bool has_waveform;
};

/* Writes all of it to descriptor 1. -1: it could not, or it is too long; nothing is written then, or a part. */
int answer_write(const struct answer *answer);

#endif
