import { describe, expect, test } from 'vitest';
import { otherPlace } from './claims';

const goal = 'https://evil.example/a';
const said = (text: string, href = goal) => otherPlace([{ type: 'text', text }], href);

describe('where a link leads is said', () => {
  test.each([
    'bank.example',
    'https://bank.example/login',
    'see bank.example for more',
    'bаnk.example',
    'ｂａｎｋ．ｅｘａｍｐｌｅ',
    'bank\u200b.example',
    '\u202eelpmaxe.knab',
    'https://bank.example@evil.example',
    'you@bank.example',
  ])('when its words name another place: %s', (words) => expect(said(words)).toBe('evil.example'));

  test('when its words stand in marks', () => {
    expect(otherPlace([{ type: 'strong', children: [{ type: 'code', text: 'bank.example' }] }], goal)).toBe(
      'evil.example',
    );
  });

  test('when its place only looks like another', () => {
    const href = new URL('https://bаnk.example/').href;
    expect(said('https://bаnk.example/', href)).toBe('xn--bnk-6cd.example');
  });

  test.each([
    'press here',
    'evil.example',
    'www.evil.example/other',
    'https://evil.example/b.html',
    '3.5 of 4',
    'a note: read',
  ])('and not when they name none, or the same: %s', (words) => expect(said(words)).toBeUndefined());

  test('and not of an address of mail as it is', () => {
    expect(said('me@evil.example', 'mailto:me@evil.example')).toBeUndefined();
    expect(said('you@bank.example', 'mailto:me@evil.example')).toBe('me@evil.example');
  });
});
