import { describe, expect, it } from 'vitest';
import type { Attachment, Event, RoomFile } from '@/protocol/ops.gen';
import { isWanted, keyOf, runsOf, type Wanted, withEvents } from './roomFiles';

const ALL: Wanted = { part: 'all', from: '', name: '' };
const NOVEMBER = Date.UTC(2026, 10, 20, 12);
const OCTOBER = Date.UTC(2026, 9, 20, 12);

function file(id: string, kind: Attachment['kind'] = 'file', name = `${id}.bin`): Attachment {
  const previews: Attachment['previews'] = kind === 'image' ? ['small', 'large'] : [];
  return { id, name, size: 1, type: 'x/y', kind, previews };
}

function listed(seq: number, one: Attachment, ts = NOVEMBER): RoomFile {
  return { seq, sender: '7', ts, file: one };
}

function said(seq: number, data: Event['data'], more: Partial<Event> = {}): Event {
  return {
    room: '1',
    seq,
    n: seq,
    id: `1.${seq}`,
    type: 'message',
    sender: '7',
    ts: NOVEMBER,
    body: '',
    data,
    ...more,
  };
}

const names = (list: readonly RoomFile[]): string[] => list.map(keyOf);

describe('the list of files', () => {
  it('has what is sent in front, its own files and those that it passes on', () => {
    const list = [listed(5, file('a'))];
    const forward = { body: '', room: '2', seq: 1, sender: '8', ts: 0, files: [file('c')] };
    const next = withEvents(list, [said(6, { files: [file('b')] }), said(7, { forward })], ALL);
    expect(names(next)).toEqual(['7.c', '6.b', '5.a']);
    expect(next[2]).toBe(list[0]);
    expect(withEvents(next, [said(6, { files: [file('b')] })], ALL)).toBe(next);
  });

  it('loses what is deleted, at once', () => {
    const list = [listed(6, file('b')), listed(5, file('a')), listed(5, file('c'))];
    const gone = said(9, {}, { type: 'deleted', about: 5 });
    expect(names(withEvents(list, [gone], ALL))).toEqual(['6.b']);
    expect(withEvents(list, [said(9, {}, { type: 'deleted', about: 4 })], ALL)).toBe(list);
  });

  it('does not take what is older than all that is shown: that comes with its page', () => {
    const list = [listed(6, file('b'))];
    expect(withEvents(list, [said(5, { files: [file('a')] })], ALL)).toBe(list);
    expect(names(withEvents([], [said(5, { files: [file('a')] })], ALL))).toEqual(['5.a']);
  });

  it('takes only what is wanted', () => {
    const picture = listed(5, file('a', 'image', 'Harbour.PNG'));
    expect(isWanted(picture, { ...ALL, part: 'media' })).toBe(true);
    expect(isWanted(picture, { ...ALL, part: 'document' })).toBe(false);
    expect(isWanted(picture, { ...ALL, name: 'harbour' })).toBe(true);
    expect(isWanted(picture, { ...ALL, from: '8' })).toBe(false);
    expect(isWanted(listed(5, file('a', 'pdf')), { ...ALL, part: 'document' })).toBe(true);
    const event = said(6, { files: [file('b', 'audio'), file('c', 'image')] });
    expect(names(withEvents([picture], [event], { ...ALL, part: 'media' }))).toEqual(['6.c', '5.a']);
  });

  it('stands in runs of pictures and of rows, each within a month', () => {
    const list = [
      listed(6, file('a', 'image')),
      listed(5, file('b', 'image')),
      listed(4, file('c', 'pdf')),
      listed(3, file('d', 'image'), OCTOBER),
    ];
    expect(runsOf(list, NOVEMBER).map(({ grid, files }) => [grid, names(files)])).toEqual([
      [true, ['6.a', '5.b']],
      [false, ['4.c']],
      [true, ['3.d']],
    ]);
  });
});
