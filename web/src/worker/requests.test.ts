import { describe, expect, test } from 'vitest';
import { answerTo, outdated } from './requests';

const ORIGIN = 'https://chat.example';
const asked = (path: string, mode = 'cors', method = 'GET'): string =>
  answerTo({ method, mode, url: new URL(path, ORIGIN).href }, ORIGIN);

describe('what the worker answers', () => {
  test('every address of a screen is the page', () => {
    for (const path of ['/', '/index.html', '/r/12', '/r/12/m/99', '/settings/profile', '/invite/abc', '/login?x=1.2'])
      expect(asked(path, 'navigate')).toBe('page');
  });

  test('what belongs to a person, or is the server itself, is left to the network', () => {
    for (const path of ['/api/v1/rooms', '/ws', '/media/files/1', '/metrics', '/readyz', '/healthz'])
      for (const mode of ['cors', 'navigate']) expect(asked(path, mode)).toBe('network');
    expect(asked('/assets/a.js', 'cors', 'POST')).toBe('network');
    expect(asked('https://elsewhere.example/assets/a.js')).toBe('network');
    expect(asked('/theme.js', 'navigate')).toBe('network');
  });

  test('files with a hash and others are told apart', () => {
    expect(asked('/assets/shared-DR8wxbGj.js')).toBe('asset');
    expect(asked('/theme.js', 'no-cors')).toBe('file');
    expect(asked('/apiary.txt')).toBe('file');
  });
});

test('the cache before stays for the pages that are open, older ones go, and those of others are left alone', () => {
  const names = ['parley-shell-1', 'else', 'parley-shell-2', 'parley-shell-3'];
  expect(outdated(names, '3')).toEqual(['parley-shell-1']);
  expect(outdated(['parley-shell-3'], '3')).toEqual([]);
  // Back to a build that was here before: the last one but it stays.
  expect(outdated(['parley-shell-1', 'parley-shell-2', 'parley-shell-3'], '2')).toEqual(['parley-shell-1']);
});
