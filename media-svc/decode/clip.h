/* Video and audio, by FFmpeg's libraries: how long, what a frame near the beginning looks like, how loud where. */
#ifndef PARLEY_DECODE_CLIP_H
#define PARLEY_DECODE_CLIP_H

#include "answer.h"

enum {
    CLIP_MAX_PIXELS = 40 * 1000 * 1000, /* of a frame: 7680 × 4320 and some */
    CLIP_MAX_STREAMS = 32,
    CLIP_SOUND_CPU_S = 8 /* of decoding sound; what takes longer has no waveform */
};

/* Looks at descriptor 0 with that demuxer and no other. A clip with no picture but sound is "audio", whatever its type
 * says. picture_prepare() was called. -1: it is none. A clip whose frames cannot be decoded has no poster. */
int clip_read(struct answer *answer, const char *demuxer);

#endif
