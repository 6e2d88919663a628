import { expect, test } from 'vitest';
import { auditWords, ROOM, THEM } from './audit_words';

test('an entry is taken to pieces, with its room where the words have it, or last', () => {
  const said = { at: 1, room: '5', room_name: 'board' };
  expect(auditWords({ ...said, kind: 'joined' })).toEqual(['joined ', ROOM]);
  expect(auditWords({ ...said, kind: 'role', data: { role: 'owner' } })).toEqual([
    'made ',
    THEM,
    ' an owner in ',
    ROOM,
  ]);
  expect(auditWords({ at: 1, kind: 'account_disabled' })).toEqual(['disabled the account of ', THEM]);
  expect(auditWords({ at: 1, kind: 'of_tomorrow' })).toEqual(['of_tomorrow']);
});
