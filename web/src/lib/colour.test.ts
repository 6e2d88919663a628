import { expect, test } from 'vitest';
import { type Colour, contrast, hexOf, inkOn, mixed, parseColour, readableOn } from './colour';

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

test('a colour is read in each way it is written, and nothing else is', () => {
  expect(parseColour('#0b6b5d')).toEqual([11, 107, 93]);
  expect(parseColour(' #FFF ')).toEqual(WHITE);
  expect(parseColour('#0b6b5d14')).toEqual([11, 107, 93]);
  for (const text of ['', 'red', '#12', '#12345', '#gggggg', 'url(#fff)']) expect(parseColour(text)).toBeUndefined();
  expect(hexOf([11, 107, 93])).toBe('#0b6b5d');
});

test('contrast is what WCAG says it is', () => {
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21, 5);
  expect(contrast([119, 119, 119], WHITE)).toBeCloseTo(4.48, 2);
  expect(contrast(WHITE, BLACK)).toBe(contrast(BLACK, WHITE));
});

test('any wish can be read on the grounds of a light and of a dark theme, and a readable one stays as it is', () => {
  const light = ['#f7f5f0', '#ffffff', '#efece4', '#fff1cc'].map((text) => parseColour(text) ?? BLACK);
  const dark = ['#111418', '#181c21', '#0c0f12', '#3a3215'].map((text) => parseColour(text) ?? BLACK);
  for (let hue = 0; hue < 4096; hue += 7) {
    const wish: Colour = [(hue & 15) * 17, ((hue >> 4) & 15) * 17, (hue >> 8) * 17];
    for (const grounds of [light, dark]) {
      const colour = readableOn(wish, grounds, 5.2);
      for (const ground of grounds) expect(contrast(colour, ground)).toBeGreaterThanOrEqual(5.2);
      expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
    }
  }
  expect(readableOn([11, 107, 93], light, 5.2)).toEqual([11, 107, 93]);
});

test('half of each is between the two', () => {
  expect(mixed(BLACK, WHITE, 0.5)).toEqual([127.5, 127.5, 127.5]);
});
