import type { MessageDescriptor } from '@lingui/core';

/** One tone: when it begins, how high it is and becomes, how long it takes to fade. Times in seconds. */
interface Tone {
  at: number;
  hz: number;
  to?: number;
  fades: number;
  wave: OscillatorType;
  gain: number;
}

/** Short and low-key; made on the spot, so nothing is fetched. */
export const SOUNDS = [
  {
    name: 'drop',
    label: /*i18n*/ { id: 'Drop' },
    tones: [
      { at: 0, hz: 620, to: 990, fades: 0.16, wave: 'sine', gain: 0.22 },
      { at: 0.07, hz: 990, to: 1240, fades: 0.22, wave: 'sine', gain: 0.12 },
    ],
  },
  {
    name: 'bell',
    label: /*i18n*/ { id: 'Bell' },
    tones: [
      { at: 0, hz: 1046, fades: 0.7, wave: 'sine', gain: 0.16 },
      { at: 0, hz: 2096, fades: 0.35, wave: 'sine', gain: 0.06 },
      { at: 0, hz: 3150, fades: 0.16, wave: 'sine', gain: 0.03 },
    ],
  },
  {
    name: 'chime',
    label: /*i18n*/ { id: 'Chime' },
    tones: [
      { at: 0, hz: 659, fades: 0.32, wave: 'triangle', gain: 0.14 },
      { at: 0.11, hz: 988, fades: 0.5, wave: 'triangle', gain: 0.13 },
    ],
  },
  {
    name: 'knock',
    label: /*i18n*/ { id: 'Knock' },
    tones: [
      { at: 0, hz: 210, to: 110, fades: 0.09, wave: 'sine', gain: 0.4 },
      { at: 0.13, hz: 230, to: 120, fades: 0.1, wave: 'sine', gain: 0.34 },
    ],
  },
] as const satisfies readonly { name: string; label: MessageDescriptor; tones: readonly Tone[] }[];

export type SoundName = (typeof SOUNDS)[number]['name'];

/** A tone does not begin at once: that would click. */
const RISES_S = 0.006;
const SILENCE = 0.0001;
const LATE_MS = 500;

let output: AudioContext | undefined;

/** Plays a sound once. Before the person has touched the page the browser may not let it sound: then it does not. */
export function play(name: SoundName | 'none'): void {
  const sound = SOUNDS.find((one) => one.name === name);
  if (sound === undefined || !('AudioContext' in globalThis)) return;
  try {
    output ??= new AudioContext();
    const context = output;
    const sounds = (): void => {
      for (const tone of sound.tones) playTone(context, tone);
    };
    if (context.state === 'running') return sounds();
    const asked_at = Date.now();
    const resumed = (): void => {
      // The browser may have waited for the person; by now it would belong to nothing.
      if (Date.now() - asked_at < LATE_MS) sounds();
    };
    void context.resume().then(resumed, () => {});
  } catch {
    // No device to sound on.
  }
}

function playTone(context: AudioContext, { at, hz, to, fades, wave, gain }: Tone): void {
  const from = context.currentTime + at;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = wave;
  tone.frequency.setValueAtTime(hz, from);
  if (to !== undefined) tone.frequency.exponentialRampToValueAtTime(to, from + fades);
  volume.gain.setValueAtTime(SILENCE, from);
  volume.gain.exponentialRampToValueAtTime(gain, from + RISES_S);
  volume.gain.exponentialRampToValueAtTime(SILENCE, from + RISES_S + fades);
  tone.connect(volume).connect(context.destination);
  tone.start(from);
  tone.stop(from + RISES_S + fades);
}
