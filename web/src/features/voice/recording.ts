import { i18n, type MessageDescriptor } from '@lingui/core';

/** What the sender's browser can make, the best first: what every other browser plays and tells the length of. */
const TYPES = ['audio/mp4;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const BITS_PER_SECOND = 32_000;
/** How often the loudness is looked at. */
const LOOK_MS = 60;
/** Speech is rarely louder than this: it is drawn as full. */
const LOUD = 0.35;
const BARS = 64;

export const VOICE_MAX_MS = 10 * 60_000;

export interface Recorded {
  blob: Blob;
  /** Without parameters, as audio/mp4. */
  type: string;
  duration_ms: number;
  /** As the server tells it: base64 of the loudness of 64 parts. */
  waveform: string;
}

/** The microphone, recorded. */
export interface Recording {
  paused: () => boolean;
  duration_ms: () => number;
  /** From 0 to 1, one every 60 ms. */
  levels: readonly number[];
  pause: () => void;
  resume: () => void;
  /** Ends it. Undefined: there is nothing in it. */
  stop: () => Promise<Recorded | undefined>;
  /** Ends it and forgets it. Harmless when it has ended. */
  cancel: () => void;
}

/** Why there is none, in words. */
export class NoMicrophone extends Error {}

export async function record(): Promise<Recording> {
  const stream = await openMicrophone();
  try {
    return begin(stream);
  } catch {
    release(stream);
    throw new NoMicrophone(i18n.t('This browser cannot record.'));
  }
}

async function openMicrophone(): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined || typeof MediaRecorder === 'undefined')
    throw new NoMicrophone(i18n.t('The browser lends the microphone only to pages that come by https.'));
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch (cause) {
    const why = WHY[(cause as Error).name];
    throw new NoMicrophone(why === undefined ? i18n.t('The microphone could not be used.') : i18n.t(why));
  }
}

const WHY: Record<string, MessageDescriptor> = {
  NotAllowedError: /*i18n*/ {
    id: 'The microphone is not allowed here. Allow it in the browser, beside the address of the page.',
  },
  NotFoundError: /*i18n*/ { id: 'No microphone was found.' },
  NotReadableError: /*i18n*/ { id: 'Another program has the microphone.' },
};

function begin(stream: MediaStream): Recording {
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, {
    audioBitsPerSecond: BITS_PER_SECOND,
    ...(type === undefined ? {} : { mimeType: type }),
  });
  const parts: Blob[] = [];
  const levels: number[] = [];
  const meter = openMeter(stream);
  let before_ms = 0;
  let since: number | undefined = performance.now();
  const ended = new Promise<void>((resolve) => {
    recorder.addEventListener('stop', () => resolve());
    recorder.addEventListener('error', () => resolve());
  });
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const duration_ms = (): number => before_ms + (since === undefined ? 0 : performance.now() - since);
  const look = setInterval(() => {
    if (since !== undefined) levels.push(meter.level());
  }, LOOK_MS);
  const halt = (): void => {
    before_ms = duration_ms();
    since = undefined;
  };
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearInterval(look);
    meter.close();
    release(stream);
  };
  recorder.start();
  return {
    levels,
    paused: () => since === undefined,
    duration_ms,
    pause: () => {
      halt();
      recorder.pause();
    },
    resume: () => {
      since = performance.now();
      recorder.resume();
    },
    stop: async () => {
      halt();
      if (recorder.state !== 'inactive') recorder.stop();
      await ended;
      close();
      const blob = new Blob(parts, { type: recorder.mimeType });
      const [bare = ''] = recorder.mimeType.split(';');
      if (blob.size === 0) return undefined;
      return { blob, type: bare, duration_ms: Math.round(before_ms), waveform: waveformOf(levels) };
    },
    cancel: () => {
      halt();
      if (recorder.state !== 'inactive') recorder.stop();
      close();
    },
  };
}

/** The browser's sign that it listens goes out with this. */
function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** How loud it is at a moment. Where that cannot be told it is silent: the recording is none the worse. */
function openMeter(stream: MediaStream): { level: () => number; close: () => void } {
  try {
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 1024;
    audio.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      level: () => {
        analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
        return Math.min(1, Math.sqrt(power) / LOUD);
      },
      close: () => void audio.close(),
    };
  } catch {
    return { level: () => 0, close: () => {} };
  }
}

/** Base64 of 64 bytes: the loudest of each part. */
export function waveformOf(levels: readonly number[]): string {
  const bytes = Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / BARS);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / BARS));
    return Math.round(255 * Math.max(0, ...levels.slice(from, to)));
  });
  return btoa(String.fromCharCode(...bytes));
}
