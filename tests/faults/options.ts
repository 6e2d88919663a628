import { parseArgs } from 'node:util';
import type { Fault } from './faults/fault.ts';
import { faults } from './faults/index.ts';

export interface Options {
  seed: number;
  /** 0: each fault once and no more. */
  minutes: number;
  only: readonly Fault[];
  clients: number;
  rooms: number;
  /** Directory of the built programs. */
  bin: string;
  /** The checkout. */
  source: string;
  /** Where the report goes. */
  report: string;
  own_network: boolean;
  /** The logs of the processes are kept although nothing was wrong. */
  keep: boolean;
}

/** Throws an Error with a sentence for the person who asked for something that is not there. */
export function parseOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '0' },
      only: { type: 'string', multiple: true, default: [] },
      clients: { type: 'string', default: '40' },
      rooms: { type: 'string', default: '8' },
      bin: { type: 'string', default: '' },
      source: { type: 'string', default: process.cwd() },
      report: { type: 'string', default: '' },
      'own-network': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const seed = numberOf('seed', values.seed, 0, 0xffffffff);
  return {
    seed,
    minutes: numberOf('minutes', values.minutes, 0, 24 * 60),
    only: values.only.length === 0 ? faults : values.only.flatMap((list) => list.split(',')).map(find),
    clients: numberOf('clients', values.clients, 2, 1000),
    rooms: numberOf('rooms', values.rooms, 1, 200),
    bin: values.bin,
    source: values.source,
    report: values.report === '' ? `${values.source}/.parley/faults/${seed}` : values.report,
    own_network: values['own-network'],
    keep: values.keep,
  };
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text !== '' && number >= least && number <= most) return number;
  throw new Error(`--${name} ${text}: a number from ${least} to ${most} is needed`);
}

function find(name: string): Fault {
  const found = faults.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Error(`there is no fault "${name}"; there are: ${faults.map((one) => one.name).join(' ')}`);
}
