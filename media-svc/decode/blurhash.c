/* BlurHash, written from its description. */
#include "blurhash.h"

#include <math.h>
#include <stdlib.h>

struct colour {
    double part[3];
};

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

static double to_linear(uint8_t value)
{
    double v = value / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static unsigned to_srgb(double value)
{
    double v = fmin(fmax(value, 0), 1);

    return (unsigned)((v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055) * 255 + 0.5);
}

static char *put_number(char *out, unsigned value, int length)
{
    for (int i = length - 1; i >= 0; i--) {
        out[i] = digits[value % 83];
        value /= 83;
    }
    return out + length;
}

static struct colour term(const uint8_t *rgb, int width, int height, int x_waves, int y_waves, const double *linear)
{
    struct colour sum = {{0, 0, 0}};
    double scale = (x_waves == 0 && y_waves == 0 ? 1.0 : 2.0) / ((double)width * height);

    for (int y = 0; y < height; y++) {
        double row = cos(M_PI * y_waves * y / height);

        for (int x = 0; x < width; x++) {
            double basis = row * cos(M_PI * x_waves * x / width);
            const uint8_t *pixel = rgb + ((size_t)y * (size_t)width + (size_t)x) * 3;

            for (int i = 0; i < 3; i++)
                sum.part[i] += basis * linear[pixel[i]];
        }
    }
    for (int i = 0; i < 3; i++)
        sum.part[i] *= scale;
    return sum;
}

static unsigned quantised(double value, double most)
{
    double v = value / most;
    double root = copysign(sqrt(fabs(v)), v);

    return (unsigned)fmin(fmax(floor(root * 9 + 9.5), 0), 18);
}

static char *put_terms(char *out, const struct colour *terms, int count)
{
    double most = 0, scale = 1;

    for (int i = 1; i < count; i++)
        for (int c = 0; c < 3; c++)
            most = fmax(most, fabs(terms[i].part[c]));
    if (count > 1) {
        unsigned step = (unsigned)fmin(fmax(floor(most * 166 - 0.5), 0), 82);

        scale = (step + 1) / 166.0;
        out = put_number(out, step, 1);
    } else {
        out = put_number(out, 0, 1);
    }
    out = put_number(out, to_srgb(terms[0].part[0]) << 16 | to_srgb(terms[0].part[1]) << 8 | to_srgb(terms[0].part[2]),
                     4);
    for (int i = 1; i < count; i++) {
        const double *part = terms[i].part;

        out = put_number(
            out, (quantised(part[0], scale) * 19 + quantised(part[1], scale)) * 19 + quantised(part[2], scale), 2);
    }
    return out;
}

int blurhash_encode(const uint8_t *rgb, int width, int height, int across, int down, char out[BLURHASH_MAX + 1])
{
    struct colour terms[BLURHASH_MAX_TERMS * BLURHASH_MAX_TERMS];
    double linear[256];
    char *end;

    out[0] = '\0';
    if (width < 1 || height < 1 || across < 1 || across > BLURHASH_MAX_TERMS || down < 1 || down > BLURHASH_MAX_TERMS)
        return -1;
    for (int i = 0; i < 256; i++)
        linear[i] = to_linear((uint8_t)i);
    for (int y = 0; y < down; y++)
        for (int x = 0; x < across; x++)
            terms[y * across + x] = term(rgb, width, height, x, y, linear);
    end = put_number(out, (unsigned)(across - 1 + (down - 1) * 9), 1);
    end = put_terms(end, terms, across * down);
    *end = '\0';
    return 0;
}
