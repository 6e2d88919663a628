import { beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '@/protocol/ops.gen';
import { anEvent, FakeClock, settled } from '@/testing/fakes';
import { changedTo, foldRun, isChange, isSaid, namesMe, quoteOf, withChange, withMyGroups } from './message_state';
import { GAP_WAIT_MS, type Page, RoomLog } from './room_log';

let seed = 1;
function chance(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}
const pick = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;

/** A server: it writes only what changes something, and its pages show messages as they are at the time of the answer. */
class Room {
  readonly events: Event[] = [];

  write(): Event {
    const said = this.events.filter((event) => isSaid(event) && !this.now(event).state?.deleted);
    const about = said.length === 0 || chance() < 0.3 ? undefined : pick(said);
    const event = about === undefined ? this.#next({ type: 'message' }) : this.#next(this.#act(about));
    this.events.push(event);
    return event;
  }

  /** A message after everything that was written about it, in the order of the log: what all clients must come to. */
  now(message: Event): Event {
    return this.events.filter(isChange).reduce(withChange, message);
  }

  page({ after, before, limit }: { after?: number; before?: number; limit: number }): Page {
    const head = this.events.length;
    const from = after === undefined ? Math.max(1, (before ?? head + 1) - limit) : after + 1;
    const to = after === undefined ? Math.min(head, (before ?? head + 1) - 1) : Math.min(head, after + limit);
    const events = this.events.slice(from - 1, to).map((event) => this.now(event));
    return { room: '1', from, to, head, n: head, events, complete: after === undefined ? from <= 1 : to >= head };
  }

  #next(part: Partial<Event>): Event {
    const seq = this.events.length + 1;
    return anEvent(seq, {
      body: '',
      sender: pick(['7', '8', '9']),
      ...(part.type === 'message' ? { body: `m${seq}` } : {}),
      ...part,
    });
  }

  #act(message: Event): Partial<Event> {
    const about = message.seq;
    const kind = pick(['edited', 'reacted', 'reacted', 'reacted', 'pinned', 'reply', 'deleted'] as const);
    if (kind === 'edited') return { type: kind, about, body: `edited ${this.events.length}` };
    if (kind === 'deleted') return chance() < 0.2 ? { type: kind, about } : { type: 'message' };
    if (kind === 'reply')
      return message.type === 'reply' ? { type: 'message' } : { type: kind, about, body: 'a reply' };
    const state = this.now(message).state;
    if (kind === 'pinned') return { type: kind, about, data: { on: state?.pinned !== true } };
    const [emoji, sender] = [pick(['👍', '🎉', ':parley:']), pick(['7', '8', '9'])];
    const on = state?.reactions?.find((one) => one.emoji === emoji)?.users.includes(sender) !== true;
    return { type: kind, about, sender, data: { emoji, on } };
  }
}

/** Chips keep the places they were given, which is another order for who came later: all else must be the same. */
function plain(event: Event): unknown {
  const reactions = event.state?.reactions?.map(({ emoji, count, users }) => ({
    emoji,
    count,
    users: [...users].sort(),
  }));
  reactions?.sort((a, b) => a.emoji.localeCompare(b.emoji));
  return { ...event, state: { ...event.state, changed: changedTo(event), reactions: reactions ?? [] } };
}

