/** Time and chance, injected so that tests own both. */
export type Timer = unknown;

export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  after(ms: number, fn: () => void): Timer;
  cancel(timer: Timer): void;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, fn) => setTimeout(fn, ms),
  cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
};

/** A wait for the n-th try (from 0): anywhere up to min(base · 2ⁿ, cap), so that a crowd does not come back in step. */
export function fullJitter(clock: Clock, attempt: number, base_ms: number, cap_ms: number): number {
  return clock.random() * Math.min(cap_ms, base_ms * 2 ** Math.min(attempt, 30));
}
