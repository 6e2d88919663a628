// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import { intake } from './intake';
import { held, setTray, trays } from './tray';

const file = (name: string, bytes = 'x'): File => new File([bytes], name);
const names = (): string[] => (trays.get().get('1') ?? []).map((one) => one.name);

beforeEach(() => {
  setTray('1', []);
  held.clear();
});

describe('what is chosen', () => {
  test('stands in the tray of its draft, in order, with its bytes at hand', async () => {
    expect(await intake('1', [file('a.zip'), file('b.zip')], 0)).toBeUndefined();
    expect(await intake('1', [file('c.zip')], 0)).toBeUndefined();
    expect(names()).toEqual(['a.zip', 'b.zip', 'c.zip']);
    expect(trays.get().has('2')).toBe(false);
    expect(held.size).toBe(3);
  });

  test('without folders and what is empty, which is said, while the rest is taken', async () => {
    expect(await intake('1', [file('a.zip'), file('none.txt', '')], 1)).toBe(
      'A folder cannot be attached. Make an archive of it first. “none.txt” is empty.',
    );
    expect(names()).toEqual(['a.zip']);
    expect(await intake('1', [file('one', ''), file('two', '')], 0)).toBe('2 of the files are empty.');
  });

  test('is ten at most: the first are taken, and it is said which are not', async () => {
    const nine = Array.from({ length: 9 }, (_, n) => file(`${n}`));
    await intake('1', nine, 0);
    expect(await intake('1', [file('a'), file('b')], 0)).toBe('A message takes 10 files at most. “b” was left out.');
    expect(names()).toEqual([...nine.map(({ name }) => name), 'a']);
    expect(await intake('1', [file('c')], 0)).toBe('A message takes 10 files at most. “c” was left out.');
    expect(names()).toHaveLength(10);
    const many = Array.from({ length: 14 }, (_, n) => file(`${n}`));
    setTray('1', []);
    expect(await intake('1', many, 0)).toBe('A message takes 10 files at most. 4 files were left out, from “10” on.');
    expect(names()).toEqual(many.slice(0, 10).map(({ name }) => name));
  });

  test('is called by its time when it was pasted without a name', async () => {
    await intake('1', [new File(['x'], 'image.png', { lastModified: new Date(2026, 10, 22, 9, 5, 7).getTime() })], 0);
    expect(names()).toEqual(['Picture 2026-11-22 09.05.07.png']);
  });
});
