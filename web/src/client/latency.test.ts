import { expect, test } from 'vitest';
import type { ServerAck } from '@/protocol/ops.gen';
import { FakeClock } from '@/testing/fakes';
import { Latency } from './latency';

const ack = (more: Partial<ServerAck> = {}): ServerAck => ({
  t: 'ack',
  cmid: 'one',
  room: '1',
  seq: 1,
  n: 1,
  id: '1.1',
  ts: 0,
  queue_us: 500,
  commit_us: 2_000,
  gateway_us: 4_000,
  ...more,
});

function make() {
  const clock = new FakeClock();
  return { clock, latency: new Latency(clock) };
}

test('the parts of an ack add up to what was waited for', async () => {
  const { clock, latency } = make();
  latency.sent('one');
  await clock.pass(12);
  latency.acked(ack());
  const times = latency.last_ack.get();
  expect(times).toMatchObject({ total: 12, network: 8, gateway: 1.5, queue: 0.5, commit: 2 });
  expect(latency.sentAt('one')).toBeUndefined();
});

test('a clock of whole milliseconds never makes the network faster than nothing', () => {
  const { latency } = make();
  latency.sent('one');
  latency.acked(ack());
  expect(latency.last_ack.get()).toMatchObject({ total: 4, network: 0 });
});

test('what was not sent on this connection, or was stored before, is not measured', () => {
  const { latency } = make();
  latency.acked(ack());
  latency.sent('one');
  latency.acked(ack({ dup: true }));
  latency.sent('one');
  latency.down();
  latency.acked(ack());
  const { gateway_us: _, ...unknown } = ack();
  latency.sent('one');
  latency.acked(unknown);
  expect(latency.last_ack.get()).toBeUndefined();
});

test('a round trip is from a ping to its own pong', async () => {
  const { clock, latency } = make();
  latency.pinged(1);
  await clock.pass(30);
  latency.pinged(2);
  latency.ponged(1);
  expect(latency.round_trip.get()).toBeUndefined();
  await clock.pass(7);
  latency.ponged(2);
  expect(latency.round_trip.get()).toBe(7);
});

test('of many sends without an answer only the last are remembered', () => {
  const { latency } = make();
  for (let i = 0; i < 100; i++) latency.sent(`m${i}`);
  expect(latency.sentAt('m0')).toBeUndefined();
  expect(latency.sentAt('m99')).toBeDefined();
});
