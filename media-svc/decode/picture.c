/* Previews: the picture is made small while it is loaded, its bare pixels are taken out, and new pictures are made of
 * these. So nothing of what else was in the file (EXIF, position, profiles, text) can come along. */
#include "picture.h"

#include <stdlib.h>
#include <unistd.h>
#include <vips/vips.h>
#include <webp/encode.h>

enum {
    QUALITY = 80,
    BLURRED_SIDE = 64, /* of what BlurHash looks at */
    BLURRED_TERMS = 4  /* along the longer side; three along the shorter */
};

int picture_prepare(const char *loader)
{
    /* Its vector code is made at run time, which the sandbox forbids. */
    if (setenv("VIPS_NOVECTOR", "1", 1) != 0 || VIPS_INIT("parley-decode") != 0)
        return -1;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_operation_block_set("VipsForeign", TRUE);
    if (loader != NULL)
        vips_operation_block_set(loader, FALSE);
    return 0;
}

/* Three bands of 8 bits and, perhaps, a fourth that says how opaque. Takes the reference. */
static VipsImage *to_rgb(VipsImage *image)
{
    VipsImage *rgb = NULL, *bytes = NULL, *bands = NULL;

    if (vips_colourspace(image, &rgb, VIPS_INTERPRETATION_sRGB, NULL) == 0 && vips_cast_uchar(rgb, &bytes, NULL) == 0 &&
        bytes->Bands >= 3)
        vips_extract_band(bytes, &bands, 0, "n", bytes->Bands > 3 ? 4 : 3, NULL);
    g_object_unref(image);
    g_clear_object(&rgb);
    g_clear_object(&bytes);
    return bands;
}

