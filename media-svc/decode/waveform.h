/* The shape of a sound in 64 bars, however long it is, in bounded memory: the loudest moment of each part. */
#ifndef PARLEY_DECODE_WAVEFORM_H
#define PARLEY_DECODE_WAVEFORM_H

#include <stdint.h>

enum {
    WAVEFORM_BARS = 64,
    WAVEFORM_SLOTS = 4096, /* in which is counted before the length is known */
    WAVEFORM_LOUD = 255
};

struct waveform {
    float slots[WAVEFORM_SLOTS];
    uint64_t samples;
    uint64_t per_slot; /* samples; doubles when the slots are full */
};

void waveform_init(struct waveform *w);
/* The next moment, of all channels the loudest; its sign does not matter, what is no number counts as silence. */
void waveform_add(struct waveform *w, float sample);
/* Each bar from 0 to WAVEFORM_LOUD, the loudest of all being that, unless all is silent. A sound of fewer samples than
 * bars repeats them. */
void waveform_bars(const struct waveform *w, uint8_t bars[WAVEFORM_BARS]);

#endif
