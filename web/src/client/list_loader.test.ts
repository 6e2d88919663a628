import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock, settled } from '@/testing/fakes';
import { ListLoader } from './list_loader';

let clock: FakeClock;
let loads: number;
let finish: () => void;
let loader: ListLoader;

beforeEach(() => {
  clock = new FakeClock();
  loads = 0;
  loader = new ListLoader(() => {
    loads++;
    return new Promise((resolve) => {
      finish = resolve;
    });
  }, clock);
});

describe('the loader of the list', () => {
  test('loads once more when it was asked to while it loaded', async () => {
    loader.refresh();
    loader.refresh();
    expect(loads).toBe(1);
    finish();
    await settled();
    await clock.pass(1_000);
    expect(loads).toBe(2);
  });

  test('loads once more when its time came while it loaded', async () => {
    loader.soon(500);
    loader.refresh();
    loader.soon(100);
    await clock.pass(600);
    expect(loads).toBe(1);
    finish();
    await settled();
    await clock.pass(1_000);
    expect(loads).toBe(2);
  });

  test('takes calls that come together for one, at the earliest time asked for', async () => {
    loader.soon(500);
    loader.soon(100);
    loader.soon(900);
    await clock.pass(150);
    expect(loads).toBe(1);
    finish();
    await settled();
    await clock.pass(2_000);
    expect(loads).toBe(1);
  });
});
