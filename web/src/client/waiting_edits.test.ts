import { beforeEach, expect, test } from 'vitest';
import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import { anEvent, FakeClock, settled } from '@/testing/fakes';
import type { Chat } from './chat';
import { ApiError } from './error';
import { editsKey, WaitingEdits } from './waiting_edits';

let clock: FakeClock;
let kept: Map<string, string>;
let saved: [number, string][];
let shown: Map<number, string | undefined>;
let failure: ApiError | undefined;
let refusals: string[];
let welcome: () => void;

function begin(): WaitingEdits {
  const events = new Emitter<{ welcome: undefined }>();
  welcome = () => events.emit('welcome', undefined);
  const acts = {
    edit: async ({ seq }: { seq: number }, body: string) => {
      if (failure !== undefined) throw failure;
      saved.push([seq, body]);
    },
    hold: ({ seq }: { seq: number }, edit: { body: string } | undefined) => void shown.set(seq, edit?.body),
  };
  const socket = { events, state: new Store({ status: 'ready' }) };
  const chat = { me: { id: '7' }, socket, conversation: { acts } } as unknown as Chat;
  const notes = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  return new WaitingEdits(chat, clock, notes, (why) => refusals.push(why));
}

beforeEach(() => {
  clock = new FakeClock();
  kept = new Map();
  saved = [];
  shown = new Map();
  failure = new ApiError('network', 'No line.');
  refusals = [];
});

test('are shown at once, kept, and saved in their order when the line is back; the last of a message counts', async () => {
  const edits = begin();
  edits.add(anEvent(3), 'a');
  edits.add(anEvent(4), 'b');
  edits.add(anEvent(3), 'c');
  await settled();
  expect([...shown]).toEqual([
    [3, 'c'],
    [4, 'b'],
  ]);
  expect(saved).toEqual([]);
  // Another page goes on with them.
  shown.clear();
  begin();
  expect(shown.get(3)).toBe('c');
  await settled();
  failure = undefined;
  welcome();
  await settled();
  expect(saved).toEqual([
    [4, 'b'],
    [3, 'c'],
  ]);
  expect(kept.has(editsKey('7'))).toBe(false);
});

test('what the server refuses is said and not tried again', async () => {
  const edits = begin();
  failure = new ApiError('message_not_found', 'It is gone.', 404);
  edits.add(anEvent(3), 'a');
  welcome();
  await settled();
  expect(refusals).toEqual(['It is gone.']);
  expect(shown.get(3)).toBeUndefined();
  expect(kept.has(editsKey('7'))).toBe(false);
});

test('what is kept and makes no sense is passed over', async () => {
  failure = undefined;
  kept.set(editsKey('7'), '[{"room":1},null,{"room":"1","seq":2,"since":2,"body":"x"}]');
  begin();
  await settled();
  expect(saved).toEqual([[2, 'x']]);
});
