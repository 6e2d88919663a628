import { check } from './checker.ts';
import { readHistory } from './history.ts';

/** Judges a record that is there already: `node tests/faults/judge.ts history.jsonl`. */
const path = process.argv[2];
if (path === undefined) {
  process.stderr.write('usage: node tests/faults/judge.ts history.jsonl\n');
  process.exit(2);
}
const verdict = check(readHistory(path));
process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
process.exit(verdict.good ? 0 : 1);
