import { describe, expect, test } from 'vitest';
import type { OutboxFile } from '@/client/outbox_store';
import { aFile } from '@/testing/fakes';
import { pixelsOf } from './blurhash';
import { frameOf, looksOf, nameFiles } from './looks';
import { lengthWords, sizeWords } from './size';

const local = (part: Partial<OutboxFile>): OutboxFile => ({ key: 'k', name: 'a', size: 1, type: '', ...part });

describe('how a file is shown', () => {
  test('is what the server knows of it, whatever it is called', () => {
    expect(looksOf(aFile({ kind: 'image', name: 'a.exe', width: 4, height: 3 }))).toBe('image');
    expect(looksOf(aFile({ kind: 'file', name: 'a.png', type: 'image/png', width: 4, height: 3 }))).toBe('card');
    expect(looksOf(aFile({ kind: 'pdf' }))).toBe('card');
    expect(looksOf(aFile({ kind: 'audio' }))).toBe('audio');
  });

  test('is a card where nobody knows how large a picture is', () => {
    expect(looksOf(aFile({ kind: 'image' }))).toBe('card');
    expect(looksOf(local({ type: 'image/png' }))).toBe('card');
  });

  test('is what the browser says, before the server has looked', () => {
    expect(looksOf(local({ type: 'image/png', width: 4, height: 3 }))).toBe('image');
    expect(looksOf(local({ type: 'image/svg+xml', width: 4, height: 3 }))).toBe('card');
    const ready = aFile({ kind: 'file' });
    expect(looksOf(local({ type: 'image/png', width: 4, height: 3, ready }))).toBe('card');
  });
});

test('a frame keeps the proportions of one picture and its bounds', () => {
  expect(frameOf([{ width: 840, height: 420 }])).toEqual({ width: 420, height: 210 });
  expect(frameOf([{ width: 100, height: 3_400 }])).toEqual({ width: 120, height: 340 });
  expect(frameOf([{ width: 200, height: 100 }])).toEqual({ width: 200, height: 100 });
  expect(frameOf(Array.from({ length: 7 }, () => ({}))).height).toBe(420);
});

test('files are named in a word or two', () => {
  const photo = aFile({ kind: 'image', width: 4, height: 3 });
  expect(nameFiles([])).toBe('');
  expect(nameFiles([photo])).toBe('Photo');
  expect(nameFiles([photo, photo])).toBe('2 photos');
  expect(nameFiles([aFile({ name: 'plan.zip' })])).toBe('plan.zip');
  expect(nameFiles([aFile({ kind: 'pdf', name: 'plan.pdf' })])).toBe('plan.pdf');
  expect(nameFiles([photo, aFile({})])).toBe('2 files');
});

test('sizes and lengths are said as people say them', () => {
  expect([0, 999, 1_234, 99_960, 5_000_000, 2_147_483_648].map(sizeWords)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.2 KB',
    '100 KB',
    '5 MB',
    '2.1 GB',
  ]);
  expect([0, 9_400, 83_000, 3_725_000].map(lengthWords)).toEqual(['0:00', '0:09', '1:23', '1:02:05']);
});

describe('a BlurHash', () => {
  test('becomes pixels', () => {
    const pixels = pixelsOf('LEHV6nWB2yk8pyo0adR*.7kCMdnj', 4, 4);
    expect(pixels?.length).toBe(64);
    expect(pixels?.[3]).toBe(255);
  });

  test('of one colour is that colour', () => {
    // Red: 16711680 in base 83.
    expect([...(pixelsOf('00TI:j', 1, 1) ?? [])]).toEqual([255, 0, 0, 255]);
  });

  test('that is none is none', () => {
    for (const hash of ['', 'x', 'LEHV6nWB2yk8', '"'.repeat(28)]) expect(pixelsOf(hash, 4, 4)).toBeUndefined();
  });
});