describe('what became of a message', () => {
  const message = anEvent(3, { body: 'first' });

  test('is edited, reacted to, pinned, replied to, and at last only a tombstone with its thread', () => {
    const steps: Event[] = [
      anEvent(4, { type: 'edited', about: 3, body: 'second' }),
      anEvent(5, { type: 'reacted', about: 3, body: '', data: { emoji: '👍', on: true } }),
      anEvent(6, { type: 'reacted', about: 3, body: '', sender: '9', data: { emoji: '👍', on: true } }),
      anEvent(7, { type: 'pinned', about: 3, body: '', data: { on: true } }),
      anEvent(8, { type: 'reply', about: 3, body: 'so it is' }),
      anEvent(9, { type: 'reacted', about: 3, body: '', data: { emoji: '👍', on: false } }),
    ];
    const now = steps.reduce(withChange, message);
    expect(now).toMatchObject({ body: 'second', state: { changed: 9, edited_at: 4000, pinned: true, replies: 1 } });
    expect(now.state?.reactions).toEqual([{ emoji: '👍', count: 1, users: ['9'] }]);
    const gone = withChange(now, anEvent(10, { type: 'deleted', about: 3, body: '' }));
    expect(gone).toMatchObject({ body: '', seq: 3 });
    expect(gone.state).toEqual({ changed: 10, deleted: true, replies: 1, last_reply: 8000 });
  });

  test('shows what its link says until that goes, and as an answer has it', () => {
    const preview = { url: 'https://example.org/', title: 'A page' };
    const shown = withChange(message, anEvent(4, { type: 'previewed', about: 3, body: '', data: { preview } }));
    expect(shown.state).toEqual({ changed: 4, preview });
    const pinned = withChange(shown, anEvent(5, { type: 'pinned', about: 3, body: '', data: { on: true } }));
    expect(pinned.state?.preview).toEqual(preview);
    expect(withChange(pinned, anEvent(6, { type: 'previewed', about: 3, body: '' })).state).toEqual({
      changed: 6,
      pinned: true,
    });
    expect(withChange(pinned, anEvent(6, { type: 'deleted', about: 3, body: '' })).state).toEqual({
      changed: 6,
      deleted: true,
    });
  });

  test('counts an event once, and one that an answer has counted not at all', () => {
    const reply = anEvent(8, { type: 'reply', about: 3 });
    const once = withChange(message, reply);
    expect(withChange(once, reply)).toBe(once);
    const shown = { ...message, state: { changed: 8, replies: 1, last_reply: 8000 } };
    expect(withChange(shown, reply)).toBe(shown);
    expect(withChange(message, anEvent(8, { type: 'reply', about: 2 }))).toBe(message);
  });

  test('counts reactions of more people than are named', () => {
    const users = Array.from({ length: 100 }, (_, n) => String(100 + n));
    const shown = { ...message, state: { changed: 5, reactions: [{ emoji: '👍', count: 250, users }] } };
    const more = withChange(shown, anEvent(6, { type: 'reacted', about: 3, data: { emoji: '👍', on: true } }));
    expect(more.state?.reactions?.[0]).toMatchObject({ count: 251, users });
    const less = withChange(more, anEvent(7, { type: 'reacted', about: 3, data: { emoji: '👍', on: false } }));
    expect(less.state?.reactions?.[0]).toMatchObject({ count: 250 });
  });
});

test('who is named and what is quoted is read from the event', () => {
  expect(namesMe(anEvent(1, { data: { mentions: ['7'] } }), '7')).toBe(true);
  expect(namesMe(anEvent(1, { data: { everyone: 'here' } }), '7')).toBe(true);
  expect(namesMe(anEvent(1, { data: { mentions: ['9'] } }), '7')).toBe(false);
  expect(namesMe(anEvent(1, { sender: '7', data: { everyone: 'all' } }), '7')).toBe(false);
  expect(quoteOf(anEvent(9, { data: { quote: 4 } }))).toBe(4);
  expect(quoteOf(anEvent(9, { data: {} }))).toBeUndefined();
});

test('who is in a group that is named is named', () => {
  const event = anEvent(1, { data: { mentions: ['9'], groups: [{ id: '3', handle: 'ops' }] } });
  expect(namesMe(withMyGroups(event, '7', ['2', '3']), '7')).toBe(true);
  expect(withMyGroups(event, '7', ['3']).data?.mentions).toEqual(['9', '7']);
  expect(withMyGroups(event, '7', ['2'])).toBe(event);
  const other = anEvent(1, { data: {} });
  expect(withMyGroups(other, '7', ['3'])).toBe(other);
});

