import { expect, test } from 'vitest';
import { aRoom, aUser } from '@/testing/fakes';
import { placesAt } from './place';

const rooms = new Map([
  ['1', aRoom('1', { name: 'launch' })],
  ['2', aRoom('2', { kind: 'dm', name: '', peer: aUser('8', 'Ben') })],
]);

test.each([
  ['/r/1', ['launch']],
  ['/r/1/m/5', ['launch']],
  ['/r/2/t/5', ['Ben']],
  ['/r/3', []],
  ['/', []],
  ['/unread', ['Inbox']],
  ['/later/done', ['Later']],
  ['/settings', ['Settings']],
  ['/settings/profile', ['Profile', 'Settings']],
  ['/admin/people', ['People', 'Administration']],
  ['/invite/x', ['Invitation']],
  ['/constructor', []],
])('at %s one is in %j', (path, places) => {
  expect(placesAt(path, rooms)).toEqual(places);
});
