import { afterEach, expect, test, vi } from 'vitest';
import { isVoice, nameFiles } from '../files/looks';
import { record, waveformOf } from './recording';
import { voiceName } from './voiceName';

afterEach(() => vi.unstubAllGlobals());

function bytesOf(waveform: string): number[] {
  return [...atob(waveform)].map((char) => char.charCodeAt(0));
}

test('a waveform is the loudest of 64 parts, of however many there were', () => {
  const long = bytesOf(waveformOf(Array.from({ length: 6_400 }, (_, at) => (at === 150 ? 1 : 0.5))));
  expect(long).toHaveLength(64);
  expect(long[1]).toBe(255);
  expect(long[2]).toBe(128);
  expect(bytesOf(waveformOf([1]))).toHaveLength(64);
  expect(bytesOf(waveformOf([])).every((one) => one === 0)).toBe(true);
});

test('what is recorded is known by its name, and is called what it is', () => {
  const name = voiceName(Date.now(), 'audio/mp4');
  const file = { key: 'k', name, size: 1, type: 'audio/mp4' };
  expect(name).toMatch(/\.m4a$/);
  expect(isVoice(file)).toBe(true);
  expect(isVoice({ ...file, name: 'Voice message.m4a' })).toBe(false);
  expect(isVoice({ ...file, type: 'application/zip' })).toBe(false);
  expect(nameFiles([file])).toBe('Voice message');
});

test('why there is no microphone is said in words', async () => {
  vi.stubGlobal('MediaRecorder', class {});
  const refusing = (name: string) => ({
    mediaDevices: { getUserMedia: () => Promise.reject(new DOMException('', name)) },
  });
  vi.stubGlobal('navigator', refusing('NotAllowedError'));
  await expect(record()).rejects.toThrow(/is not allowed here/);
  vi.stubGlobal('navigator', refusing('NotFoundError'));
  await expect(record()).rejects.toThrow('No microphone was found.');
  vi.stubGlobal('navigator', {});
  await expect(record()).rejects.toThrow(/https/);
});

test('a microphone whose sound cannot be recorded is let go', async () => {
  const stop = vi.fn();
  vi.stubGlobal(
    'MediaRecorder',
    class {
      static isTypeSupported = () => true;
      constructor() {
        throw new DOMException('', 'NotSupportedError');
      }
    },
  );
  const stream = { getTracks: () => [{ stop }] };
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => Promise.resolve(stream) } });
  await expect(record()).rejects.toThrow('This browser cannot record.');
  expect(stop).toHaveBeenCalledOnce();
});
