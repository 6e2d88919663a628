// Breaks one part of the system after another under load, and judges what the clients were told and show. README.md says how.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { audit } from './audit.ts';
import { Campaign, seconds, type Trial } from './campaign.ts';
import { check } from './checker.ts';
import { type Crowd, startCrowd } from './crowd.ts';
import { faults } from './faults/index.ts';
import { KINDS, type Kind } from './findings.ts';
import { FileRecorder, readHistory } from './history.ts';
import { type Options, parseOptions } from './options.ts';
import { Random } from './random.ts';
import { type Results, tableOf, writeReport } from './report.ts';
import { System } from './system.ts';
import { Tally } from './tally.ts';
import { now, sleep } from './time.ts';
import { Watch } from './watch.ts';

const BASELINE_MS = 4_000;
const RATE_PER_S = 25;
const SETTLE_WITHIN_MS = 60_000;
/** A combination lasts as long as the shortest of its longest. */
const LEAST_MS = 2_000;
const MINUTE_MS = 60_000;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
/** One test of the part: `./parley test` counts these lines. */
function tell(good: boolean, name: string, details: readonly string[] = []): void {
  say(`${good ? 'ok   ' : 'FAIL '} ${name}`);
  for (const line of details.flatMap((text) => text.split('\n'))) say(`      ${line}`);
}

/** Chance of its own for each name, so that one fault alone is injected as it is among all others. */
function chanceOf(seed: number, name: string): Random {
  let hash = seed;
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return new Random(hash);
}

function tellTrial(trial: Trial): void {
  if (trial.left_out !== undefined) return say(`left out  ${trial.name}: ${trial.left_out}`);
  const well = Number.isNaN(trial.recovered_ms) ? 'not well again' : `well again after ${seconds(trial.recovered_ms)}`;
  tell(trial.problems.length === 0, `${trial.name} (${[...trial.notes, well].join(', ')})`, trial.problems);
}

async function eachOnce(campaign: Campaign, options: Options): Promise<void> {
  for (const fault of options.only) {
    tellTrial(await campaign.try([fault], chanceOf(options.seed, fault.name), fault.short_ms));
  }
}

/** Seeded combinations until the time is over. */
async function combinations(campaign: Campaign, options: Options, until: number): Promise<void> {
  const random = new Random(options.seed);
  const from = options.only.length === faults.length ? faults : options.only;
  while (now() < until) {
    const chosen = campaign.choose(from, random);
    const part = random.fork();
    const most = Math.min(...chosen.map((one) => Math.max(one.long_ms, LEAST_MS)));
    tellTrial(await campaign.try(chosen, part, part.between(LEAST_MS, most)));
  }
}

/** What the clients and the logs say at the end. */
async function finish(system: System, crowd: Crowd, tally: Tally): Promise<void> {
  crowd.pause();
  const settled = await crowd.settle(SETTLE_WITHIN_MS).then(
    () => undefined,
    (error: unknown) => error,
  );
  // What they show is judged also when it is not whole.
  crowd.views();
  const readers = crowd.clients.map((client) => ({
    token: () => client.auth.token(),
    rooms: () => client.chat.list.rooms.get().keys(),
  }));
  await audit(system, readers, tally);
  if (settled !== undefined) throw settled;
}

function tellVerdict({ verdict }: Results): void {
  for (const [kind, doc] of Object.entries(KINDS) as [Kind, string][]) {
    const examples = verdict.examples[kind].map((one) => `${one.what} (${one.during.join(', ') || 'no fault was on'})`);
    tell(verdict.counts[kind] === 0, `${kind}: ${verdict.counts[kind]} (${doc})`, examples);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Without git, or outside of a checkout, nobody knows. */
function commitOf(source: string): string {
  const words = ['-C', source, 'describe', '--always', '--dirty'];
  return spawnSync('git', words, { encoding: 'utf8' }).stdout?.trim() || 'unknown';
}

/** Starts the system and the clients, breaks what is asked for, and judges. */
async function go(options: Options, system: System, wrongs: Wrongs): Promise<boolean> {
  const began = now();
  const record = join(options.report, 'history.jsonl');
  const recorder = new FileRecorder(record);
  const tally = new Tally(recorder);
  const { seed, clients, rooms } = options;
  await system.start();
  const commit = commitOf(options.source);
  tally.put({ e: 'run', at: now(), seed, commit, clients, rooms });
  const { gateways, origin: url } = system;
  const crowd = await startCrowd({ url, gateways, clients, rooms, seed, recorder: tally, rate_per_s: RATE_PER_S });
  const watch = new Watch(system);
  const campaign = new Campaign(system, (within_ms) => crowd.settle(within_ms), tally, watch, wrongs);
  await sleep(BASELINE_MS);
  await crowd.settle(SETTLE_WITHIN_MS);
  await watch.setBase();
  const { acked } = crowd.progress();
  tell(acked > 0, `a whole system: ${acked} messages acknowledged before anything is broken`);
  await eachOnce(campaign, options);
  if (options.minutes > 0) await combinations(campaign, options, began + options.minutes * MINUTE_MS);
  await finish(system, crowd, tally).catch((error: unknown) => wrongs.push(`at the end: ${wordsOf(error)}`));
  watch.stop();
  crowd.stop();
  await system.stop();
  recorder.close();
  const results: Results = {
    seed,
    commit,
    build: basename(dirname(options.bin)),
    clients,
    rooms,
    took_ms: now() - began,
    trials: campaign.trials,
    problems: wrongs.splice(0),
    verdict: check(readHistory(record)),
    restarts: Object.fromEntries(system.programs().map((program) => [program.name, program.restarts])),
    samples: watch.samples,
  };
  return tellResults(options, results, tally);
}

/** True when all is well. */
function tellResults(options: Options, results: Results, tally: Tally): boolean {
  const { problems, trials, verdict } = results;
  tellVerdict(results);
  tell(problems.length === 0, 'the clients end well, and so does every process; no sanitizer found anything', problems);
  writeReport(options.report, results, tally);
  say(`\n${tableOf(results)}\n\nreport: ${options.report}/report.md`);
  return verdict.good && problems.length === 0 && trials.every((one) => one.problems.length === 0);
}

/** What must not happen and happened, not yet told of. */
type Wrongs = string[];

/** Returns the exit code. Nothing of the system is left when this process ends, however it ends. */
async function main(options: Options): Promise<number> {
  mkdirSync(options.report, { recursive: true });
  const wrongs: Wrongs = [];
  const { bin, own_network, source } = options;
  const system = new System({ source, bin, own_network, wrong: (what) => wrongs.push(what) });
  process.once('exit', () => system.destroy());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  let good = false;
  try {
    good = await go(options, system, wrongs);
  } catch (error) {
    tell(false, 'the run came to its end', [error instanceof Error ? `${error.stack}` : `${error}`, ...wrongs]);
  }
  if (!good || options.keep) system.keepLogs(join(options.report, 'log'));
  return good ? 0 : 1;
}

let options: Options;
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`faults: ${wordsOf(error)}\n`);
  process.exit(2);
}
process.exit(await main(options));
