/* The shape of a sound: peaks in slots that widen as it goes on, and bars of the slots. */
#include "waveform.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

void waveform_init(struct waveform *w)
{
    memset(w, 0, sizeof(*w));
    w->per_slot = 1;
}

static void widen(struct waveform *w)
{
    for (size_t i = 0; i < WAVEFORM_SLOTS / 2; i++)
        w->slots[i] = fmaxf(w->slots[2 * i], w->slots[2 * i + 1]);
    memset(&w->slots[WAVEFORM_SLOTS / 2], 0, sizeof(w->slots) / 2);
    w->per_slot *= 2;
}

void waveform_add(struct waveform *w, float sample)
{
    float loudness = isfinite(sample) ? fminf(fabsf(sample), 1) : 0;
    float *slot;

    if (w->samples / w->per_slot == WAVEFORM_SLOTS)
        widen(w);
    slot = &w->slots[w->samples / w->per_slot];
    *slot = fmaxf(*slot, loudness);
    w->samples++;
}

void waveform_bars(const struct waveform *w, uint8_t bars[WAVEFORM_BARS])
{
    uint64_t used = (w->samples + w->per_slot - 1) / w->per_slot;
    float peak[WAVEFORM_BARS] = {0}, most = 0;

    for (uint64_t bar = 0; bar < WAVEFORM_BARS && used > 0; bar++) {
        uint64_t from = bar * used / WAVEFORM_BARS, to = (bar + 1) * used / WAVEFORM_BARS;

        for (uint64_t i = from; i < to || i == from; i++)
            peak[bar] = fmaxf(peak[bar], w->slots[i]);
        most = fmaxf(most, peak[bar]);
    }
    for (int bar = 0; bar < WAVEFORM_BARS; bar++)
        bars[bar] = most > 0 ? (uint8_t)lrintf(peak[bar] / most * WAVEFORM_LOUD) : 0;
}
