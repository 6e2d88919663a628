import type { Locks } from './auth';

/** The browser's own locks. Who has waited for `patience_ms` is rejected: a tab that sleeps may hold one for ever.
 *  Infinity: waits as long. */
export function webLocks(manager: Pick<LockManager, 'request'>, patience_ms: number): Locks {
  return {
    request: (name, work) => {
      const options = Number.isFinite(patience_ms) ? { signal: AbortSignal.timeout(patience_ms) } : {};
      return manager.request(name, options, work);
    },
  };
}
