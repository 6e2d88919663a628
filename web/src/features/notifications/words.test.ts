import { expect, test } from 'vitest';
import { anEvent, aRoom } from '@/testing/fakes';
import { noteWords } from './words';

const room = aRoom('1', { name: 'garden' });
const said = { room, count: 1, name: 'Ada', hide_text: false };

test('says who, where and what, without marks and not too much', () => {
  expect(noteWords({ ...said, event: anEvent(1, { body: '**hello** `you`' }) })).toEqual({
    title: 'Ada · #garden',
    body: 'hello you',
  });
  const { body } = noteWords({ ...said, event: anEvent(1, { body: 'word '.repeat(100) }) });
  expect(body.length).toBeLessThanOrEqual(161);
  expect(body.endsWith('word…')).toBe(true);
});

test('leaves out the room of a direct message, counts, and names threads', () => {
  const dm = aRoom('2', { kind: 'dm' });
  expect(noteWords({ ...said, room: dm, count: 3, event: anEvent(1) }).title).toBe('Ada (3)');
  expect(noteWords({ ...said, event: anEvent(1, { type: 'reply', about: 1 }) }).title).toBe('Ada · thread in #garden');
});

test('what is hidden stays hidden, and all of it when that is wished', () => {
  expect(noteWords({ ...said, event: anEvent(1, { body: 'it was ||the butler|| again' }) }).body).toBe(
    'it was ▒▒▒▒ again',
  );
  const event = anEvent(1, { body: 'secret' });
  expect(noteWords({ ...said, count: 2, hide_text: true, event }).body).toBe('2 new messages');
});

test('what is handed on without a word is told by its text', () => {
  const forward = { room: '3', seq: 4, sender: '9', ts: 1, body: 'the plan' };
  expect(noteWords({ ...said, event: anEvent(1, { body: '', data: { forward } }) }).body).toBe('the plan');
});
