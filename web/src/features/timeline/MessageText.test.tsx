// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { MessageText } from './MessageText';

afterEach(cleanup);

function show(text: string): HTMLElement {
  return render(<MessageText text={text} />).container;
}

describe('the text of a message', () => {
  test.each([
    ['**bold** and *thin*', '<p><strong>bold</strong> and <em>thin</em></p>'],
    ['one\ntwo', '<p>one<br>two</p>'],
    ['`a < b`', '<p><code>a &lt; b</code></p>'],
    ['a < b & "c"', '<p>a &lt; b &amp; "c"</p>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['> so it is', '<blockquote><p>so it is</p></blockquote>'],
    ['~~gone~~', '<p><del>gone</del></p>'],
    ['# loud', '<p><strong>loud</strong></p>'],
  ])('%s', (text, html) => {
    expect(show(text).innerHTML).toBe(html);
  });

  test('keeps a code block byte for byte', () => {
    const code = '  if (a < b) {\n\treturn "**x**";\n  }';
    expect(show(`\`\`\`js\n${code}\n\`\`\``).querySelector('pre')?.textContent).toBe(code);
  });

  test('leaves what people type in chat as it is', () => {
    for (const text of ['one\n---', '    four spaces', '#general is here', '[id]: https://example.org']) {
      const shown = show(text);
      expect(shown.querySelector('h1, h2, pre')).toBeNull();
      expect(shown.textContent).toContain(text.trim().split('\n')[0]);
      cleanup();
    }
  });

  test('makes links of addresses, that open apart and tell nothing of here', () => {
    const link = show('see https://example.org/a?b=1&c=2.').querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://example.org/a?b=1&c=2');
    expect(link?.getAttribute('target')).toBe('_blank');
    expect(link?.getAttribute('rel')).toContain('noopener');
  });

  test('says where a link leads that claims another place', () => {
    expect(show('[https://bank.example](https://thief.example/x)').textContent).toBe(
      'https://bank.example (thief.example)',
    );
    cleanup();
    expect(show('[the bank](https://bank.example)').textContent).toBe('the bank');
  });

  test.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '![x](https://example.org/track.png)',
    '<a href="javascript:alert(1)">x</a>',
    '<javascript:alert(1)>',
    '**<svg onload=alert(1)>**',
    '| a | b |\n|---|---|\n| <b> | 2 |',
  ])('makes nothing of %s that could run or load', (text) => {
    const shown = show(text);
    expect(shown.querySelector('img, script, svg, iframe, b, a[href^="javascript" i], a[href^="data" i]')).toBeNull();
  });

  test('shows hostile lengths and nestings as they are', { timeout: 120_000 }, () => {
    for (const text of [
      '>'.repeat(5_000),
      '> '.repeat(3_000),
      '- '.repeat(4_000),
      '['.repeat(8_000),
      '*a'.repeat(8_000),
      '`'.repeat(16_000),
      '> ',
      '***',
      '-',
    ]) {
      expect(show(text).textContent).not.toBe('');
      cleanup();
    }
  });
});
