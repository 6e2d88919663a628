// What the benches of docs/speed.md share: runs of parley-bench-load, medians of rounds, tables, charts.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** More clients than this are more than one process can bring forward without being what is measured. */
const CLIENTS_A_PROCESS = 5000;
const LIMIT_MS = 300_000;

/** What scripts/lib/load.sh tells on standard input. */
const told = readFileSync(0, 'utf8');
/** Of nothing, for who only prints what was measured. */
export const setup = told === '' ? { crowd: '', beside: [], status: { processes: [] } } : JSON.parse(told);
const processes = setup.status.processes;
export const gateways = processes.filter((one) => one.kind === 'gateway');
const watchedOf = (list) => list.flatMap(({ name, pid }) => ['--watch', `${name}=${pid}`]);
const everything = watchedOf(processes);

/** Where clients go, and whose processor time is the server's. */
export const parley = {
  name: 'Parley, its gateways',
  dialect: 'parley',
  addresses: gateways.map((one) => one.address),
  watch: everything,
  isServer: ({ name }) => name.startsWith('gateway'),
};
export const balanced = {
  ...parley,
  name: 'Parley, through its balancer',
  addresses: processes.filter((one) => one.kind === 'haproxy').map((one) => one.address),
};
export const beside = setup.beside.map(({ name, dialect, address, pid }) => ({
  name: { limit: 'limit of the machine', socketio: 'Socket.IO with Redis' }[name] ?? name,
  dialect,
  addresses: [address],
  watch: watchedOf([{ name, pid }]),
  isServer: () => true,
}));

function wordsOf(mode, subject, clients, options) {
  const words = { clients, processes: Math.ceil(clients / CLIENTS_A_PROCESS), limit: LIMIT_MS, ...options };
  if (subject.dialect === 'parley') words.tokens ??= `${setup.crowd}/tokens`;
  const args = [mode, '--dialect', subject.dialect, ...subject.addresses.flatMap((one) => ['--address', one]), ...subject.watch];
  for (const [name, value] of Object.entries(words)) args.push(`--${name}`, String(value));
  return args;
}
function figuresOf(stdout, subject, clients) {
  const figures = JSON.parse(stdout);
  if (!figures.ready || !figures.done) throw new Error(`${subject.name}, ${clients} clients: ${stdout}`);
  if (!figures.good) process.stderr.write(`    ${subject.name}, ${clients} clients: something was lost or refused: ${stdout}`);
  return figures;
}
const bounds = { encoding: 'utf8', timeout: LIMIT_MS + 10_000, killSignal: 'SIGKILL' };

/** One run; throws when it did not come to its end. A run in which something was lost or refused says so in `good`. */
export function run(mode, subject, clients, options) {
  const args = wordsOf(mode, subject, clients, options);
  const { status, stdout, stderr, signal } = spawnSync(setup.load, args, bounds);
  if (stdout === '') throw new Error(`parley-bench-load ${args.join(' ')}: ${status ?? signal} ${stderr}`);
  return figuresOf(stdout, subject, clients);
}
/** The same beside others. `onReady`: called when it says that all its clients are there. */
export function runBeside(mode, subject, clients, options, onReady) {
  const args = wordsOf(mode, subject, clients, options);
  return new Promise((resolve, reject) => {
    const child = execFile(setup.load, args, bounds, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`parley-bench-load ${args.join(' ')}: ${error} ${stderr}`));
      else resolve(figuresOf(stdout, subject, clients));
    });
    child.stderr.once('data', () => onReady?.());
  });
}
/** Processor seconds of those processes while it was counted. */
export const cpuOf = (figures, fits = () => true) => sum(figures.watched.filter(fits).map((one) => one.cpu_s));
export const sum = (list) => list.reduce((all, one) => all + one, 0);
export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
/** The median of what `of` says of each run; undefined when it says nothing of one. */
export function medianOf(runs, of) {
  const values = runs.map(of);
  return values.some((one) => one === undefined || Number.isNaN(one)) ? undefined : median(values);
}

// ---- telling ----

export const digits = (value, unit = '') => (value === undefined ? '–' : `${value.toPrecision(value >= 1000 ? 4 : 3).replace(/^(\d+)e\+(\d+)$/, (text) => Number(text))}${unit}`);
export const ms = (us) => (us === undefined ? '–' : (us / 1000).toFixed(us < 10_000 ? 2 : us < 100_000 ? 1 : 0));
export const times = (runs, name, quantiles = ['p50_us', 'p99_us', 'p999_us']) =>
  quantiles.map((quantile) => ms(medianOf(runs, (one) => one[name]?.[quantile]))).join(' / ');
export const table = (head, rows) =>
  `| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`;
