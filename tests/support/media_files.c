/* Files of the media tests. */
#include "media_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void media_read(const char *name, struct buf *out)
{
    char path[512], block[4096];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s/tests/service/media/%s", PARLEY_SOURCE_DIR, name);
    file = fopen(path, "re");
    cr_assert_not_null(file, "%s", path);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_put(out, block, n);
    fclose(file);
    cr_assert_gt(out->n, 0);
}

int media_fd(struct str bytes)
{
    int fd = memfd_create("media", MFD_CLOEXEC);

    cr_assert_geq(fd, 0);
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = write(fd, bytes.p + at, bytes.n - at);

        cr_assert_gt(n, 0);
        at += (size_t)n;
    }
    return fd;
}

static int bits14(const uint8_t *p)
{
    return (p[0] | p[1] << 8) & 0x3FFF;
}

/* VP8 has its sizes behind a start code, VP8L in 14 bits each, VP8X in 24. */
static int webp_side(struct str webp, int side)
{
    const uint8_t *p = (const uint8_t *)webp.p;

    if (webp.n < 30 || memcmp(p, "RIFF", 4) != 0)
        return -1;
    if (memcmp(p + 12, "VP8 ", 4) == 0)
        return bits14(p + 26 + 2 * side);
    if (memcmp(p + 12, "VP8L", 4) == 0) {
        uint32_t bits = p[21] | p[22] << 8 | p[23] << 16 | (uint32_t)p[24] << 24;

        return (int)(bits >> 14 * side & 0x3FFF) + 1;
    }
    if (memcmp(p + 12, "VP8X", 4) == 0)
        return (p[24 + 3 * side] | p[25 + 3 * side] << 8 | p[26 + 3 * side] << 16) + 1;
    return -1;
}

int media_webp_width(struct str webp)
{
    return webp_side(webp, 0);
}
int media_webp_height(struct str webp)
{
    return webp_side(webp, 1);
}
