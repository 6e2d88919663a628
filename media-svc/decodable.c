/* The table of what is decoded. What is not in it, SVG and every format of ImageMagick among it, never meets a
 * decoder. */
#include "decodable.h"

#include <stddef.h>
#include <string.h>

static const struct decodable table[] = {
    {"application/ogg", DECODE_CLIP, "ogg"},
    {"application/pdf", DECODE_PAGE, "VipsForeignLoadPdf"},
    {"audio/aac", DECODE_CLIP, "aac"},
    {"audio/flac", DECODE_CLIP, "flac"},
    {"audio/mp4", DECODE_CLIP, "mov"},
    {"audio/mpeg", DECODE_CLIP, "mp3"},
    {"audio/ogg", DECODE_CLIP, "ogg"},
    {"audio/webm", DECODE_CLIP, "matroska"},
    {"audio/x-hx-aac-adts", DECODE_CLIP, "aac"},
    {"audio/x-m4a", DECODE_CLIP, "mov"},
    {"audio/x-wav", DECODE_CLIP, "wav"},
    {"image/avif", DECODE_PICTURE, "VipsForeignLoadHeif"},
    {"image/gif", DECODE_PICTURE, "VipsForeignLoadNsgif"},
    {"image/heic", DECODE_PICTURE, "VipsForeignLoadHeif"},
    {"image/heif", DECODE_PICTURE, "VipsForeignLoadHeif"},
    {"image/jpeg", DECODE_PICTURE, "VipsForeignLoadJpeg"},
    {"image/png", DECODE_PICTURE, "VipsForeignLoadPng"},
    {"image/webp", DECODE_PICTURE, "VipsForeignLoadWebp"},
    {"video/3gpp", DECODE_CLIP, "mov"},
    {"video/mp4", DECODE_CLIP, "mov"},
    {"video/ogg", DECODE_CLIP, "ogg"},
    {"video/quicktime", DECODE_CLIP, "mov"},
    {"video/webm", DECODE_CLIP, "matroska"},
    {"video/x-m4v", DECODE_CLIP, "mov"},
    {"video/x-matroska", DECODE_CLIP, "matroska"},
};

const struct decodable *decodable_find(const char *type)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strcmp(table[i].type, type) == 0)
            return &table[i];
    return NULL;
}
