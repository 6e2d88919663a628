import { describe, expect, test } from 'vitest';
import { webLocks } from './web_locks';

/** A lock that somebody else holds for ever. */
function heldForEver(): { manager: Pick<LockManager, 'request'>; options: LockOptions[] } {
  const options: LockOptions[] = [];
  const request = (_name: string, given: LockOptions): Promise<never> => {
    options.push(given);
    return new Promise((_, reject) => {
      given.signal?.addEventListener('abort', () => reject(given.signal?.reason));
    });
  };
  return { manager: { request } as unknown as Pick<LockManager, 'request'>, options };
}

describe('the locks of the browser', () => {
  test('are waited for no longer than told', async () => {
    const { manager } = heldForEver();
    const waits = webLocks(manager, 20).request('parley.refresh', () => Promise.resolve());
    await expect(waits).rejects.toThrow();
  });

  test('are waited for as long as it takes by who has the patience', () => {
    const { manager, options } = heldForEver();
    void webLocks(manager, Number.POSITIVE_INFINITY).request('parley.outbox.d1', () => Promise.resolve());
    expect(options).toEqual([{}]);
  });
});
