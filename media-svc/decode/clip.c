/* A clip: opened with one demuxer and a short list of codecs, read through descriptor 0 only. */
#include "clip.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poster.h"
#include "sound.h"

enum { IO_BUFFER = 64 << 10, US_PER_MS = 1000 };

/* By FFmpeg's names. Nothing old or rare: these are what browsers play, and phones and recorders make. */
static const char codecs[] = "h264,hevc,vp8,vp9,libdav1d,mpeg4,theora,"
                             "aac,mp3float,mp3,opus,vorbis,flac,alac,amrnb,amrwb,"
                             "pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le";

static int read_input(void *arg, uint8_t *to, int size)
{
    ssize_t n = read(STDIN_FILENO, to, (size_t)size);

    (void)arg;
    if (n < 0)
        return AVERROR(errno);
    return n == 0 ? AVERROR_EOF : (int)n;
}

static int64_t seek_input(void *arg, int64_t offset, int whence)
{
    struct stat st;

    (void)arg;
    if ((whence & AVSEEK_SIZE) != 0)
        return fstat(STDIN_FILENO, &st) == 0 ? (int64_t)st.st_size : AVERROR(errno);
    return lseek(STDIN_FILENO, offset, whence & ~AVSEEK_FORCE);
}

static AVIOContext *open_input(void)
{
    unsigned char *buffer = av_malloc(IO_BUFFER);
    AVIOContext *io =
        buffer != NULL ? avio_alloc_context(buffer, IO_BUFFER, 0, NULL, read_input, NULL, seek_input) : NULL;

    if (io == NULL)
        av_free(buffer);
    return io;
}

static AVFormatContext *open_format(AVIOContext *io, const char *demuxer)
{
    const AVInputFormat *input = av_find_input_format(demuxer);
    AVFormatContext *format = avformat_alloc_context();

    if (input == NULL || format == NULL) {
        avformat_free_context(format);
        return NULL;
    }
    format->pb = io;
    format->max_streams = CLIP_MAX_STREAMS;
    format->codec_whitelist = av_strdup(codecs);
    /* What a file refers to is not looked for, and the sandbox would not have it. */
    format->protocol_whitelist = av_strdup("none");
    /* Frees it when it fails. */
    if (avformat_open_input(&format, NULL, input, NULL) != 0)
        return NULL;
    if (avformat_find_stream_info(format, NULL) < 0)
        avformat_close_input(&format);
    return format;
}

static AVStream *stream_of(AVFormatContext *format, enum AVMediaType type)
{
    for (unsigned i = 0; i < format->nb_streams; i++) {
        AVStream *stream = format->streams[i];

        /* The cover of a record is no film. */
        if (stream->codecpar->codec_type == type && (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0)
            return stream;
    }
    return NULL;
}

AVCodecContext *clip_decoder(const AVStream *stream)
{
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    AVCodecContext *decoder = codec != NULL ? avcodec_alloc_context3(codec) : NULL;

    if (decoder == NULL)
        return NULL;
    if (avcodec_parameters_to_context(decoder, stream->codecpar) < 0) {
        avcodec_free_context(&decoder);
        return NULL;
    }
    decoder->thread_count = 1;
    decoder->max_pixels = CLIP_MAX_PIXELS;
    decoder->pkt_timebase = stream->time_base;
    decoder->codec_whitelist = av_strdup(codecs);
    if (avcodec_open2(decoder, codec, NULL) != 0)
        avcodec_free_context(&decoder);
    return decoder;
}

/* What a browser has recorded says nothing of its length: then its packets do. Leaves the clip at its end. */
static int64_t measured_ms(AVFormatContext *format)
{
    AVPacket *packet = av_packet_alloc();
    int64_t end_ms = 0;

    if (packet == NULL)
        return 0;
    while (av_read_frame(format, packet) == 0) {
        AVRational base = format->streams[packet->stream_index]->time_base;

        if (packet->pts != AV_NOPTS_VALUE) {
            int64_t ms = av_rescale_q(packet->pts + packet->duration, base, (AVRational){1, 1000});

            end_ms = ms > end_ms ? ms : end_ms;
        }
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return end_ms;
}

static int read_clip(struct answer *answer, AVFormatContext *format)
{
    AVStream *video = stream_of(format, AVMEDIA_TYPE_VIDEO), *audio = stream_of(format, AVMEDIA_TYPE_AUDIO);

    if (format->duration > 0)
        answer->duration_ms = format->duration / US_PER_MS;
    if (video != NULL) {
        answer->kind = "video";
        poster_read(answer, format, video);
    } else if (audio != NULL) {
        answer->kind = "audio";
        sound_read(answer, format, audio);
    } else {
        return -1;
    }
    if (answer->duration_ms == 0)
        answer->duration_ms = measured_ms(format);
    return 0;
}

int clip_read(struct answer *answer, const char *demuxer)
{
    AVIOContext *io = open_input();
    AVFormatContext *format = io != NULL ? open_format(io, demuxer) : NULL;
    int rc = -1;

    av_log_set_level(AV_LOG_QUIET);
    if (format != NULL)
        rc = read_clip(answer, format);
    avformat_close_input(&format);
    if (io != NULL)
        av_freep((void *)&io->buffer);
    avio_context_free(&io);
    return rc;
}
