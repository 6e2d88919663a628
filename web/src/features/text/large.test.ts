import { describe, expect, it } from 'vitest';
import { parse } from './parse';
import { onlySigns } from './Rendered';

const signs = (text: string): number | undefined => {
  const parsed = parse(text);
  return parsed === undefined ? undefined : onlySigns(parsed)?.length;
};

describe('a text of few emoji', () => {
  it('is one to three names, alone or among emoji', () => {
    expect(signs(':cat:')).toBe(1);
    expect(signs(':cat: :dog: :cow:')).toBe(5);
    expect(signs('🎉 :cat:')).toBeDefined();
  });

  it('is nothing with a word in it, with more, or without a name', () => {
    for (const text of ['look :cat:', ':cat: :cat: :cat: :cat:', 'cat', '`:cat:`', ':cat:\n\n:dog:', '# :cat:', '🎉'])
      expect(signs(text)).toBeUndefined();
  });
});
