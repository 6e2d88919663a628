import { beforeEach, describe, expect, test } from 'vitest';
import type { ServerFrame } from '@/protocol/ops.gen';
import { FakeClock, FakeWebSocket, settled } from '@/testing/fakes';
import { ApiError } from './error';
import { BACKOFF_CAP_MS, PING_EVERY_MS, PONG_WITHIN_MS, Socket, TOKEN_WITHIN_MS } from './socket';

let clock: FakeClock;
let opened: FakeWebSocket[];
let refused: string[];
let token: () => Promise<string>;
let urgent: boolean;
let refuse: (token: string) => Promise<unknown>;
let socket: Socket;

function last(): FakeWebSocket {
  const ws = opened.at(-1);
  if (ws === undefined) throw new Error('No connection was opened.');
  return ws;
}

beforeEach(() => {
  clock = new FakeClock();
  opened = [];
  refused = [];
  urgent = false;
  token = async () => 'token-1';
  refuse = async (one) => refused.push(one);
  socket = new Socket({
    url: 'ws://parley.test/ws',
    device: 'd1',
    clock,
    open: () => {
      opened.push(new FakeWebSocket());
      return last();
    },
    token: () => token(),
    urgent: () => urgent,
    refused: (one) => refuse(one),
  });
});

async function ready(): Promise<FakeWebSocket> {
  socket.start();
  await settled();
  last().welcome();
  return last();
}

