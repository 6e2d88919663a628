// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import { SessionContext } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { aRoom, aUser } from '@/testing/fakes';
import { MessageText, rendering } from './MessageText';

// KaTeX sets nothing in a page of quirks, and happy-dom does not say what a page is.
Object.defineProperty(document, 'compatMode', { value: 'CSS1Compat' });

// Grammars and fonts of formulas are fetched meanwhile, and a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 30_000 });
beforeAll(() => rendering.get());
afterEach(cleanup);

function show(text: string): HTMLElement {
  return render(<MessageText text={text} />).container;
}

/** As HTML, without the direction of each block: a test of its own looks at that. */
function elements(text: string): string {
  return show(text).innerHTML.replaceAll(' dir="auto"', '');
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
    ['# loud', '<h3>loud</h3>'],
    ['###### small', '<h6>small</h6>'],
    ['one\n\n***\n\ntwo', '<p>one</p><hr><p>two</p>'],
    ['- a\n  - b\n    1. c', '<ul><li>a<ul><li>b<ol start="1"><li>c</li></ol></li></ul></li></ul>'],
    ['> a\n> - b', '<blockquote><p>a</p><ul><li>b</li></ul></blockquote>'],
    ['_a **b**_', '<p><em>a <strong>b</strong></em></p>'],
    ['snake_case_name and 2*3*4', '<p>snake_case_name and 2<em>3</em>4</p>'],
    ['\\*not thin\\*', '<p>*not thin*</p>'],
  ])('%s', (text, html) => {
    expect(elements(text)).toBe(html);
  });

  test('is read in the direction of its own words, block by block, and code from left to right', () => {
    const shown = show('# a\n\nb\n\n> c\n\n- d\n\n|e|\n|-|\n|f|\n\n```\ng\n```');
    for (const block of ['h3', 'p', 'blockquote', 'ul', 'table'])
      expect(shown.querySelector(block)?.getAttribute('dir')).toBe('auto');
    expect(shown.querySelector('pre')?.getAttribute('dir')).toBe('ltr');
  });

  test('keeps a code block byte for byte', () => {
    const code = '  if (a < b) {\n\treturn "**x**";\n  }';
    expect(show(`\`\`\`js\n${code}\n\`\`\``).querySelector('pre')?.textContent).toBe(code);
  });

  test('leaves what people type in chat as it is', () => {
    for (const text of ['one\n---', '    four spaces', '#general is here', '[id]: https://example.org']) {
      const shown = show(text);
      expect(shown.querySelector('h1, h2, h3, pre')).toBeNull();
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
    '| a | b |\n|---|---|\n| <b> | [x](javascript:alert(1)) |',
    '||<img src=x onerror=alert(1)> ||x|| [y](data:text/html,x)||',
    '[x](vbscript:alert(1))',
    '[x](java\nscript:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](//example.org)',
    '[![x](https://example.org/x.png)](javascript:alert(1))',
    '$\\href{javascript:alert(1)}{x}$',
    '```html\n<script>alert(1)</script>\n```',
    '```"><img/src=x>\nx\n```',
  ])('makes nothing of %s that could run or load', (text) => {
    const shown = show(text);
    for (const icon of shown.querySelectorAll('.code-head svg')) icon.remove();
    expect(shown.querySelector('img, script, svg, iframe, b')).toBeNull();
    for (const { protocol } of shown.querySelectorAll('a')) expect(['http:', 'https:', 'mailto:']).toContain(protocol);
  });

  test.each([
    '>'.repeat(5_000),
    '> '.repeat(3_000),
    '- '.repeat(4_000),
    '['.repeat(8_000),
    '*a'.repeat(8_000),
    '`'.repeat(16_000),
    '$a '.repeat(5_000),
    '||a '.repeat(4_000),
    '||'.repeat(8_000),
    '$a$'.repeat(5_000),
    '`a'.repeat(8_000),
    'a@'.repeat(8_000),
    ':a'.repeat(8_000),
    '|a'.repeat(50),
    '![['.repeat(5_000),
    '<'.repeat(16_000),
    '\\'.repeat(16_000),
    '```\n'.repeat(4_000),
    '1. '.repeat(5_000),
    '| a '.repeat(2_000),
    `${'|a'.repeat(50)}\n${'|-'.repeat(50)}\n${'|\n'.repeat(7_000)}`,
    '> ',
    '***',
    '-',
  ])('shows hostile lengths and nestings as they are, case %#', (text) => {
    expect(show(text).textContent).not.toBe('');
  });

  test('shows tables with their alignment', () => {
    const shown = show('| a | b |\n|:--|--:|\n| **1** | 2 |');
    expect([...shown.querySelectorAll('th')].map((cell) => cell.className)).toEqual(['cell-left', 'cell-right']);
    expect(shown.querySelector('tbody')?.innerHTML).toBe(
      '<tr><td class="cell-left"><strong>1</strong></td><td class="cell-right">2</td></tr>',
    );
  });

  test('shows tasks that cannot be pressed', () => {
    const boxes = [...show('- [x] done\n- [ ] to do').querySelectorAll('input')];
    expect(boxes.map((box) => [box.checked, box.disabled])).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  test('hides what is between bars until it is pressed, or chosen by keys', () => {
    const shown = show('it was ||the *gardener* https://example.org||!');
    const hidden = screen.getByRole('button', { name: /hidden text/i });
    expect(hidden.getAttribute('aria-expanded')).toBe('false');
    expect(hidden.firstElementChild?.hasAttribute('inert')).toBe(true);
    hidden.focus();
    fireEvent.keyDown(hidden, { key: 'x' });
    expect(screen.queryByRole('button')).not.toBeNull();
    fireEvent.keyDown(hidden, { key: 'Enter' });
    expect(screen.queryByRole('button')).toBeNull();
    expect(shown.querySelector('[inert]')).toBeNull();
    expect(shown.textContent).toBe('it was the gardener https://example.org!');
    expect(document.activeElement).toBe(hidden);
    cleanup();
    show('||x||');
    fireEvent.click(screen.getByRole('button'));
    expect(screen.queryByRole('button')).toBeNull();
  });

  test.each(['a || b || c', '||||', '|| ||', 'x || y'])('sees no hidden text in %s', (text) => {
    const shown = show(text);
    if (text.split('||').length < 3 || text.replace(/[|\s]/g, '') === '') expect(shown.textContent).toContain('|');
  });

  test('leaves bars in code, and escaped ones, alone', () => {
    expect(show('||a `x||y` b||').querySelector('code')?.textContent).toBe('x||y');
    cleanup();
    expect(elements('`a || b || c`')).toBe('<p><code>a || b || c</code></p>');
  });

  test('names the language of code, colours it, and copies it as it is', async () => {
    const code = 'const a = "<b>";\n\treturn 1;';
    const shown = show(`\`\`\`ts\n${code}\n\`\`\``);
    expect(shown.querySelector('.code-language')?.textContent).toBe('TypeScript');
    expect(shown.querySelector('pre')?.textContent).toBe(code);
    await waitFor(() => expect(shown.querySelector('.hljs-keyword')?.textContent).toBe('const'));
    expect(shown.querySelector('pre')?.textContent).toBe(code);
    const writeText = vi.fn(async () => {});
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    fireEvent.click(screen.getByRole('button', { name: 'Copy code' }));
    expect(writeText).toHaveBeenCalledExactlyOnceWith(code);
    await screen.findByText('Copied');
    vi.unstubAllGlobals();
  });

  test('shows code of a language nobody knows as it is', () => {
    const shown = show('```klingon\nqapla\n```');
    expect(shown.querySelector('.code-language')?.textContent).toBe('klingon');
    expect(shown.querySelector('code')?.innerHTML).toBe('qapla');
  });

  test('sets formulas, and shows those that are none as they are', async () => {
    const shown = show('with $a^2+b_1$ and $\\frob{x}$\n\n$$\n\\sum_i x_i\n- 1\n$$');
    await waitFor(() => expect(shown.querySelectorAll('.katex')).toHaveLength(2));
    expect(shown.querySelector('.is-source')?.textContent).toBe('\\frob{x}');
    expect(shown.querySelector('.maths-block .katex-display')).not.toBeNull();
    expect(shown.querySelector('em, li')).toBeNull();
  });

  test.each(['it costs $5 and $6', '5$ or 6$', 'US$5 to CA$6', 'echo $HOME and $PATH', '$ a $', '$5/$6'])(
    'takes %s for no formula',
    (text) => {
      expect(show(text).textContent).toBe(text);
      expect(document.querySelector('.maths')).toBeNull();
    },
  );

  test('makes emoji of shortcodes, and leaves what only looks like one', async () => {
    const shown = show('well :+1: at 10:30:45 and :no_such_thing:');
    await waitFor(() => expect(shown.textContent).toBe('well 👍 at 10:30:45 and :no_such_thing:'));
    cleanup();
    expect(show('`:+1:`').textContent).toBe(':+1:');
  });

  test('shows one to three emoji large, by shortcode too', async () => {
    expect(show('🎉 🚀').querySelector('.msg-emoji')?.textContent).toBe('🎉 🚀');
    cleanup();
    expect(show('🎉🎉🎉🎉').querySelector('.msg-emoji')).toBeNull();
    cleanup();
    const shown = show(':tada:');
    await waitFor(() => expect(shown.querySelector('.msg-emoji')?.textContent).toBe('🎉'));
  });
});

describe('names in a text', () => {
  const ada = aUser('7', 'Ada');
  const ben = aUser('8', 'Ben');
  const room = aRoom('3', { name: 'night.garden' });
  const openDm = vi.fn(async () => aRoom('9', { kind: 'dm', name: '', peer: ben }));

  function told(text: string): HTMLElement {
    const people = { users: new Store(new Map([ada, ben].map((user) => [user.id, user]))) };
    const list = { rooms: new Store(new Map([[room.id, room]])) };
    const chat = { me: ada, people, list, openDm } as unknown as Chat;
    const session = { chat, drafts: new Drafts('7') };
    return render(
      <SessionContext value={session}>
        <MessageText text={text} />
      </SessionContext>,
    ).container;
  }

  test('are chips when somebody or somewhere is called that', () => {
    const shown = told(`@${ben.username}, see #night.garden. @nobody #nowhere`);
    expect([...shown.querySelectorAll('.chip')].map((chip) => chip.textContent)).toEqual([
      `@${ben.username}`,
      '#night.garden',
    ]);
    expect(screen.getByRole('link').getAttribute('href')).toBe('/r/3');
    expect(shown.textContent).toBe(`@${ben.username}, see #night.garden. @nobody #nowhere`);
    fireEvent.click(screen.getByRole('button'));
    expect(openDm).toHaveBeenCalledExactlyOnceWith('8');
  });

  test('stand out when they mean me', () => {
    const shown = told(`@${ada.username.toUpperCase()} and @all and @here`);
    expect(shown.querySelectorAll('.chip-me')).toHaveLength(3);
  });

  test.each([
    'ben@example.org',
    `x@BEN`,
    '`@BEN`',
    '\\@BEN',
    '/@BEN',
    '```\n@BEN #night.garden\n```',
    '[@BEN](https://example.org)',
    'https://example.org/@BEN#night.garden',
  ])('are none in %s', (text) => {
    expect(told(text.replaceAll('BEN', ben.username)).querySelector('.chip')).toBeNull();
  });
});
