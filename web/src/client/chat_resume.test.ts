import { beforeEach, describe, expect, test } from 'vitest';
import { asked, beginChat, chat, clock, deliver, last, logs, resumed, server, store } from '@/testing/chat_bench';
import { aRoom, settled } from '@/testing/fakes';

beforeEach(beginChat);

describe('a chat that comes back', () => {
  test('tells the gateway what it holds, and loads the rooms', () => {
    expect([...chat.list.rooms.get().keys()]).toEqual(['1', '2']);
    expect(last().of('resume')[0]).toMatchObject({ epoch: 'e1', cursors: { 1: 0, 2: 0 } });
  });

  test('has everything after a break that was missed in it', async () => {
    await chat.log('1').openNewest();
    deliver(store('1'));
    last().drop(1006);
    for (let more = 0; more < 250; more++) store('1');
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('resume')[0]?.cursors).toEqual({ 1: 1, 2: 0 });
    last().receive({
      t: 'resumed',
      epoch: 'e1',
      rooms: { 1: { head: 251, n: 251, from: 1, limited: true }, 2: { head: 0, n: 0, from: 0, limited: false } },
      acks: [],
      user: { head: 0, limited: false },
    });
    await settled();
    expect(
      chat
        .log('1')
        .view.get()
        .events.map((event) => event.seq),
    ).toEqual(Array.from({ length: 251 }, (_, at) => at + 1));
  });

  test('loads the rooms once, though a resume cannot name them all', async () => {
    const lists = () => asked.filter((one) => one.path === '/rooms').length;
    const before = lists();
    const limited = { n: 0, from: 0, limited: true };
    last().receive(resumed({ 1: 0 }, { rooms: { 1: { head: 0, ...limited }, 2: { head: 0, ...limited } } }));
    await clock.pass(3_000);
    expect(lists()).toBe(before);
    last().receive(resumed({ 1: 0 }, { rooms: { 1: { head: 0, ...limited }, 2: { head: 4, ...limited } } }));
    await clock.pass(3_000);
    expect(lists()).toBe(before + 1);
  });

  test('sends what was written in a break, once, in order', async () => {
    last().drop(1006);
    chat.send('1', 'a');
    chat.send('1', 'b');
    await clock.pass(1_000);
    last().welcome();
    expect(
      last()
        .of('send')
        .map((frame) => frame.body),
    ).toEqual(['a', 'b']);
  });

  test('gives up what it held when the server was put back to an earlier time', async () => {
    for (let more = 0; more < 5; more++) store('1');
    await chat.log('1').openNewest();
    chat.activate('1');
    expect(chat.log('1').last_seq).toBe(5);
    logs.set('1', []);
    store('1', { body: 'after the restore' });
    server.rooms = [aRoom('1', { head: 1, n: 1 })];
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome('e2');
    await settled();
    expect(
      chat
        .log('1')
        .view.get()
        .events.map((event) => event.body),
    ).toEqual(['after the restore']);
    expect([...chat.list.rooms.get().keys()]).toEqual(['1']);
    expect(last().of('resume')[0]?.cursors).toEqual({ 1: 1 });
  });

  test('holds back what the server may have until it says, settles what it has and sends the rest', async () => {
    await chat.log('1').openNewest();
    const [a, b] = [chat.send('1', 'a'), chat.send('1', 'b')];
    await settled();
    last().drop(1006);
    store('1', { cmid: a, sender: '7', body: 'a' });
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('resume')[0]?.pending).toEqual([a, b]);
    expect(last().of('send')).toEqual([]);
    last().receive(
      resumed(
        { 1: 1 },
        {
          acks: [
            { cmid: a, room: '1', seq: 1, n: 1, id: '1.1', ts: 5 },
            { cmid: b, unknown: true },
          ],
        },
      ),
    );
    expect(last().of('send')).toMatchObject([{ cmid: b, cseq: 2, cgen: 0 }]);
    expect(chat.log('1').view.get().events).toMatchObject([{ seq: 1, cmid: a, body: 'a' }]);
  });

  test('sends again by itself when the server says nothing of what it has', async () => {
    const a = chat.send('1', 'a');
    await settled();
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    await clock.pass(1_000);
    expect(last().of('send')).toMatchObject([{ cmid: a, cseq: 1 }]);
  });

  test('asks again what it missed, after silence or a refusal, and not after the answer', async () => {
    const ws = last();
    expect(ws.of('resume')).toHaveLength(1);
    await clock.pass(5_000);
    expect(ws.of('resume')).toHaveLength(2);
    ws.receive({ t: 'error', code: 'unavailable', ref: 'resume' });
    await clock.pass(1_500);
    expect(ws.of('resume')).toHaveLength(3);
    ws.receive(resumed({}));
    await clock.pass(9_000);
    expect(ws.of('resume')).toHaveLength(3);
  });

  test('puts a batch to the log and the list in one step, and asks for nothing then', async () => {
    await chat.log('1').openNewest();
    const events = [store('1'), store('1'), store('1', { sender: '7' })];
    const before = asked.length;
    const batch = { t: 'batch', room: '1', from: 1, to: 3, head: 3, n: 3, events, complete: true } as const;
    last().receive(resumed({ 1: 3 }), batch);
    await clock.pass(3_000);
    expect(chat.log('1').last_seq).toBe(3);
    expect(chat.list.get('1')).toMatchObject({ head: 3, n: 3, last: { seq: 3 } });
    expect(asked.slice(before).filter((one) => one.path.includes('messages'))).toEqual([]);
  });

  test('fetches what a pong or a head shows to be lost', async () => {
    await chat.log('1').openNewest();
    deliver(store('1'));
    store('1');
    last().receive({ t: 'pong', n: 1, heads: { 1: 2 } });
    await settled();
    expect(chat.log('1').last_seq).toBe(2);
    store('1');
    last().receive({ t: 'head', rooms: { 1: 3 } });
    await settled();
    expect(chat.log('1').last_seq).toBe(3);
  });

  test('knows in the end where a room stands whose batch was lost', async () => {
    last().receive(resumed({ 1: 3, 2: 0 }));
    expect(chat.list.get('1')?.head).toBe(0);
    await clock.pass(2_000);
    expect(chat.list.get('1')).toMatchObject({ head: 3, n: 3 });
  });

  test('reads the list again when its own log has a gap or was cut short', async () => {
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 5, limited: false } }));
    const lists = (): number => asked.filter((one) => one.path === '/rooms').length;
    const before = lists();
    last().receive({ t: 'user', useq: 7, type: 'read', room: '1', seq: 0, n: 0 });
    await clock.pass(1_000);
    expect(lists()).toBe(before + 1);
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    expect(last().of('resume')[0]?.useq).toBe(7);
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 400, limited: true } }));
    await settled();
    expect(lists()).toBe(before + 2);
  });

  test('is not thrown out of a room by an old frame that comes again', () => {
    const removed: string[] = [];
    chat.events.on('removed', (room) => removed.push(room));
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 5, limited: false } }));
    last().receive({ t: 'user', useq: 3, type: 'room_removed', room: '1' });
    expect(removed).toEqual([]);
    last().receive({ t: 'user', useq: 6, type: 'room_removed', room: '1' });
    expect(removed).toEqual(['1']);
  });

  test('says what it holds only when its list is of this epoch', async () => {
    let answer: () => void = () => {};
    server.holding = new Promise<void>((resolve) => {
      answer = resolve;
    });
    server.rooms = [aRoom('1', { head: 2, n: 2 })];
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome('e2');
    await clock.pass(3_000);
    expect(last().of('resume')).toEqual([]);
    answer();
    await settled();
    expect(last().of('resume')).toMatchObject([{ epoch: 'e2', cursors: { 1: 2 } }]);
  });

  test('takes no list that was asked for before a room came or went', async () => {
    let answer: () => void = () => {};
    server.holding = new Promise<void>((resolve) => {
      answer = resolve;
    });
    chat.refreshList();
    last().receive({ t: 'user', useq: 1, type: 'room_removed', room: '1' });
    last().receive({ t: 'user', useq: 2, type: 'room_added', room: '3', room_info: aRoom('3') });
    answer();
    await settled();
    expect([...chat.list.rooms.get().keys()]).toEqual(['2', '3']);
    server.rooms = [aRoom('2'), aRoom('3'), aRoom('4')];
    await clock.pass(1_000);
    expect([...chat.list.rooms.get().keys()]).toEqual(['2', '3', '4']);
  });

  test('resumes again when a pong says that its own log went on unheard', async () => {
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 4, limited: true } }));
    await settled();
    const before = last().of('resume').length;
    last().receive({ t: 'pong', n: 1, useq: 4 });
    expect(last().of('resume')).toHaveLength(before);
    last().receive({ t: 'pong', n: 2, useq: 5 });
    expect(last().of('resume')).toHaveLength(before + 1);
    expect(last().of('resume').at(-1)).toMatchObject({ useq: 4 });
    last().receive({ t: 'pong', n: 3, useq: 5 });
    expect(last().of('resume')).toHaveLength(before + 1);
  });

  test('resumes again when a head says so without being asked', async () => {
    last().receive(resumed({ 1: 0, 2: 0 }, { user: { head: 4, limited: true } }));
    await settled();
    const before = last().of('resume').length;
    last().receive({ t: 'head', rooms: {}, useq: 4 });
    expect(last().of('resume')).toHaveLength(before);
    last().receive({ t: 'head', rooms: {}, useq: 5 });
    expect(last().of('resume')).toHaveLength(before + 1);
  });

  test('takes the list in the end where rooms come and go all the time, with what came and went', async () => {
    server.rooms = [aRoom('1'), aRoom('2'), aRoom('4')];
    const first = Number(last().of('resume')[0]?.useq ?? 0) + 1;
    let answer: () => void = () => {};
    for (let more = 0; more < 5 && chat.list.get('4') === undefined; more++) {
      server.holding = new Promise<void>((resolve) => {
        answer = resolve;
      });
      chat.refreshList();
      await clock.pass(1_000);
      const room = `${10 + more}`;
      last().receive({ t: 'user', useq: first + 2 * more, type: 'room_added', room, room_info: aRoom(room) });
      last().receive({ t: 'user', useq: first + 2 * more + 1, type: 'room_removed', room: more === 3 ? '1' : '99' });
      // Only what came and went since the last question is known to be missing in its answer.
      if (more < 3) server.rooms = [...server.rooms, aRoom(room)];
      answer();
      await settled();
    }
    expect([...chat.list.rooms.get().keys()]).toEqual(['2', '4', '10', '11', '12', '13']);
  });

  test('does not put two histories together when the server was put back behind its welcome', async () => {
    for (let more = 0; more < 5; more++) deliver(store('1'));
    chat.activate('1');
    await chat.log('1').openNewest();
    logs.set('1', []);
    for (let more = 0; more < 7; more++) store('1', { body: 'after the restore' });
    server.rooms = [aRoom('1', { head: 7, n: 7 }), aRoom('2')];
    last().receive(resumed({ 1: 7, 2: 0 }, { epoch: 'e2' }));
    await settled();
    const { events } = chat.log('1').view.get();
    expect(events.map((event) => event.body)).toEqual(Array(7).fill('after the restore'));
    const resumes = last().of('resume');
    expect(resumes).toHaveLength(2);
    expect(resumes[1]).toMatchObject({ epoch: 'e2', cursors: { 1: 7, 2: 0 } });
    expect(resumes[1]).not.toHaveProperty('useq');
    last().receive(resumed({ 1: 7, 2: 0 }, { epoch: 'e2' }));
    await settled();
    expect(last().of('resume')).toHaveLength(2);
  });

  test('names no more rooms than a frame has place for, those it holds first', async () => {
    const most = '9223372036854775807';
    server.rooms = Array.from({ length: 6_000 }, (_, at) =>
      aRoom(`${BigInt(most) - BigInt(at)}`, { head: Number.MAX_SAFE_INTEGER, n: 1 }),
    );
    const held = `${BigInt(most) - 5_999n}`;
    logs.set(held, []);
    store(held, { room: held });
    await chat.log(held).openNewest();
    chat.refreshList();
    await settled();
    last().drop(1006);
    await clock.pass(1_000);
    last().welcome();
    const [frame] = last().of('resume');
    expect(Object.keys(frame?.cursors ?? {})).toHaveLength(1_000);
    expect(frame?.cursors?.[held]).toBe(1);
    expect(JSON.stringify(frame).length).toBeLessThan(48 * 1024);
  });
});
