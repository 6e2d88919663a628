import { beforeEach, describe, expect, test } from 'vitest';
import { beginChat, chat, clock, deliver, last, store } from '@/testing/chat_bench';
import { settled } from '@/testing/fakes';
import { KeyGate, MOST_MS, TYPES_MS } from './key_gate';

let gate: KeyGate;
/** What the room's timeline was given to draw, each time. */
let drawn: number[][];

beforeEach(async () => {
  await beginChat();
  await chat.log('1').openNewest();
  gate = new KeyGate({ clock, me: chat.me.id, handOn: (frame) => chat.socket.events.emit('frame', frame) });
  chat.socket.gate = gate;
  drawn = [];
  chat.log('1').view.subscribe(() => drawn.push(held()));
});

const held = (): number[] =>
  chat
    .log('1')
    .view.get()
    .events.map(({ seq }) => seq);

describe('while somebody types', () => {
  test('what arrives between two keys waits for the paint of the next, and comes in its order', async () => {
    gate.pressed();
    gate.painted();
    await clock.pass(10);
    deliver(store('1'));
    await clock.pass(20);
    gate.pressed();
    deliver(store('1'));
    last().receive({ t: 'typing', room: '1', user: '9', on: true });
    expect(held()).toEqual([]);
    gate.painted();
    expect(held()).toEqual([1, 2]);
    expect(chat.typing.rooms.get().get('1')).toEqual(['9']);
  });

  test('it waits no longer than promised, whatever is typed and never painted', async () => {
    gate.pressed();
    deliver(store('1'));
    for (let waited = 0; waited < MOST_MS - 10; waited += 10) {
      await clock.pass(10);
      gate.pressed();
    }
    deliver(store('1'));
    expect(held()).toEqual([]);
    await clock.pass(10);
    expect(held()).toEqual([1, 2]);
  });

  test('an event of my own and what answers me wait for nothing, and what came before them comes before them', async () => {
    gate.pressed();
    deliver(store('1'));
    deliver(store('1', { sender: chat.me.id }));
    expect(held()).toEqual([1, 2]);
    const cmid = chat.send('1', 'hello');
    await settled();
    deliver(store('1'));
    expect(held()).toEqual([1, 2]);
    last().receive({ t: 'ack', cmid, room: '1', seq: 4, n: 4, id: '1.4', ts: 5 });
    expect(drawn).toEqual([[1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]);
    expect(chat.outbox.entries.get()).toEqual([]);
  });

  test('what is kept is handed on before the line is told to be down', async () => {
    const told: string[] = [];
    chat.socket.events.on('frame', ({ t }) => told.push(t));
    chat.socket.events.on('down', () => told.push('down'));
    gate.pressed();
    deliver(store('1'));
    last().drop(1006);
    expect(told).toEqual(['event', 'down']);
    expect(held()).toEqual([1]);
  });
});

test('where nobody types nothing waits', async () => {
  deliver(store('1'));
  expect(held()).toEqual([1]);
  gate.pressed();
  gate.painted();
  await clock.pass(TYPES_MS);
  deliver(store('1'));
  expect(held()).toEqual([1, 2]);
});
