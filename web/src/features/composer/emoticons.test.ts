import { afterEach, describe, expect, it } from 'vitest';
import { emojiFor, emoticonsTurn, setEmoticonsTurn, withEmoji } from './emoticons';

afterEach(() => setEmoticonsTurn(true));

const made = (text: string): string => {
  const edit = emojiFor(text, text.length);
  return edit === undefined ? text : text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
};

describe('an emoticon becomes an emoji', () => {
  it.each([
    [':)', '🙂'],
    ['fine ;-)', 'fine 😉'],
    ['one\n<3', 'one\n❤️'],
    ["oh :'(", 'oh 😢'],
  ])('%j', (text, wanted) => {
    expect(made(text)).toBe(wanted);
  });

  it.each(['note:)', 'https://a.example/:)', '`x :)', '```\n:)', '(:)', ':) ', 'at 10:30', '::)', ''])(
    'not: %j',
    (text) => {
      expect(made(text)).toBe(text);
    },
  );

  it('where the caret stands, with what is behind it left alone', () => {
    expect(emojiFor('a :)b', 4)).toEqual({ from: 2, to: 4, insert: '🙂', select_from: 4, select_to: 4 });
  });

  it('when it is sent: the last word, or all of them outside code', () => {
    const text = ':) and `:)` and\n```\n:)\n```\n:D';
    expect(withEmoji(text, false)).toBe(':) and `:)` and\n```\n:)\n```\n😃');
    expect(withEmoji(text, true)).toBe('🙂 and `:)` and\n```\n:)\n```\n😃');
    expect(withEmoji('', true)).toBe('');
  });

  it('unless this device is to leave them', () => {
    setEmoticonsTurn(false);
    expect(emoticonsTurn.get()).toBe(false);
    expect(made(':)')).toBe(':)');
    expect(withEmoji(':)', true)).toBe(':)');
  });
});
