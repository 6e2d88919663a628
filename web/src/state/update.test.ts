import { beforeEach, expect, test, vi } from 'vitest';
import { TAKE_OVER_MS, Update } from './update';

class Worker extends EventTarget {
  state = 'installing';
  said: unknown[] = [];
  postMessage(message: unknown): void {
    this.said.push(message);
  }
}

class Registration extends EventTarget {
  waiting: Worker | null = null;
  installing: Worker | null = null;
  asked = 0;
  async update(): Promise<void> {
    this.asked++;
  }
}

let registration: Registration;
let reloads: number;
const started = async (controller: unknown): Promise<{ update: Update; workers: EventTarget }> => {
  const workers = Object.assign(new EventTarget(), { controller, register: async () => registration });
  const update = new Update({ workers, reload: () => reloads++ });
  await update.start();
  return { update, workers };
};

/** A new version is found, fetched and waits. */
function comes(): Worker {
  const worker = new Worker();
  registration.installing = worker;
  registration.dispatchEvent(new Event('updatefound'));
  registration.installing = null;
  registration.waiting = worker;
  worker.dispatchEvent(new Event('statechange'));
  return worker;
}

beforeEach(() => {
  vi.useFakeTimers();
  registration = new Registration();
  reloads = 0;
  return () => vi.useRealTimers();
});

test('a version that comes is told, and taken when it is wanted, not before', async () => {
  const { update, workers } = await started({});
  expect(update.ready.get()).toBe(false);
  const worker = comes();
  expect(update.ready.get()).toBe(true);
  expect([worker.said, reloads]).toEqual([[], 0]);
  update.take();
  expect([worker.said, reloads]).toEqual([['take over'], 0]);
  workers.dispatchEvent(new Event('controllerchange'));
  expect(reloads).toBe(1);
});

test('one that waits since an earlier visit is told; a first worker is no news', async () => {
  registration.waiting = new Worker();
  expect((await started({})).update.ready.get()).toBe(true);
  registration = new Registration();
  const { update, workers } = await started(null);
  comes();
  workers.dispatchEvent(new Event('controllerchange'));
  expect([update.ready.get(), reloads]).toEqual([false, 0]);
});

test('taken by another tab, this one is told and stays as it is', async () => {
  const { update, workers } = await started({});
  workers.dispatchEvent(new Event('controllerchange'));
  expect([update.ready.get(), reloads]).toEqual([true, 0]);
  update.take();
  expect(reloads).toBe(1);
});

test('a worker that does not take over holds nobody up', async () => {
  const { update } = await started({});
  comes();
  update.take();
  vi.advanceTimersByTime(TAKE_OVER_MS);
  expect(reloads).toBe(1);
});

test('without a worker the client goes on', async () => {
  const workers = Object.assign(new EventTarget(), {
    controller: null,
    register: () => Promise.reject(new DOMException('', 'SecurityError')),
  });
  const update = new Update({ workers, reload: () => reloads++ });
  await update.start();
  update.ask();
  expect(update.ready.get()).toBe(false);
});