describe('a socket', () => {
  test('says hello first and is ready with welcome', async () => {
    socket.start();
    await settled();
    last().open();
    expect(last().sent).toEqual([{ t: 'hello', v: 1, token: 'token-1', device: 'd1' }]);
    expect(socket.send({ t: 'ping', n: 1 })).toBe(false);
    last().welcome();
    expect(socket.state.get()).toEqual({ status: 'ready' });
    expect(socket.send({ t: 'typing', room: '1', on: true })).toBe(true);
  });

  test('reads several frames of one message, in order, and leaves out what is no frame', async () => {
    const frames: ServerFrame[] = [];
    socket.events.on('frame', (frame) => frames.push(frame));
    const ws = await ready();
    ws.onmessage?.({ data: '{"t":"head","rooms":{}}\nnonsense\n[1]\n\n{"t":"error","code":"busy"}' });
    expect(frames.map((frame) => frame.t)).toEqual(['head', 'error']);
  });

  test('pings a quiet line and gives it up when nothing answers', async () => {
    const ws = await ready();
    await clock.pass(PING_EVERY_MS);
    expect(ws.of('ping')).toHaveLength(1);
    await clock.pass(PONG_WITHIN_MS - 1);
    expect(ws.closed).toBe(false);
    await clock.pass(1);
    expect(ws.closed).toBe(true);
    expect(socket.state.get().status).toBe('waiting');
  });

  test('takes anything that arrives for a sign of life', async () => {
    const ws = await ready();
    for (let round = 0; round < 5; round++) {
      await clock.pass(PING_EVERY_MS + 1);
      ws.receive({ t: 'pong', n: round });
    }
    expect(ws.closed).toBe(false);
    expect(ws.of('ping')).toHaveLength(5);
  });

  test('waits longer after each failure, with jitter, up to a cap', async () => {
    socket.start();
    await settled();
    const waits: number[] = [];
    for (let round = 0; round < 9; round++) {
      last().drop(1006);
      waits.push(clock.next_ms ?? 0);
      await clock.pass(clock.next_ms ?? 0);
    }
    expect(waits.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(waits.at(-1)).toBe(BACKOFF_CAP_MS / 2);
    expect(opened).toHaveLength(10);
  });

  test('comes back somewhere within the time that a full gateway gave when it is lost without a word', async () => {
    const ws = await ready();
    ws.receive({ t: 'pong', n: 1, return_ms: 8_000 });
    await clock.pass(6_000);
    ws.drop(1006);
    expect(clock.next_ms).toBe(4_000);
    await clock.pass(4_000);
    last().drop(1006);
    expect(clock.next_ms).toBe(500);
  });

  test('waits no longer than ever when it is told why it has to go, or was there for a moment only', async () => {
    const told = await ready();
    told.receive({ t: 'pong', n: 1, return_ms: 8_000 });
    told.drop(1006);
    expect(clock.next_ms).toBe(250);
    await clock.pass(250);
    last().welcome('e1', 8_000);
    await clock.pass(6_000);
    last().drop(1011);
    expect(clock.next_ms).toBe(250);
  });

  test('asks how full the gateway is once a minute, however much arrives', async () => {
    const ws = await ready();
    for (let at = 0; at < 130_000; at += 4_000) {
      await clock.pass(4_000);
      ws.receive({ t: 'pong', n: 0 });
    }
    expect(ws.of('ping')).toHaveLength(2);
  });

  test('whoever writes has not to wait for his turn', async () => {
    urgent = true;
    const hasty = await ready();
    hasty.receive({ t: 'pong', n: 1, return_ms: 8_000 });
    await clock.pass(6_000);
    hasty.drop(1006);
    expect(clock.next_ms).toBe(250);
    await clock.pass(250);
    urgent = false;
    last().welcome();
    const ws = last();
    ws.receive({ t: 'pong', n: 1, return_ms: 8_000 });
    await clock.pass(6_000);
    socket.hurry();
    expect(ws.of('ping')).toHaveLength(0);
    ws.drop(1006);
    socket.hurry();
    await settled();
    expect(opened).toHaveLength(3);
  });

  test('starts the waits anew after a connection that lasted', async () => {
    const ws = await ready();
    await clock.pass(6_000);
    ws.drop(1011);
    expect(socket.state.get()).toMatchObject({ status: 'waiting', attempt: 0 });
  });

  test('tries at once when nudged while it waits', async () => {
    socket.start();
    await settled();
    last().drop(1006);
    expect(opened).toHaveLength(1);
    socket.nudge();
    await settled();
    expect(opened).toHaveLength(2);
  });

  test('asks a line that slept for a sign of life when nudged', async () => {
    const ws = await ready();
    socket.nudge();
    expect(ws.of('ping')).toHaveLength(1);
    await clock.pass(PONG_WITHIN_MS);
    expect(ws.closed).toBe(true);
  });

  test('finds a dead line within five seconds of a nudge, however often it is nudged', async () => {
    const ws = await ready();
    for (let at = 0; at < 10; at++) {
      socket.nudge();
      await clock.pass(500);
    }
    expect(ws.closed).toBe(true);
    expect(ws.of('ping')).toHaveLength(1);
  });

  test('asks sooner when nudged while a slow ping is under way', async () => {
    const ws = await ready();
    await clock.pass(PING_EVERY_MS);
    socket.nudge();
    await clock.pass(3_000);
    expect(ws.closed).toBe(true);
  });

  test('begins the waits anew when nudged, and gives up a try that hangs', async () => {
    socket.start();
    await settled();
    for (let round = 0; round < 6; round++) {
      last().drop(1006);
      await clock.pass(clock.next_ms ?? 0);
    }
    await clock.pass(3_000);
    const hung = last();
    socket.nudge();
    await settled();
    expect(hung.closed).toBe(true);
    expect(opened).toHaveLength(8);
    last().drop(1006);
    expect(socket.state.get()).toMatchObject({ status: 'waiting', attempt: 0 });
  });

  test('leaves a server alone that wants quiet, nudged or not', async () => {
    const ws = await ready();
    ws.drop(4009);
    socket.nudge();
    await clock.pass(4_999);
    expect(opened).toHaveLength(1);
    await clock.pass(1_000);
    expect(opened).toHaveLength(2);
  });

  test('comes back no sooner than a draining gateway said, though it closes before', async () => {
    const ws = await ready();
    ws.receive({ t: 'goaway', reconnect_ms: 4_000 });
    ws.drop(1001);
    await clock.pass(3_999);
    expect(opened).toHaveLength(1);
    await clock.pass(1_000);
    expect(opened).toHaveLength(2);
  });

  test('hands on a pong that tells of heads', async () => {
    const frames: ServerFrame[] = [];
    const ws = await ready();
    socket.events.on('frame', (frame) => frames.push(frame));
    ws.receive({ t: 'pong', n: 1 }, { t: 'pong', n: 2, heads: { 1: 4 } });
    expect(frames).toEqual([{ t: 'pong', n: 2, heads: { 1: 4 } }]);
  });

  test('has a refused token renewed before it comes back', async () => {
    const ws = await ready();
    ws.drop(4003);
    await clock.pass(1_000);
    expect(refused).toEqual(['token-1']);
    expect(opened).toHaveLength(2);
  });

  test('ends for good when the login has ended', async () => {
    token = async () => {
      throw new ApiError('session_revoked', 'This login has ended.', 401);
    };
    socket.start();
    await settled();
    expect(socket.state.get()).toEqual({ status: 'stopped', why: 'auth' });
    expect(clock.next_ms).toBeUndefined();
  });

  test('ends for good when its version is not spoken any more', async () => {
    const ws = await ready();
    ws.drop(4011);
    expect(socket.state.get()).toEqual({ status: 'stopped', why: 'version' });
    await clock.pass(60_000);
    expect(opened).toHaveLength(1);
  });

  test('moves to another gateway when this one drains', async () => {
    const ws = await ready();
    ws.receive({ t: 'goaway', reconnect_ms: 700 });
    await clock.pass(699);
    expect(opened).toHaveLength(1);
    await clock.pass(1);
    expect(ws.closed).toBe(true);
    expect(opened).toHaveLength(2);
  });

  test('shows a renewed token on the line it has', async () => {
    const ws = await ready();
    socket.renew('token-2');
    expect(ws.of('token')).toEqual([{ t: 'token', token: 'token-2' }]);
    ws.drop(4003);
    await settled();
    expect(refused).toEqual(['token-2']);
  });

  test('hears nothing more of a connection it gave up', async () => {
    const frames: ServerFrame[] = [];
    const ws = await ready();
    socket.events.on('frame', (frame) => frames.push(frame));
    const heard = ws.onmessage;
    socket.stop();
    heard?.({ data: '{"t":"head","rooms":{}}' });
    expect(frames).toEqual([]);
    expect(ws.closed).toBe(true);
  });

  test('gives nothing to a connection that is closing', async () => {
    const ws = await ready();
    ws.readyState = 2;
    expect(socket.send({ t: 'ping', n: 1 })).toBe(false);
    expect(ws.of('ping')).toEqual([]);
  });

  test('tells of each end of a welcomed connection once', async () => {
    let downs = 0;
    socket.events.on('down', () => downs++);
    const ws = await ready();
    ws.drop(1006);
    ws.drop(1006);
    await clock.pass(1_000);
    last().drop(1006);
    expect(downs).toBe(1);
  });

  test('does not wait for ever for a token', async () => {
    let asked = 0;
    token = () => (++asked === 1 ? new Promise(() => {}) : Promise.resolve('token-2'));
    socket.start();
    await clock.pass(TOKEN_WITHIN_MS - 1);
    expect(socket.state.get().status).toBe('connecting');
    await clock.pass(1);
    expect(socket.state.get().status).toBe('waiting');
    await clock.pass(1_000);
    last().welcome();
    expect(socket.state.get().status).toBe('ready');
    await clock.pass(TOKEN_WITHIN_MS);
    expect(opened).toHaveLength(1);
  });

  test('does not wait for ever for another token than the one that was refused, nor when nudged', async () => {
    const ws = await ready();
    refuse = () => new Promise(() => {});
    ws.drop(4003);
    await clock.pass(TOKEN_WITHIN_MS);
    expect(socket.state.get().status).toBe('waiting');
    await clock.pass(1_000);
    last().drop(4003);
    await clock.pass(3_000);
    expect(socket.state.get().status).toBe('connecting');
    const before = opened.length;
    socket.nudge();
    await settled();
    expect(opened).toHaveLength(before + 1);
  });

  test('asks for a token again when nudged, and heeds the old answer no more', async () => {
    let answer: (token: string) => void = () => {};
    token = () => new Promise((resolve) => (answer = resolve));
    socket.start();
    await clock.pass(3_000);
    const late = answer;
    token = async () => 'token-2';
    socket.nudge();
    await settled();
    late('token-1');
    await settled();
    expect(opened).toHaveLength(1);
    last().open();
    expect(last().sent).toMatchObject([{ t: 'hello', token: 'token-2' }]);
  });
});
