import { expect, test } from 'vitest';
import { auditWords, ROOM, THEM, WHO } from './audit_words';

test('an entry is taken to pieces, with its room where the words have it, or last', () => {
  const said = { at: 1, room: '5', room_name: 'board' };
  expect(auditWords({ ...said, kind: 'joined' })).toEqual([WHO, ' joined ', ROOM]);
  expect(auditWords({ ...said, kind: 'role', data: { role: 'owner' } })).toEqual([
    WHO,
    ' made ',
    THEM,
    ' an owner in ',
    ROOM,
  ]);
  expect(auditWords({ at: 1, kind: 'account_disabled' })).toEqual([WHO, ' disabled the account of ', THEM]);
  expect(auditWords({ at: 1, kind: 'of_tomorrow' })).toEqual([WHO, ' of_tomorrow']);
});

test('groups of people are told of by their handles', () => {
  const words = (kind: string, data: Record<string, unknown>): string => auditWords({ at: 1, kind, data }).join('');
  expect(words('group_made', { handle: 'ops', title: 'Ops' })).toBe(`${WHO} made the group @ops`);
  expect(words('group_changed', { group: 'ops', handle: 'crew' })).toBe(`${WHO} changed the group @ops to @crew`);
  expect(words('group_changed', { group: 'ops', title: 'Crew' })).toBe(`${WHO} gave the group @ops another name`);
  expect(words('group_added', { handle: 'ops' })).toBe(`${WHO} added ${THEM} to the group @ops`);
  expect(words('server_settings', { user_groups: 'everybody' })).toBe(
    `${WHO} set who makes groups of people to everybody`,
  );
});

test('what has several parts is told in one sentence', () => {
  const words = (kind: string, data: Record<string, unknown>): string => auditWords({ at: 1, kind, data }).join('');
  expect(words('report_settled', { settlement: 'ban', reports: 2 })).toBe(
    `${WHO} settled by deleting, and banning the sender of, a reported message of ${THEM} (2 reports)`,
  );
  expect(words('report_settled', { settlement: 'of_tomorrow' })).toBe(
    `${WHO} settled a reported message of ${THEM} (1 report)`,
  );
  expect(words('settings', { slow_mode_s: 5, topic: 'tea' })).toBe(`${WHO} changed slow mode, the topic`);
  expect(words('settings', {})).toBe(`${WHO} changed the room`);
  expect(words('server_settings', { name: 'Harbour', registration: 'invite', public_rooms: 'admins' })).toBe(
    `${WHO} set the name to “Harbour”, registration to by invitation, who makes public rooms to admins only`,
  );
});
