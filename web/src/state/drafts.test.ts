// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Api } from '@/client/api';
import { ApiError } from '@/client/error';
import type { SocketEvents } from '@/client/socket';
import { Emitter } from '@/lib/emitter';
import type { Draft, ServerFrame, ServerWelcome } from '@/protocol/ops.gen';
import { FakeClock, settled } from '@/testing/fakes';
import { DraftSync, EVERY_MS, FIRST_MS } from './draft_sync';
import { Drafts, merged, placeOf, roomOf, TYPING_MS, threadOf, type Written } from './drafts';

const mine = (text: string, at: number, saved: boolean): Written => ({ text, at, saved, told: saved });
const theirs = (body: string, written_at: number): Draft => ({ room: '1', body, written_at });

describe('what holds when another device wrote something later', () => {
  test.each<[string, Written | undefined, string, string, boolean]>([
    ['nothing was here', undefined, 'new', 'new', true],
    ['the server had what was here', mine('old', 5, true), 'new', 'new', true],
    ['it goes on with what was here', mine('Dear', 5, false), 'Dear all', 'Dear all', true],
    ['what was here goes on with it', mine('Dear all', 5, false), 'Dear', 'Dear all', false],
    ['both wrote', mine('this way', 5, false), 'that way', 'that way\n\nthis way', false],
  ])('%s', (_, own, body, text, saved) => {
    const held = merged(own, theirs(body, 9), 20);
    expect([held?.text, held?.saved]).toEqual([text, saved]);
  });

  test('what was sent elsewhere goes, what the server never got stays', () => {
    expect(merged(mine('old', 5, true), theirs('', 9), 20)).toBeUndefined();
    expect(merged(mine('unsaved', 5, false), theirs('', 9), 20)).toMatchObject({
      text: 'unsaved',
      at: 20,
      saved: false,
    });
  });
});

test('a place is a room or a thread of it', () => {
  expect(placeOf({ room: '3' })).toBe('3');
  expect(placeOf({ room: '3', thread: 7 })).toBe('3/t/7');
  expect([roomOf('3/t/7'), threadOf('3/t/7'), threadOf('3')]).toEqual(['3', 7, undefined]);
});

describe('drafts on several devices', () => {
  let clock: FakeClock;
  let drafts: Drafts;
  let sync: DraftSync;
  let held: Draft[];
  const events = new Emitter<SocketEvents>();
  const put = vi.fn();
  let refuse: ApiError | undefined;

  beforeEach(async () => {
    localStorage.clear();
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    clock = new FakeClock();
    held = [];
    refuse = undefined;
    put.mockReset();
    const call = async (key: string, args: { body: { body: string; written_at: number; thread?: number } }) => {
      if (key === 'GET /drafts') return { drafts: held, complete: true };
      put(args.body.body);
      if (refuse !== undefined) throw refuse;
      const kept = { room: '1', ...args.body };
      held = [...held.filter((one) => placeOf(one) !== placeOf(kept)), ...(kept.body === '' ? [] : [kept])];
      return kept;
    };
    drafts = new Drafts('7');
    sync = new DraftSync({ api: { call } as unknown as Api, drafts, clock, events });
    sync.start();
    await clock.pass(0);
    return () => {
      sync.stop();
      vi.useRealTimers();
    };
  });

  const frame = (body: string, written_at: number): void =>
    events.emit('frame', { t: 'draft', room: '1', body, written_at } as ServerFrame);

  test('are saved as typed, not with every key', async () => {
    for (const text of ['a', 'ab', 'abc']) drafts.set('1', text);
    expect(put).not.toHaveBeenCalled();
    await clock.pass(FIRST_MS);
    drafts.set('1', 'abcd');
    await clock.pass(EVERY_MS - 1);
    expect(put.mock.calls).toEqual([['abc']]);
    await clock.pass(1);
    expect(put.mock.calls).toEqual([['abc'], ['abcd']]);
    expect(drafts.entry('1')?.saved).toBe(true);
  });

  test('are saved at once when they are left, and cleared at once when they are sent', async () => {
    drafts.set('1', 'words');
    drafts.leave('1');
    await settled();
    drafts.set('1', '');
    await settled();
    expect(put.mock.calls).toEqual([['words'], ['']]);
    expect(drafts.entry('1')).toBeUndefined();
    drafts.set('1', 'sent before it was saved');
    drafts.set('1', '');
    await clock.pass(60_000);
    expect(put).toHaveBeenCalledTimes(2);
  });

  test('come from elsewhere, but not into what is being typed', async () => {
    const came = vi.fn();
    drafts.events.on('came', came);
    frame('from the phone', 1_000_500);
    expect([drafts.get('1'), [...drafts.rooms.get()]]).toEqual(['from the phone', ['1']]);
    expect(came).toHaveBeenCalledOnce();
    drafts.set('1', 'from the phone and here');
    frame('later on the phone', 1_900_000);
    held = [theirs('later on the phone', 1_900_000)];
    expect(drafts.get('1')).toBe('from the phone and here');
    vi.setSystemTime(1_000_000 + TYPING_MS);
    refuse = new ApiError('network', 'gone');
    await clock.pass(TYPING_MS);
    expect(drafts.get('1')).toBe('later on the phone\n\nfrom the phone and here');
  });

  test('one that was thrown away elsewhere while this device was away goes, an unsaved one stays', async () => {
    drafts.set('1', 'saved');
    drafts.leave('1');
    await settled();
    vi.setSystemTime(2_000_000);
    refuse = new ApiError('network', 'gone');
    drafts.set('1/t/5', 'unsaved');
    vi.setSystemTime(3_000_000);
    refuse = undefined;
    held = [];
    events.emit('welcome', { time: 3_000_000 } as ServerWelcome);
    await clock.pass(5_000);
    expect([drafts.get('1'), drafts.get('1/t/5')]).toEqual(['', 'unsaved']);
    expect(put.mock.calls.at(-1)).toEqual(['unsaved']);
  });

  test('what the server does not take stays here and is not asked for again', async () => {
    refuse = new ApiError('too_many_drafts', 'Too many', 409);
    drafts.set('1', 'one more');
    await clock.pass(120_000);
    expect(put).toHaveBeenCalledOnce();
    expect(new Drafts('7').get('1')).toBe('one more');
    refuse = new ApiError('network', 'gone');
    drafts.set('1', 'one more word');
    await clock.pass(60_000);
    expect(put.mock.calls.length).toBeGreaterThan(3);
  });
});
