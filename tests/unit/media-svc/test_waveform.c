/* The shape of a sound. */
#include <criterion/criterion.h>
#include <math.h>

#include "waveform.h"

static struct waveform w;
static uint8_t bars[WAVEFORM_BARS];

Test(waveform, silence_and_nothing_at_all_are_flat)
{
    waveform_init(&w);
    waveform_bars(&w, bars);
    for (int i = 0; i < WAVEFORM_BARS; i++)
        cr_assert_eq(bars[i], 0);
    for (int i = 0; i < 1000; i++)
        waveform_add(&w, 0);
    waveform_bars(&w, bars);
    for (int i = 0; i < WAVEFORM_BARS; i++)
        cr_assert_eq(bars[i], 0);
}

/* However long it is: the second half is twice as loud as the first. */
Test(waveform, it_keeps_its_shape_at_any_length)
{
    static const uint64_t lengths[] = {64, 4096, 4097, 8192, 100000, 5000000};

    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        waveform_init(&w);
        for (uint64_t i = 0; i < lengths[l]; i++)
            waveform_add(&w, (i % 2 ? -1.0F : 1.0F) * (i < lengths[l] / 2 ? 0.2F : 0.4F));
        waveform_bars(&w, bars);
        for (int i = 0; i < 31; i++)
            cr_assert_eq(bars[i], 128, "length %zu bar %d is %d", (size_t)lengths[l], i, bars[i]);
        for (int i = 33; i < WAVEFORM_BARS; i++)
            cr_assert_eq(bars[i], WAVEFORM_LOUD, "length %zu bar %d is %d", (size_t)lengths[l], i, bars[i]);
    }
}

Test(waveform, what_is_no_number_is_silence_and_nothing_is_louder_than_loud)
{
    waveform_init(&w);
    for (int i = 0; i < WAVEFORM_BARS; i++)
        waveform_add(&w, i == 0 ? NAN : i == 1 ? INFINITY : i == 2 ? 1e30F : 0.5F);
    waveform_bars(&w, bars);
    cr_assert_eq(bars[0], 0);
    cr_assert_eq(bars[1], 0);
    cr_assert_eq(bars[2], WAVEFORM_LOUD);
    cr_assert_eq(bars[3], 128);
}

Test(waveform, a_sound_shorter_than_the_bars_still_has_all)
{
    waveform_init(&w);
    waveform_add(&w, 0.5F);
    waveform_add(&w, 1);
    waveform_bars(&w, bars);
    cr_assert_eq(bars[0], 128);
    cr_assert_eq(bars[WAVEFORM_BARS - 1], WAVEFORM_LOUD);
}
