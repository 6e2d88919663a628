// People talk through a system that somebody else runs, while commands are run that scale it, break it and restart it; then the
// checker judges. tests/compose/run has it done to the containers.
//
//   node --import ./tests/faults/loader.mjs tests/faults/composed.ts --url http://localhost:8080 --psql 'command that reads SQL' \
//     --record history.jsonl --step 'name=command' …
import { execFile, spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { audit } from './audit.ts';
import { check } from './checker.ts';
import { startCrowd } from './crowd.ts';
import { KINDS, type Kind } from './findings.ts';
import { FileRecorder, readHistory } from './history.ts';
import { now, sleep } from './time.ts';

const CLIENTS = 8;
const ROOMS = 4;
const RATE_PER_S = 12;
const SEED = 8;
const TALK_MS = 3_000;
/** From the end of a step to the moment when everybody has everything. */
const WELL_WITHIN_MS = 60_000;
const ANSWER_BYTES = 256 << 20;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    psql: { type: 'string', default: '' },
    record: { type: 'string', default: '' },
    step: { type: 'string', multiple: true, default: [] },
  },
});

let wrong = 0;
function tell(good: boolean, what: string): void {
  if (!good) wrong++;
  process.stdout.write(`${good ? 'ok   ' : 'FAIL '} ${what}\n`);
}
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Runs a step's command; what it says goes on to where ours goes. */
function run(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', command], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`its command ended with ${code}`))));
  });
}

function sql(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('bash', ['-c', values.psql], { maxBuffer: ANSWER_BYTES }, (error, answer) =>
      error === null ? resolve(answer.replace(/\n$/, '')) : reject(error),
    );
    child.stdin?.end(`${text};\n`);
  });
}

const recorder = new FileRecorder(values.record);
recorder.put({ e: 'run', at: now(), seed: SEED, commit: 'composed', clients: CLIENTS, rooms: ROOMS });
const gateways = [values.url];
const crowd = await startCrowd({
  url: values.url,
  gateways,
  clients: CLIENTS,
  rooms: ROOMS,
  seed: SEED,
  recorder,
  rate_per_s: RATE_PER_S,
});
await sleep(TALK_MS);
await crowd.settle(WELL_WITHIN_MS);
tell(crowd.progress().acked > 0, `${CLIENTS} clients talk: ${crowd.progress().acked} messages acknowledged so far`);
for (const step of values.step) {
  const [name, command] = [step.slice(0, step.indexOf('=')), step.slice(step.indexOf('=') + 1)];
  const before = crowd.progress();
  recorder.put({ e: 'fault', at: now(), name, phase: 'begin' });
  try {
    const began = now();
    await run(command);
    const took = now() - began;
    recorder.put({ e: 'fault', at: now(), name, phase: 'healed' });
    await sleep(TALK_MS);
    const well = await crowd.settle(WELL_WITHIN_MS);
    recorder.put({ e: 'fault', at: now(), name, phase: 'recovered' });
    const acked = crowd.progress().acked - before.acked;
    const seconds = (ms: number): string => (ms / 1000).toFixed(1);
    tell(
      acked > 0,
      `${name} (${seconds(took)} s, ${acked} acknowledged meanwhile, all whole after ${seconds(well)} s)`,
    );
  } catch (error) {
    tell(false, `${name}: ${wordsOf(error)}`);
  }
}
crowd.pause();
await crowd.settle(WELL_WITHIN_MS).catch((error: unknown) => tell(false, `at the end: ${wordsOf(error)}`));
crowd.views();
const readers = crowd.clients.map((client) => ({
  token: () => client.auth.token(),
  rooms: () => client.chat.list.rooms.get().keys(),
}));
await audit({ gateways, postgres: { sql } }, readers, recorder);
const { acked, refused, sent } = crowd.progress();
crowd.stop();
recorder.close();
const verdict = check(readHistory(values.record));
for (const [kind, doc] of Object.entries(KINDS) as [Kind, string][]) {
  tell(verdict.counts[kind] === 0, `${kind}: ${verdict.counts[kind]} (${doc})`);
  for (const one of verdict.examples[kind]) process.stdout.write(`      ${one.what} (${one.during.join(', ')})\n`);
}
process.stdout.write(
  `      ${sent} sent, ${acked} acknowledged, ${refused} refused, ${verdict.totals.received} received; ack p99 ${verdict.totals.ack_p99} ms\n`,
);
process.exit(wrong === 0 && verdict.good ? 0 : 1);