/* A picture of these bytes and of nothing else; they must outlive it. */
static VipsImage *of_pixels(const void *pixels, size_t size, int width, int height, int bands)
{
    VipsImage *bare = vips_image_new_from_memory(pixels, size, width, height, bands, VIPS_FORMAT_UCHAR), *rgb = NULL;

    if (bare == NULL)
        return NULL;
    vips_copy(bare, &rgb, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(bare);
    return rgb;
}

/* By libwebp itself: libvips would put an EXIF of its own making beside it. */
static int to_webp(VipsImage *image, struct bytes *webp)
{
    size_t size;
    uint8_t *pixels = vips_image_write_to_memory(image, &size);
    int stride = image->Xsize * image->Bands;

    if (pixels == NULL)
        return -1;
    if (image->Bands == 4)
        webp->n = WebPEncodeRGBA(pixels, image->Xsize, image->Ysize, stride, QUALITY, &webp->p);
    else
        webp->n = WebPEncodeRGB(pixels, image->Xsize, image->Ysize, stride, QUALITY, &webp->p);
    g_free(pixels);
    return webp->n > 0 ? 0 : -1;
}

/* What is transparent is seen on white. Takes the reference, which may be NULL. */
static VipsImage *on_white(VipsImage *image)
{
    const double white[] = {255, 255, 255};
    VipsArrayDouble *background;
    VipsImage *flat = NULL;

    /* Of three bands it would take the last for the opacity. */
    if (image == NULL || image->Bands != 4)
        return image;
    background = vips_array_double_new(white, 3);
    if (vips_flatten(image, &flat, "background", background, NULL) != 0)
        flat = NULL;
    vips_area_unref(VIPS_AREA(background));
    g_object_unref(image);
    return flat;
}

static int blur(VipsImage *small, struct answer *answer)
{
    VipsImage *tiny = NULL, *flat;
    void *pixels = NULL;
    size_t size;
    int rc = -1;

    if (vips_thumbnail_image(small, &tiny, BLURRED_SIDE, "height", BLURRED_SIDE, "size", VIPS_SIZE_DOWN, NULL) != 0)
        tiny = NULL;
    flat = on_white(tiny);
    if (flat != NULL && flat->Bands == 3)
        pixels = vips_image_write_to_memory(flat, &size);
    if (pixels != NULL) {
        bool wide = flat->Xsize >= flat->Ysize;

        rc = blurhash_encode(pixels, flat->Xsize, flat->Ysize, wide ? BLURRED_TERMS : 3, wide ? 3 : BLURRED_TERMS,
                             answer->blurhash);
    }
    g_clear_object(&flat);
    g_free(pixels);
    return rc;
}

/* Both previews of a picture that is at most PICTURE_LARGE already. */
static int put_previews(VipsImage *large, struct answer *answer)
{
    VipsImage *small = NULL;
    int rc = -1;

    if (vips_thumbnail_image(large, &small, PICTURE_SMALL, "height", PICTURE_SMALL, "size", VIPS_SIZE_DOWN, NULL) ==
            0 &&
        to_webp(large, &answer->large) == 0 && to_webp(small, &answer->small) == 0)
        rc = blur(small, answer);
    g_clear_object(&small);
    return rc;
}

/* Takes the reference. */
static int preview(VipsImage *shown, struct answer *answer)
{
    VipsImage *rgb = to_rgb(shown), *bare = NULL;
    void *pixels = NULL;
    size_t size = 0;
    int rc = -1;

    if (rgb != NULL)
        pixels = vips_image_write_to_memory(rgb, &size);
    if (pixels != NULL)
        bare = of_pixels(pixels, size, rgb->Xsize, rgb->Ysize, rgb->Bands);
    if (bare != NULL)
        rc = put_previews(bare, answer);
    g_clear_object(&bare);
    g_clear_object(&rgb);
    g_free(pixels);
    return rc;
}

/* The header of descriptor 0: sizes into the answer. */
static int look(struct answer *answer)
{
    VipsSource *source = vips_source_new_from_descriptor(STDIN_FILENO);
    VipsImage *image =
        source != NULL ? vips_image_new_from_source(source, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL) : NULL;
    int rc = -1;

    if (image != NULL) {
        bool lies = vips_image_get_orientation_swap(image);

        answer->width = lies ? image->Ysize : image->Xsize;
        answer->height = lies ? image->Xsize : image->Ysize;
        rc = (int64_t)image->Xsize * image->Ysize > PICTURE_MAX_PIXELS ? -2 : 0;
    }
    g_clear_object(&image);
    g_clear_object(&source);
    return rc;
}

static int read_sized(struct answer *answer, VipsSize size)
{
    VipsSource *source;
    VipsImage *shown = NULL;
    int rc = look(answer);

    if (rc != 0)
        return rc;
    if (lseek(STDIN_FILENO, 0, SEEK_SET) != 0)
        return -1;
    source = vips_source_new_from_descriptor(STDIN_FILENO);
    if (source == NULL)
        return -1;
    if (vips_thumbnail_source(source, &shown, PICTURE_LARGE, "height", PICTURE_LARGE, "size", size, "export_profile",
                              "srgb", NULL) != 0)
        shown = NULL;
    rc = shown != NULL ? preview(shown, answer) : -1;
    g_object_unref(source);
    return rc;
}

int picture_read(struct answer *answer)
{
    answer->kind = "image";
    return read_sized(answer, VIPS_SIZE_DOWN);
}

int page_read(struct answer *answer)
{
    answer->kind = "pdf";
    return read_sized(answer, VIPS_SIZE_BOTH);
}

int picture_preview(struct answer *answer, const uint8_t *rgb, int width, int height, int turn)
{
    VipsImage *frame = of_pixels(rgb, (size_t)width * (size_t)height * 3, width, height, 3), *turned = NULL;
    int rc = frame != NULL ? vips_rot(frame, &turned, (VipsAngle)(turn & 3), NULL) : -1;

    g_clear_object(&frame);
    return rc == 0 ? preview(turned, answer) : -1;
}
