import { describe, expect, it } from 'vitest';
import { emojiName, emojiNameWrong, freeName, stickerName } from './names';

describe('names from files', () => {
  it('are what can be written', () => {
    expect(emojiName('Party Cat.gif')).toBe('party_cat');
    expect(emojiName('käse+brot.PNG')).toBe('kase+brot');
    expect(emojiName('日本.png')).toBe('');
    expect(emojiName(`${'a'.repeat(40)}.png`)).toHaveLength(32);
    expect(stickerName('Good morning!.png')).toBe('good-morning');
    expect(stickerName('-- x_y.webp')).toBe('x-y');
    expect(stickerName(`${'a'.repeat(31)} b.png`)).toBe('a'.repeat(31));
  });

  it('get a number where they are taken', () => {
    const taken = new Set(['wave', 'wave-2', 'a'.repeat(32)]);
    expect(freeName('bow', taken)).toBe('bow');
    expect(freeName('wave', taken)).toBe('wave-3');
    expect(freeName('a'.repeat(32), taken)).toBe(`${'a'.repeat(30)}-2`);
  });
});

describe('the name of an emoji', () => {
  it('is refused in words', () => {
    const taken = new Set(['cat']);
    expect(emojiNameWrong('dog', taken, false)).toBeUndefined();
    expect(emojiNameWrong('c', taken, false)).toMatch('2 to 32');
    expect(emojiNameWrong('Dog', taken, false)).toMatch('2 to 32');
    expect(emojiNameWrong('cat', taken, false)).toMatch('already');
    expect(emojiNameWrong('smile', taken, true)).toMatch('everybody has');
  });
});
