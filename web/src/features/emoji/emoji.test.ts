// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import { emojiOfChar, emojiOfCode, emojis, GROUPS, inTone } from './data';
import { goalOf, sectionsOf, startsOf } from './grid';
import { keepTone, keptTone, noteEmoji, recentEmoji } from './memory';
import { searchEmoji } from './search';

const found = (query: string, recent: string[] = []): string[] => searchEmoji(query, 8, recent).map(({ char }) => char);

describe('the table of emoji', () => {
  test('has each emoji once, in a group that is shown', () => {
    expect(emojis.length).toBeGreaterThan(1_700);
    expect(new Set(emojis.map(({ char }) => char)).size).toBe(emojis.length);
    const groups = new Set<number>(GROUPS.map(({ id }) => id));
    for (const { char, label, group } of emojis)
      expect([char !== '', label !== '', groups.has(group)]).not.toContain(false);
  });

  test('has tones where Unicode has them', () => {
    const wave = emojiOfCode('wave');
    expect(wave && inTone(wave, 3)).toBe('👋🏽');
    expect(wave && inTone(wave, 0)).toBe('👋');
    const doctor = emojiOfCode('health_worker');
    expect(doctor && inTone(doctor, 5)).toBe('🧑🏿‍⚕️');
    const point = emojiOfCode('point_up');
    expect(point && inTone(point, 1)).toBe('☝🏻');
    const rocket = emojiOfCode('rocket');
    expect(rocket && inTone(rocket, 3)).toBe('🚀');
    expect(emojiOfChar('👋🏽')).toBe(wave);
    expect(emojiOfChar('👍')?.char).toBe('👍');
    expect(emojiOfChar('\u2764')?.char).toBe('\u2764\uFE0F');
  });
});

describe('the search for emoji', () => {
  test.each([
    ['tada', '🎉'],
    [':+1:', '👍'],
    ['heart', '❤️'],
    ['party popper', '🎉'],
    ['rocket', '🚀'],
    ['germany', '🇩🇪'],
    ['Café', '☕'],
  ])('%s finds %s', (query, char) => {
    expect(found(query).some((one) => one.replace('\ufe0f', '') === char.replace('\ufe0f', ''))).toBe(true);
  });

  test('puts the one of that name first, and finds nothing for nothing', () => {
    expect(found('cat')[0]).toBe('🐱');
    expect(found('smile')[0]).toBe('😄');
    expect(found('smi').slice(0, 3)).toEqual(['😄', '😏', '😃']);
    expect(found('')).toEqual([]);
    expect(found('xyzzyx')).toEqual([]);
  });

  test('prefers what was used lately among those that fit alike', () => {
    const [, second] = found('flag');
    expect(found('flag', [second ?? ''])[0]).toBe(second);
  });
});

describe('the emoji of this server', () => {
  const cat = {
    char: ':party_cat:',
    label: 'party_cat',
    codes: ['party_cat'],
    words: ['party_cat', 'party', 'cat'],
    group: -1,
    tones: [],
    url: '/media/files/0/small',
  };

  test('are found among the others, and by their name first', () => {
    expect(searchEmoji('party_c', 3, [], [cat])[0]).toBe(cat);
    expect(searchEmoji('cat', 90, [], [cat])).toContain(cat);
    expect(searchEmoji('rocket', 90, [], [cat])).not.toContain(cat);
  });

  test('have a section of their own, and stand among those used lately as long as they are there', () => {
    expect(sectionsOf('', 0, [':party_cat:'], [cat]).map(({ id }) => id)).toEqual([
      'recent',
      'own',
      ...GROUPS.map(({ id }) => String(id)),
    ]);
    expect(sectionsOf('', 0, [':party_cat:'], [])[0]?.id).toBe('0');
  });
});

describe('what is remembered', () => {
  beforeEach(() => localStorage.clear());

  test('is of one user, the last first and each once', () => {
    noteEmoji('7', '🚀');
    noteEmoji('7', '🎉');
    noteEmoji('7', '🚀');
    expect(recentEmoji('7').slice(0, 2)).toEqual(['🚀', '🎉']);
    expect(recentEmoji('8')).not.toContain('🚀');
    for (const char of recentEmoji('8')) expect(emojiOfChar(char), char).toBeDefined();
    keepTone('7', 4);
    expect(keptTone('7')).toBe(4);
    expect(keptTone('8')).toBe(0);
  });

  test('survives what others left there', () => {
    localStorage.setItem('parley.emoji.recent.7', '{"a":1}');
    localStorage.setItem('parley.emoji.tone.7', '9');
    expect(recentEmoji('7').length).toBeGreaterThan(0);
    expect(keptTone('7')).toBe(0);
  });
});

describe('the keys', () => {
  const sections = [11, 4, 30].map((length) => ({ emojis: Array.from({ length }) as never[] }));
  const starts = startsOf(sections);
  const go = (key: string, from: number | undefined): number | undefined => goalOf(key, from, starts, 45);

  test('go by rows, keep the column, and stay within', () => {
    expect(go('ArrowDown', undefined)).toBe(0);
    expect(go('ArrowRight', undefined)).toBeUndefined();
    expect(go('ArrowDown', 1)).toBe(10);
    expect(go('ArrowDown', 5)).toBe(10);
    expect(go('ArrowDown', 10)).toBe(12);
    expect(go('ArrowUp', 12)).toBe(10);
    expect(go('ArrowUp', 14)).toBe(10);
    expect(go('ArrowUp', 15)).toBe(11);
    expect(go('ArrowUp', 3)).toBe(3);
    expect(go('ArrowLeft', 0)).toBe(0);
    expect(go('ArrowRight', 44)).toBe(44);
    expect(go('ArrowDown', 44)).toBe(44);
    expect(go('x', 3)).toBeUndefined();
  });

  test('sections without a query begin with what was used', () => {
    expect(sectionsOf('', 0, ['🚀'])[0]?.emojis.map(({ char }) => char)).toEqual(['🚀']);
    expect(sectionsOf('wave', 2, []).flatMap((section) => section.emojis.map(({ char }) => char))).toContain('👋🏼');
  });
});
