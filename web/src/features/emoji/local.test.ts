import { afterEach, describe, expect, test } from 'vitest';
import { type Language, language } from '@/state/language';
import { emojiOfCode, emojis } from './data';
import { followLanguage, keyed, labelOf, localWordsOf, speakEmoji } from './local';
import { searchEmoji } from './search';

const found = (query: string): string[] => searchEmoji(query, 12).map(({ char }) => char.replaceAll('\uFE0F', ''));
const named = (code: string): string => {
  const emoji = emojiOfCode(code);
  return emoji === undefined ? '' : labelOf(emoji);
};

afterEach(() => speakEmoji('en'));

describe('emoji in other languages', () => {
  test.each<[Language, string, string, string]>([
    ['tr', 'köpek', '🐶', 'köpek yüzü'],
    ['de', 'Hund', '🐶', 'Hundegesicht'],
    ['es', 'perro', '🐶', 'cara de perro'],
    ['fr', 'chien', '🐶', 'tête de chien'],
    ['ar', 'كلب', '🐶', 'وجه كلب'],
    ['ja', '犬', '🐶', 'イヌの顔'],
  ])('in %s %s finds %s', async (spoken, query, char, label) => {
    expect(found(query)).not.toContain(char);
    await speakEmoji(spoken);
    expect(found(query)).toContain(char);
    expect(named('dog')).toBe(label);
    // English words find as before.
    expect(found('rocket')[0]).toBe('🚀');
    expect(found('tada')[0]).toBe('🎉');
  });

  test.each<Language>(['tr', 'de', 'es', 'fr', 'ar', 'ja'])('have names in %s, nearly all of them', async (spoken) => {
    await speakEmoji(spoken);
    const without = emojis.filter((emoji) => localWordsOf(emoji).length === 0);
    expect(without.length).toBeLessThan(emojis.length / 100);
  });

  test('are found however the letters are typed', async () => {
    await speakEmoji('ja');
    expect(found('ねこ')).toContain('🐱');
    expect(found('ネコ')).toContain('🐱');
    await speakEmoji('tr');
    expect(found('yildiz')).toContain('⭐');
    expect(found('YILDIZ')).toContain('⭐');
    await speakEmoji('de');
    expect(found('muede')).not.toContain('😴');
    expect(found('mude')).toContain('😴');
    expect(keyed('ひ')).toBe(keyed('ヒ'));
  });

  test('follow the language that is chosen', async () => {
    await followLanguage();
    language.set('fr');
    await expect.poll(() => named('dog')).toBe('tête de chien');
    language.set('en');
    expect(named('dog')).toBe('dog face');
  });
});
