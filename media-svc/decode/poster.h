/* One frame of a video, near its beginning. */
#ifndef PARLEY_DECODE_POSTER_H
#define PARLEY_DECODE_POSTER_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "answer.h"

/* Sets width and height as they are shown, and the previews; without them when no frame can be decoded. */
void poster_read(struct answer *answer, AVFormatContext *format, AVStream *stream);

/* An open decoder of a stream, of the codecs that are allowed and within the limits; NULL: there is none. In clip.c.
 * The caller's, to be freed by avcodec_free_context(). */
AVCodecContext *clip_decoder(const AVStream *stream);

#endif
