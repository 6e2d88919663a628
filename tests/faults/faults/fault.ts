import type { Recorder } from '../history.ts';
import type { Random } from '../random.ts';
import type { System } from '../system.ts';

/** What a fault may touch and use. */
export interface Scene {
  system: System;
  /** Of this one injection: all chance comes from here. */
  random: Random;
  record: Recorder;
  /** Nothing else is broken meanwhile. */
  alone: boolean;
  /** What chance chose, for who reads the report. */
  note: (what: string) => void;
  /** Something that must not happen, seen while the fault was on. */
  wrong: (what: string) => void;
}

/** Takes the cause away. What it broke has to mend by itself. */
export type Heal = () => Promise<void>;

export interface Fault {
  name: string;
  doc: string;
  /** What it breaks. Two faults that touch the same thing are never on at once; `everything` is alone. */
  touches: readonly string[];
  /** How long it is on in a short run, and at most in a long one. */
  short_ms: number;
  long_ms: number;
  /** Why it cannot be tried here. */
  impossible?: (system: System) => string | undefined;
  /** Breaks it; returns as soon as it is broken. */
  inject: (scene: Scene) => Promise<Heal>;
}

/** For a fault whose cause is over as soon as it struck. */
export const nothing: Heal = async () => {};

/** Does something again and again until healed; the first time before it returns. */
export async function repeat(every_ms: number, what: () => Promise<unknown>): Promise<Heal> {
  await what();
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(what).catch(() => {});
  }, every_ms);
  return async () => {
    clearInterval(timer);
    await last;
  };
}
