/* The poster: a frame a tenth into the video, three seconds at most, as the first one is black so often. */
#include "poster.h"

#include <libavutil/display.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"

enum {
    PACKETS_MAX = 2000, /* without a frame, and there is none */
    LATEST_MS = 3000,
    ROW_ALIGN = 64 /* swscale writes whole vectors */
};

/* By quarters, clockwise: how the phone was held. */
static int turns_of(const AVStream *stream)
{
    const int32_t *matrix = NULL;
    double degrees;
#if LIBAVCODEC_VERSION_MAJOR >= 61
    const AVPacketSideData *side = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);

    if (side != NULL && side->size >= 9 * sizeof(*matrix))
        matrix = (const int32_t *)(const void *)side->data;
#else
    size_t size = 0;
    const uint8_t *side = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);

    if (side != NULL && size >= 9 * sizeof(*matrix))
        matrix = (const int32_t *)(const void *)side;
#endif
    degrees = matrix != NULL ? -av_display_rotation_get(matrix) : 0;
    return isfinite(degrees) ? (int)(lrint(degrees / 90) & 3) : 0;
}

/* The first frame that comes out of the decoder from where the clip stands. */
static AVFrame *next_frame(AVFormatContext *format, const AVStream *stream, AVCodecContext *decoder)
{
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    bool found = false, ended = false;

    for (int i = 0; packet != NULL && frame != NULL && i < PACKETS_MAX && !found && !ended; i++) {
        if (av_read_frame(format, packet) != 0) {
            avcodec_send_packet(decoder, NULL);
            ended = true;
        } else if (packet->stream_index == stream->index) {
            /* A packet that is broken gives no frame; a later one may. */
            avcodec_send_packet(decoder, packet);
        }
        av_packet_unref(packet);
        found = avcodec_receive_frame(decoder, frame) == 0;
    }
    av_packet_free(&packet);
    if (!found)
        av_frame_free(&frame);
    return frame;
}

static AVFrame *find_frame(AVFormatContext *format, AVStream *stream, int64_t duration_ms)
{
    int64_t at_ms = duration_ms / 10 < LATEST_MS ? duration_ms / 10 : LATEST_MS;
    AVCodecContext *decoder = clip_decoder(stream);
    AVFrame *frame = NULL;

    if (decoder == NULL)
        return NULL;
    for (unsigned i = 0; i < format->nb_streams; i++)
        format->streams[i]->discard = (int)i == stream->index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    if (at_ms > 0 && av_seek_frame(format, -1, at_ms * 1000, AVSEEK_FLAG_BACKWARD) >= 0)
        frame = next_frame(format, stream, decoder);
    if (frame == NULL) {
        avcodec_flush_buffers(decoder);
        av_seek_frame(format, -1, 0, AVSEEK_FLAG_BACKWARD);
        frame = next_frame(format, stream, decoder);
    }
    avcodec_free_context(&decoder);
    return frame;
}

/* Pixels need not be square: the width as it is shown. */
static int shown_width(AVFormatContext *format, AVStream *stream, AVFrame *frame)
{
    AVRational aspect = av_guess_sample_aspect_ratio(format, stream, frame);
    int64_t width = frame->width;

    if (aspect.num > 0 && aspect.den > 0)
        width = width * aspect.num / aspect.den;
    return width >= 1 && width <= 16 * (int64_t)frame->width ? (int)width : frame->width;
}

static struct SwsContext *scaler(const AVFrame *frame, int width, int height)
{
    struct SwsContext *sws = sws_getContext(frame->width, frame->height, frame->format, width, height, AV_PIX_FMT_RGB24,
                                            SWS_BICUBIC, NULL, NULL, NULL);

    if (sws != NULL)
        sws_setColorspaceDetails(sws, sws_getCoefficients((int)frame->colorspace),
                                 frame->color_range == AVCOL_RANGE_JPEG, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0,
                                 1 << 16, 1 << 16);
    return sws;
}

/* RGB rows without gaps, to be freed; NULL: it could not be converted. */
static uint8_t *to_rgb(const AVFrame *frame, int width, int height)
{
    size_t row = (size_t)width * 3, stride = (row + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
    uint8_t *rgb = aligned_alloc(ROW_ALIGN, stride * (size_t)height + ROW_ALIGN);
    struct SwsContext *sws = scaler(frame, width, height);
    uint8_t *planes[4] = {rgb};
    int strides[4] = {(int)stride};
    bool done = false;

    if (rgb != NULL && sws != NULL)
        done = sws_scale(sws, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes,
                         strides) == height;
    sws_freeContext(sws);
    if (!done) {
        free(rgb);
        return NULL;
    }
    for (size_t y = 1; y < (size_t)height; y++)
        memmove(rgb + y * row, rgb + y * stride, row);
    return rgb;
}

static void show(struct answer *answer, const AVFrame *frame, int width, int turn)
{
    double shrink = fmax(1, fmax((double)width / PICTURE_LARGE, (double)frame->height / PICTURE_LARGE));
    int out_width = (int)fmax(1, width / shrink), out_height = (int)fmax(1, frame->height / shrink);
    uint8_t *rgb = to_rgb(frame, out_width, out_height);

    if (rgb != NULL)
        picture_preview(answer, rgb, out_width, out_height, turn);
    free(rgb);
}

void poster_read(struct answer *answer, AVFormatContext *format, AVStream *stream)
{
    AVFrame *frame = find_frame(format, stream, answer->duration_ms);
    int turn = turns_of(stream), width, height;

    if (frame == NULL || frame->width < 1 || frame->height < 1) {
        av_frame_free(&frame);
        return;
    }
    width = shown_width(format, stream, frame);
    height = frame->height;
    answer->width = turn % 2 != 0 ? height : width;
    answer->height = turn % 2 != 0 ? width : height;
    show(answer, frame, width, turn);
    av_frame_free(&frame);
}
