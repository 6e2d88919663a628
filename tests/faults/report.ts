import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seconds, type Trial } from './campaign.ts';
import { chartOf } from './chart.ts';
import type { Verdict } from './checker.ts';
import type { FaultRow } from './fault_rows.ts';
import { KINDS, type Kind } from './findings.ts';
import type { Tally } from './tally.ts';
import type { Sample } from './watch.ts';

export interface Results {
  seed: number;
  commit: string;
  build: string;
  clients: number;
  rooms: number;
  took_ms: number;
  trials: readonly Trial[];
  /** What happened outside of every fault. */
  problems: readonly string[];
  verdict: Verdict;
  restarts: Record<string, number>;
  samples: readonly Sample[];
}

const SHOWN: readonly Kind[] = ['lost', 'doubled', 'reordered', 'tail_lost', 'after_removal'];
const HEAD = [
  'fault',
  'sent',
  'acked',
  'refused',
  ...SHOWN.map((kind) => kind.replace('_', ' ')),
  'other',
  'well after',
  'ack p99',
];
const COLUMNS = [...HEAD, 'worst ping', 'restarts'];

/** One row a trial: what was sent meanwhile and what became of it. */
function rowsOf({ trials, verdict }: Results): string[][] {
  return trials.map((trial) => {
    if (trial.left_out !== undefined) return [trial.name, `left out: ${trial.left_out}`];
    const rows = rowsOfTrial(trial, verdict.faults);
    const sum = (of: (row: FaultRow) => number): number => Math.max(0, ...rows.map(of));
    const kinds = Object.keys(KINDS) as Kind[];
    const others = kinds.filter((kind) => !SHOWN.includes(kind));
    return [
      trial.name,
      String(sum((row) => row.sent)),
      String(sum((row) => row.acked)),
      String(sum((row) => row.refused)),
      ...SHOWN.map((kind) => String(sum((row) => row.found[kind] ?? 0))),
      String(others.reduce((total, kind) => total + sum((row) => row.found[kind] ?? 0), 0)),
      Number.isNaN(trial.recovered_ms) ? 'never' : seconds(trial.recovered_ms),
      seconds(sum((row) => row.ack_p99)),
      `${Math.round(trial.worst_ping_ms)} ms`,
      String(trial.restarts),
    ];
  });
}

/** Faults of one name come in the order of their trials. */
function rowsOfTrial(trial: Trial, rows: readonly FaultRow[]): FaultRow[] {
  return rows.filter((row) => trial.spans.some((span) => span.name === row.name && span.begin === row.begin));
}

/** The table for a terminal. */
export function tableOf(results: Results): string {
  const rows = rowsOf(results);
  const widths = COLUMNS.map((title, i) =>
    Math.max(title.length, ...rows.filter(isFull).map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(isFull(row) ? (widths[i] ?? 0) : 0)))
      .join('  ');
  return [COLUMNS, ...rows].map(line).join('\n');
}
const isFull = (row: string[]): boolean => row.length === COLUMNS.length;

/** Writes report.json, report.md and chart.svg. */
export function writeReport(dir: string, results: Results, tally: Tally): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'report.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(dir, 'chart.svg'), chartOf(tally, results.samples));
  writeFileSync(join(dir, 'report.md'), markdownOf(results));
}

function markdownOf(results: Results): string {
  const { build, clients, commit, problems, rooms, seed, took_ms, trials, verdict } = results;
  const { totals } = verdict;
  const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const bad = trials.filter((trial) => trial.problems.length > 0);
  return [
    `# Fault run, seed ${seed}`,
    '',
    `Commit ${commit}, build ${build}, ${clients} clients in ${rooms} rooms, ${seconds(took_ms)}.`,
    '',
    `${totals.invoked} messages were begun, ${totals.acked} acknowledged, ${totals.refused} refused, ${totals.undecided} undecided at the end;`,
    `${totals.received} events were received and ${totals.views} views compared. Half of the acks came within`,
    `${totals.ack_p50.toFixed(0)} ms, 99 % within ${totals.ack_p99.toFixed(0)} ms. A restored backup excuses ${totals.excused}.`,
    '',
    '![Sends and acks a second; grey: a fault is on; light: not yet well again](chart.svg)',
    '',
    row(COLUMNS),
    row(COLUMNS.map(() => '---')),
    ...rowsOf(results).map(row),
    '',
    '## What the checker found',
    '',
    ...Object.entries(KINDS).map(([kind, doc]) => `- ${kind}: ${verdict.counts[kind as Kind]} (${doc})`),
    ...Object.values(verdict.examples).flatMap((list) => list.map((one) => `  - ${one.kind}: ${one.what}`)),
    '',
    '## What else was wrong',
    '',
    ...(bad.length + problems.length === 0 ? ['Nothing.'] : []),
    ...bad.flatMap(({ name, problems: of }) => of.map((what) => `- ${name}: ${what.replaceAll('\n', '\n    ')}`)),
    ...problems.map((what) => `- ${what.replaceAll('\n', '\n    ')}`),
    '',
  ].join('\n');
}
