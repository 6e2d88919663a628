/* Sound: its waveform, and by the way how long it is. */
#ifndef PARLEY_DECODE_SOUND_H
#define PARLEY_DECODE_SOUND_H

#include <libavformat/avformat.h>

#include "answer.h"

/* Sets the waveform unless it takes too long, and the duration when that is not known yet. */
void sound_read(struct answer *answer, AVFormatContext *format, const AVStream *stream);

#endif