describe('a log whose messages change', () => {
  let clock: FakeClock;
  let room: Room;
  let log: RoomLog;
  /** Answers under way: each is what the server had when it was asked, and arrives when the test lets it. */
  let under_way: (() => void)[];

  beforeEach(() => {
    clock = new FakeClock();
    room = new Room();
    under_way = [];
    log = new RoomLog((query) => {
      const page = room.page(query);
      return new Promise((resolve) => under_way.push(() => resolve(page)));
    }, clock);
  });

  async function arrive(): Promise<void> {
    while (under_way.length > 0) {
      under_way.shift()?.();
      await settled();
    }
  }

  /** Everything held is as a plain fold in the order of the log makes it. */
  function expectNow(): void {
    const { events } = log.view.get();
    expect(events.length).toBeGreaterThan(0);
    const plainly = events.map(({ seq }) => room.now(room.events[seq - 1] as Event));
    expect(events.map(plain)).toEqual(plainly.map(plain));
  }

  test.each([1, 2, 3, 4, 5, 6])('comes to the same, however pages and events mix (%i)', async (start) => {
    seed = start * 7_919;
    for (let n = 0; n < 150; n++) room.write();
    const at_end = start % 2 === 0;
    void (at_end ? log.openNewest() : log.openAround(60));
    const delayed: Event[] = [];
    for (let step = 0; step < 250; step++) {
      const event = room.write();
      const fate = chance();
      if (fate < 0.7) log.apply(event);
      else if (fate < 0.85) delayed.push(event);
      if (delayed.length > 0 && chance() < 0.3) {
        const [one] = delayed.splice(Math.floor(chance() * delayed.length), 1);
        if (one !== undefined) log.apply(one);
      }
      if (chance() < 0.2) under_way.splice(Math.floor(chance() * under_way.length), 1)[0]?.();
      if (chance() < 0.1) void log.loadOlder();
      if (chance() < 0.05) void log.loadNewer();
      if (chance() < 0.1) await clock.pass(900);
      await settled();
    }
    await arrive();
    log.noteHead(room.events.length, false);
    for (let turn = 0; turn < 30; turn++) {
      await clock.pass(GAP_WAIT_MS * 2);
      await arrive();
    }
    expectNow();
    expect(foldRun(log.view.get().events)).toBe(log.view.get().events);
  });

  test('follows what happens to an old page that new events are not put to', async () => {
    for (let n = 0; n < 300; n++) room.events.push(anEvent(n + 1));
    void log.openAround(100);
    await arrive();
    const change = anEvent(301, { type: 'edited', about: 100, body: 'new words' });
    room.events.push(change);
    log.apply(change);
    expect(log.view.get().events.find((event) => event.seq === 100)?.body).toBe('new words');
    expect(log.view.get().at_end).toBe(false);
    // One that was lost is fetched, and those behind it wait for it.
    room.events.push(anEvent(302, { type: 'reacted', about: 100, body: '', data: { emoji: '👍', on: true } }));
    const off = anEvent(303, { type: 'reacted', about: 100, body: '', data: { emoji: '👍', on: false } });
    room.events.push(off);
    log.apply(off);
    expect(log.view.get().events.find((event) => event.seq === 100)?.state?.changed).toBe(301);
    await clock.pass(GAP_WAIT_MS);
    await arrive();
    expectNow();
  });

  test('puts what came meanwhile to a page that was asked for before it', async () => {
    for (let n = 0; n < 400; n++) room.events.push(anEvent(n + 1));
    void log.openAround(200);
    await arrive();
    void log.loadOlder();
    const change = anEvent(401, { type: 'edited', about: 150, body: 'new words' });
    room.events.push(change);
    log.apply(change);
    await arrive();
    expect(log.view.get().events.find((event) => event.seq === 150)?.body).toBe('new words');
  });

  test('loads an old page anew when too much was missed', async () => {
    for (let n = 0; n < 300; n++) room.events.push(anEvent(n + 1));
    void log.openAround(100);
    await arrive();
    room.events.push(anEvent(301, { type: 'edited', about: 100, body: 'new words' }));
    for (let n = 0; n < 2_000; n++) room.events.push(anEvent(room.events.length + 1));
    log.noteHead(room.events.length, true);
    await arrive();
    expect(log.view.get().events.find((event) => event.seq === 100)?.body).toBe('new words');
  });
});
