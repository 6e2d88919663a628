/** Milliseconds of the suite's monotonic clock, to a tenth: what `at` means in the record. */
export const now = (): number => Math.round(performance.now() * 10) / 10;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

type Condition = () => boolean | Promise<boolean>;

/** Waits until the condition holds; false when it did not within that time. A condition that throws does not hold. */
export async function comesTrue(within_ms: number, condition: Condition, step_ms = 20): Promise<boolean> {
  const deadline = now() + within_ms;
  for (;;) {
    if (await holds(condition)) return true;
    if (now() >= deadline) return false;
    await sleep(step_ms);
  }
}

/** The same, where nothing can go on without it. */
export async function until(what: string, within_ms: number, condition: Condition): Promise<void> {
  if (!(await comesTrue(within_ms, condition))) throw new Error(`${what}: not within ${within_ms} ms`);
}

async function holds(condition: Condition): Promise<boolean> {
  try {
    return await condition();
  } catch {
    return false;
  }
}
