import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { GATEWAYS, MSG_SVCS, SERVICES } from '../system.ts';
import { comesTrue } from '../time.ts';
import type { Fault } from './fault.ts';

const STRIKES_WITHIN_MS = 5_000;
const CLOCKS = ['auth-svc-0', ...MSG_SVCS, ...GATEWAYS];
const HOUR_MS = 3_600_000;
const SPARE_FILES = 2;
const RECONNECTING = 0.5;

/** The soft limit of open files; the hard one stays, so that it can be raised again. */
function limitFiles(pid: number, soft: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);
}
function fileLimit(pid: number): string {
  return /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '1024';
}
function highestFile(pid: number): number {
  return Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number));
}

export const resource_faults: readonly Fault[] = [
  {
    name: 'fd-exhaustion',
    doc: 'A gateway may open no more files, while half of the clients come back.',
    touches: [...GATEWAYS, 'clients'],
    short_ms: 3_000,
    long_ms: 20_000,
    inject: async ({ note, random, system }) => {
      const victim = system.program(random.pick(GATEWAYS));
      const pid = victim.pid;
      if (pid === undefined) throw new Error(`${victim.name} is not running`);
      note(victim.name);
      const before = fileLimit(pid);
      limitFiles(pid, String(highestFile(pid) + SPARE_FILES));
      await system.links.cut('clients', RECONNECTING);
      return async () => limitFiles(pid, before);
    },
  },
  {
    name: 'malloc-failure',
    doc: 'A process gets no more memory, wherever in its code it is; it says so, ends, and is started again.',
    touches: SERVICES,
    short_ms: 300,
    long_ms: 5_000,
    inject: async ({ note, random, system, wrong }) => {
      const victim = random.pick(SERVICES);
      note(victim);
      system.program(victim).expectDeath();
      system.arm(victim, 'alloc.fails', 'fail');
      await comesTrue(STRIKES_WITHIN_MS, () => !system.isArmed(victim, 'alloc.fails'));
      return async () => {
        if (!system.isArmed(victim, 'alloc.fails')) return;
        system.disarm(victim, 'alloc.fails');
        system.program(victim).expectNoDeath();
        wrong(`${victim} never asked for memory`);
      };
    },
  },
  {
    name: 'clock-jump',
    doc: 'The clock of one process is an hour ahead, or an hour behind.',
    touches: CLOCKS,
    short_ms: 3_000,
    long_ms: 20_000,
    inject: async ({ note, random, system }) => {
      const victim = random.pick(CLOCKS);
      const offset_ms = random.pick([-HOUR_MS, HOUR_MS]);
      note(`${victim} ${offset_ms > 0 ? 'ahead' : 'behind'}`);
      system.arm(victim, 'clock.offset_ms', String(offset_ms));
      return async () => system.disarm(victim, 'clock.offset_ms');
    },
  },
];
