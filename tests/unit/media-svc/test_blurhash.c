/* BlurHash: what is painted from it looks like what it was made of. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "blurhash.h"

enum { SIDE = 32 };

static uint8_t pixels[SIDE * SIDE * 3];
static char hash[BLURHASH_MAX + 1];

static void fill(uint8_t (*colour)(int x, int y, int part))
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int part = 0; part < 3; part++)
                pixels[(y * SIDE + x) * 3 + part] = colour(x, y, part);
}
static uint8_t black(int x, int y, int part)
{
    (void)x, (void)y, (void)part;
    return 0;
}
static uint8_t white(int x, int y, int part)
{
    (void)x, (void)y, (void)part;
    return 255;
}
/* Red from the left to nothing, blue from the top, some green: half a wave of light each, which is what the terms are.
 */
static uint8_t gradient(int x, int y, int part)
{
    double light = part == 1 ? 0.2 : 0.5 + 0.4 * cos(M_PI * (part == 0 ? x : y) / SIDE);

    return (uint8_t)lrint((1.055 * pow(light, 1 / 2.4) - 0.055) * 255);
}

static int number(const char *p, int length)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
    int value = 0;

    for (int i = 0; i < length; i++) {
        const char *digit = strchr(digits, p[i]);

        cr_assert(digit != NULL && *digit != '\0', "%c is no digit", p[i]);
        value = value * 83 + (int)(digit - digits);
    }
    return value;
}
static double linear(int value)
{
    double v = value / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}
static double unquantised(int step, double most)
{
    double v = (step - 9) / 9.0;

    return copysign(v * v, v) * most;
}

/* The other direction, as a client does it: light of one part at a point, from 0 to 1. */
static double light(int x, int y, int part)
{
    int size = number(hash, 1), across = size % 9 + 1, down = size / 9 + 1;
    double most = (number(hash + 1, 1) + 1) / 166.0, sum = 0;

    cr_assert_eq(strlen(hash), (size_t)(4 + 2 * across * down));
    for (int j = 0; j < down; j++)
        for (int i = 0; i < across; i++) {
            double term;

            if (i + j == 0) {
                term = linear(number(hash + 2, 4) >> (8 * (2 - part)) & 255);
            } else {
                int steps = number(hash + 6 + 2 * (j * across + i - 1), 2);

                term = unquantised(part == 0 ? steps / 361 : part == 1 ? steps / 19 % 19 : steps % 19, most);
            }
            sum += term * cos(M_PI * x * i / SIDE) * cos(M_PI * y * j / SIDE);
        }
    return sum;
}

Test(blurhash, one_colour_has_the_known_hash)
{
    fill(black);
    cr_assert_eq(blurhash_encode(pixels, SIDE, SIDE, 1, 1, hash), 0);
    cr_assert_str_eq(hash, "000000");
    fill(white);
    cr_assert_eq(blurhash_encode(pixels, SIDE, SIDE, 1, 1, hash), 0);
    cr_assert_str_eq(hash, "00TSUA");
}

Test(blurhash, what_is_painted_looks_like_the_picture)
{
    fill(gradient);
    cr_assert_eq(blurhash_encode(pixels, SIDE, SIDE, 4, 3, hash), 0);
    cr_assert_eq(strlen(hash), 28);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int part = 0; part < 3; part++)
                cr_assert_float_eq(light(x, y, part), linear(gradient(x, y, part)), 0.17, "at %d,%d part %d: %g not %g",
                                   x, y, part, light(x, y, part), linear(gradient(x, y, part)));
}

Test(blurhash, any_shape_and_any_number_of_terms_fit)
{
    fill(gradient);
    for (int across = 1; across <= 9; across++)
        for (int down = 1; down <= 9; down++) {
            cr_assert_eq(blurhash_encode(pixels, 5, 3, across, down, hash), 0);
            cr_assert_eq(strlen(hash), (size_t)(4 + 2 * across * down));
        }
    cr_assert_eq(blurhash_encode(pixels, 1, 1, 9, 9, hash), 0);
}

Test(blurhash, what_is_out_of_range_is_refused)
{
    cr_assert_eq(blurhash_encode(pixels, 0, 1, 1, 1, hash), -1);
    cr_assert_eq(blurhash_encode(pixels, 1, 1, 10, 1, hash), -1);
    cr_assert_eq(blurhash_encode(pixels, 1, 1, 1, 0, hash), -1);
    cr_assert_str_eq(hash, "");
}
