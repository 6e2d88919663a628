import { expect, test } from 'vitest';
import { trimFaces } from './only-woff2.ts';

test('a font face keeps its WOFF2 file only, and one without keeps what it has', () => {
  expect(
    trimFaces('@font-face{src:url(a.woff2) format("woff2"),url(a.woff) format("woff"),url(a.ttf) format("truetype")}'),
  ).toBe('@font-face{src:url(a.woff2) format("woff2")}');
  expect(trimFaces('@font-face{src:url(a.ttf) format("truetype");a:b}')).toBe(
    '@font-face{src:url(a.ttf) format("truetype");a:b}',
  );
});
