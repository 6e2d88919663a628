// Fails when what a first visit loads has grown past its budget: everything index.html names, in gzip bytes.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = { js: 130 * 1024, css: 35 * 1024 };
const dist = new URL('../dist/', import.meta.url);

const html = readFileSync(new URL('index.html', dist), 'utf8');
const files = new Set([...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]));
const total = { js: 0, css: 0 };
for (const file of files) {
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total[file.endsWith('.css') ? 'css' : 'js'] += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB gz  ${file}`);
}
if (total.js === 0 || total.css === 0) {
  console.error('budget: index.html names no script or no style sheet; build first.');
  process.exit(1);
}

let over = false;
for (const [kind, bytes] of Object.entries(total)) {
  const fits = bytes <= BUDGET[kind];
  over ||= !fits;
  console.log(
    `${kind.padEnd(4)} ${(bytes / 1024).toFixed(1)} of ${BUDGET[kind] / 1024} KB gz ${fits ? 'ok' : 'TOO BIG'}`,
  );
}
process.exit(over ? 1 : 0);