/** Seconds of each kind of process for a million of what was counted. */
export function costTable(runs, label) {
  const kinds = [...new Set(processes.map((one) => one.kind))];
  const kindOf = (name) => processes.find((one) => one.name === name)?.kind;
  const cost = kinds.map((kind) => [kind, medianOf(runs, (one) => (cpuOf(one, ({ name }) => kindOf(name) === kind) * 1e6) / one.counted)]);
  const own = ['the clients themselves', medianOf(runs, (one) => (one.own_cpu_s * 1e6) / one.counted)];
  return table([`processor seconds for a million ${label}`, ''], [...cost, own].filter(([, value]) => value >= 0.005).map(([name, value]) => [name, value.toFixed(2)]));
}
export const save = (dir, figures) => writeFileSync(`${dir}/figures.json`, `${JSON.stringify(figures, null, 1)}\n`);

const WIDTH = 900;
const NAMES = 230;
const BAR = 18;
const escape = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Bars on a logarithmic scale: groups of [title, [[name, value], …]]. */
export function saveChart(file, title, groups) {
  const values = groups.flatMap(([, bars]) => bars.map(([, value]) => value)).filter((value) => value > 0);
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(...values);
  const width = (value) => ((WIDTH - NAMES - 90) * Math.log(value / least)) / Math.log(most / least) + 2;
  const lines = [];
  let y = 50;
  for (const [name, bars] of groups) {
    lines.push(`<text x="10" y="${y}" font-weight="bold">${escape(name)}</text>`);
    y += 8;
    for (const [label, value] of bars) {
      const fill = label.startsWith('Parley') ? '#2563eb' : label.startsWith('limit') ? '#9ca3af' : '#d97706';
      lines.push(`<text x="${NAMES - 8}" y="${y + 13}" text-anchor="end">${escape(label)}</text>`);
      if (value > 0) lines.push(`<rect x="${NAMES}" y="${y}" width="${width(value).toFixed(1)}" height="${BAR - 4}" fill="${fill}"/>`);
      lines.push(`<text x="${(NAMES + (value > 0 ? width(value) : 0) + 6).toFixed(1)}" y="${y + 12}">${digits(value)}</text>`);
      y += BAR;
    }
    y += 26;
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="12">`;
  const rest = [`<rect width="${WIDTH}" height="${y}" fill="#fff"/>`, `<text x="10" y="22" font-size="15">${escape(title)}</text>`, ...lines, '</svg>', ''];
  writeFileSync(file, [head, ...rest].join('\n'));
}

const PANEL = { width: 430, height: 250, left: 60, top: 50, right: 20, bottom: 40 };
const COLOURS = ['#d97706', '#16a34a', '#dc2626', '#7c3aed', '#2563eb'];

/** Lines over a logarithmic scale, two panels a row: [title, [[name, [[x, y], …]], …]]. */
export function saveCurves(file, title, panels) {
  const { width, height, left, top, right, bottom } = PANEL;
  const lines = [];
  panels.forEach(([name, curves], nth) => {
    const points = curves.flatMap(([, all]) => all);
    const [least, most] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
    const high = Math.max(...points.map(([, y]) => y)) * 1.1;
    const at = (x) => left + ((width - left - right) * Math.log(x / least)) / Math.log(most / least || 2);
    const up = (y) => height - bottom - ((height - top - bottom) * y) / high;
    lines.push(`<g transform="translate(${(nth % 2) * width} ${36 + Math.floor(nth / 2) * height})"><text x="${left}" y="30" font-weight="bold">${escape(name)}</text>`);
    for (const share of [0, 0.5, 1]) {
      const y = (high / 1.1) * share;
      lines.push(`<line x1="${left}" x2="${width - right}" y1="${up(y)}" y2="${up(y)}" stroke="#e5e7eb"/><text x="${left - 6}" y="${up(y) + 4}" text-anchor="end">${y.toFixed(0)}</text>`);
    }
    for (const x of new Set(points.map(([one]) => one))) lines.push(`<text x="${at(x)}" y="${height - bottom + 16}" text-anchor="middle">${x.toLocaleString('en')}</text>`);
    curves.forEach(([label, all], i) => {
      lines.push(`<polyline fill="none" stroke="${COLOURS[i]}" stroke-width="2" points="${all.map(([x, y]) => `${at(x).toFixed(1)},${up(y).toFixed(1)}`).join(' ')}"/>`);
      if (nth === 0) lines.push(`<text x="${left + 70 * i}" y="46" fill="${COLOURS[i]}">${escape(label)}</text>`);
    });
    lines.push('</g>');
  });
  const size = [width * 2, 36 + height * Math.ceil(panels.length / 2)];
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size[0]} ${size[1]}" font-family="sans-serif" font-size="12">`;
  writeFileSync(file, [head, `<rect width="${size[0]}" height="${size[1]}" fill="#fff"/>`, `<text x="10" y="22" font-size="15">${escape(title)}</text>`, ...lines, '</svg>', ''].join('\n'));
}
