import type { ServiceName } from '../system.ts';
import { comesTrue } from '../time.ts';
import type { Fault, Scene } from './fault.ts';

const STRIKES_WITHIN_MS = 5_000;

interface At {
  name: string;
  doc: string;
  failpoint: string;
  programs: readonly ServiceName[];
}

/** A process that dies, as by kill -9, at one exact place of its code. That the place was come by belongs to the test. */
export function killAt({ name, doc, failpoint, programs }: At): Fault {
  return {
    name,
    doc,
    touches: programs,
    short_ms: 300,
    long_ms: 5_000,
    inject: async ({ alone, note, random, system, wrong }: Scene) => {
      const victim = random.pick(programs);
      note(victim);
      system.program(victim).expectDeath();
      system.arm(victim, failpoint, 'kill');
      await comesTrue(STRIKES_WITHIN_MS, () => !system.isArmed(victim, failpoint));
      return async () => {
        if (!system.isArmed(victim, failpoint)) return;
        system.disarm(victim, failpoint);
        system.program(victim).expectNoDeath();
        // What else is broken may keep everything from getting that far.
        if (alone) wrong(`${victim} never came by ${failpoint}`);
        else note('not reached');
      };
    },
  };
}
