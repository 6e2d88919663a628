import { expect, test } from 'vitest';
import { PACKS, spoken, stickerOf } from './packs';

test('every sticker of the list is drawn, and every drawing is in the list', () => {
  const drawn = Object.keys(import.meta.glob('./packs/*/*.svg')).sort();
  const listed = PACKS.flatMap((pack) => pack.stickers.map(({ name }) => `./packs/${pack.id}/${name}.svg`)).sort();
  expect(listed).toEqual(drawn);
  expect(PACKS.every((pack) => pack.stickers.length >= 8 && pack.stickers.length <= 12)).toBe(true);
});

test('only what is listed is found', () => {
  expect(stickerOf('mo', 'wave')?.name).toBe('wave');
  for (const [pack, name] of [
    ['mo', 'nothing'],
    ['none', 'wave'],
    ['mo', '../garden/hug'],
    [undefined, 7],
  ] as const)
    expect(stickerOf(pack, name)).toBeUndefined();
  expect(spoken('good-morning')).toBe('Good morning');
});
