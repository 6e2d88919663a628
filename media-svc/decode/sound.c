/* Sound, decoded to its end for the loudness of each moment. */
#include "sound.h"

#include <libavcodec/avcodec.h>
#include <stdbool.h>
#include <time.h>

#include "clip.h"
#include "poster.h"

struct sound {
    struct waveform shape;
    AVCodecContext *decoder;
    AVFrame *frame;
    clock_t until;
};

static float sample(const AVFrame *frame, int channel, int at)
{
    enum AVSampleFormat packed = av_get_packed_sample_fmt(frame->format);
    bool planar = av_sample_fmt_is_planar(frame->format) != 0;
    int i = planar ? at : at * frame->ch_layout.nb_channels + channel;
    const void *data = frame->extended_data[planar ? channel : 0];

    if (packed == AV_SAMPLE_FMT_FLT)
        return ((const float *)data)[i];
    if (packed == AV_SAMPLE_FMT_S16)
        return (float)((const int16_t *)data)[i] / 32768.0F;
    if (packed == AV_SAMPLE_FMT_S32)
        return (float)((const int32_t *)data)[i] / 2147483648.0F;
    if (packed == AV_SAMPLE_FMT_U8)
        return ((float)((const uint8_t *)data)[i] - 128.0F) / 128.0F;
    if (packed == AV_SAMPLE_FMT_DBL)
        return (float)((const double *)data)[i];
    return 0;
}

static void hear(struct waveform *shape, const AVFrame *frame)
{
    for (int at = 0; at < frame->nb_samples; at++) {
        float loudest = 0;

        for (int channel = 0; channel < frame->ch_layout.nb_channels; channel++) {
            float value = sample(frame, channel, at);

            value = value < 0 ? -value : value;
            loudest = value > loudest ? value : loudest;
        }
        waveform_add(shape, loudest);
    }
}

static void hear_packet(struct sound *s, const AVPacket *packet)
{
    avcodec_send_packet(s->decoder, packet);
    while (avcodec_receive_frame(s->decoder, s->frame) == 0)
        hear(&s->shape, s->frame);
}

/* Whether it came to the end in time. */
static bool hear_all(struct sound *s, AVFormatContext *format, const AVStream *stream)
{
    AVPacket *packet = av_packet_alloc();
    bool more = packet != NULL;

    while (more && clock() < s->until) {
        more = av_read_frame(format, packet) == 0;
        if (more && packet->stream_index == stream->index)
            hear_packet(s, packet);
        av_packet_unref(packet);
    }
    if (!more)
        hear_packet(s, NULL);
    av_packet_free(&packet);
    return !more;
}

void sound_read(struct answer *answer, AVFormatContext *format, const AVStream *stream)
{
    /* Too large for the stack of a thread, and there is one at a time. */
    static struct sound s;
    int rate = stream->codecpar->sample_rate;

    waveform_init(&s.shape);
    s.decoder = clip_decoder(stream);
    s.frame = av_frame_alloc();
    s.until = clock() + (clock_t)CLIP_SOUND_CPU_S * CLOCKS_PER_SEC;
    if (s.decoder != NULL && s.frame != NULL && hear_all(&s, format, stream) && s.shape.samples > 0) {
        waveform_bars(&s.shape, answer->waveform);
        answer->has_waveform = true;
        if (answer->duration_ms == 0 && rate > 0)
            answer->duration_ms = (int64_t)(s.shape.samples * 1000 / (uint64_t)rate);
    }
    av_frame_free(&s.frame);
    avcodec_free_context(&s.decoder);
}
