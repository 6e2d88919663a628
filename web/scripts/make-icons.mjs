// Draws the icons of the installed app from the mark. Run by hand after favicon.svg has changed; what it writes is kept
// under version control: node scripts/make-icons.mjs [path of Chromium]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const out = fileURLToPath(new URL('../public/', import.meta.url));
const chromium = process.argv[2] ?? 'chromium';
const PAPER = '#efece4';

/** `share`: how much of the side the mark takes. `round`: the corners. A maskable icon fills its square, and what matters
 *  lies in its middle, because each system cuts it to a shape of its own. */
const ICONS = [
  { name: 'icon-192.png', size: 192, share: 0.72, round: 0.22 },
  { name: 'icon-512.png', size: 512, share: 0.72, round: 0.22 },
  { name: 'icon-maskable-512.png', size: 512, share: 0.56, round: 0 },
  { name: 'apple-touch-icon.png', size: 180, share: 0.66, round: 0 },
];

// The colours of a light theme: an icon does not follow the page's.
const mark = readFileSync(join(out, 'favicon.svg'), 'utf8').replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\}/, '');
const dir = mkdtempSync(join(tmpdir(), 'parley-icons-'));
for (const { name, size, share, round } of ICONS) {
  const side = size * share;
  const html = `<!doctype html><style>html,body{margin:0;background:transparent}
    div{width:${size}px;height:${size}px;border-radius:${size * round}px;background:${PAPER};display:grid;place-items:center}
    svg{width:${side}px;height:${side}px}</style><div>${mark}</div>`;
  const page = join(dir, 'icon.html');
  writeFileSync(page, html);
  const shown = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1'];
  const shot = [
    `--screenshot=${join(out, name)}`,
    `--window-size=${size},${size}`,
    '--default-background-color=00000000',
  ];
  execFileSync(chromium, [...shown, ...shot, `file://${page}`], { stdio: 'ignore', timeout: 60_000 });
  console.log(name);
}
rmSync(dir, { recursive: true });
