import { expect, it } from 'vitest';
import type { Room } from '@/protocol/ops.gen';
import { NameOrder, sectionNames, sectionsOf } from './sections';

const room = (id: string, more: Partial<Room>): Room =>
  ({ id, kind: 'public', name: id, created_at: 1, ...more }) as Room;

it('puts each room into one section: favourites first, own ones by name, then the rest', () => {
  const rooms = [
    room('a', {}),
    room('b', {}),
    room('f', { favourite: true, section: 'Work' }),
    room('w', { section: 'Work' }),
    room('h', { section: 'Home', kind: 'private' }),
    room('old', { archived_at: 5 }),
    room('d1', { kind: 'dm', created_at: 3 }),
    room('d2', { kind: 'dm', created_at: 9 }),
  ];
  const { own, channels, dms, archived } = sectionsOf(rooms);
  expect(own.map((one) => [one.title, one.rooms.map((r) => r.id)])).toEqual([
    ['Favourites', ['f']],
    ['Home', ['h']],
    ['Work', ['w']],
  ]);
  expect(channels.map((r) => r.id)).toEqual(['a', 'b']);
  expect(dms.map((r) => r.id)).toEqual(['d2', 'd1']);
  expect(archived.map((r) => r.id)).toEqual(['old']);
  expect(sectionNames(rooms)).toEqual(['Home', 'Work']);
});

it('keeps the order of names through new rooms, other names and rooms that are gone', () => {
  const order = new NameOrder();
  const rooms = new Map<string, Room>();
  const put = (id: string, name: string): void => void rooms.set(id, room(id, { name }));
  const names = (): (string | undefined)[] => order.sort(rooms).map((one) => one.name);
  put('1', 'pears');
  put('2', 'apples');
  put('3', 'room 10');
  put('4', 'room 9');
  expect(names()).toEqual(['apples', 'pears', 'room 9', 'room 10']);
  put('1', 'Zebra');
  put('5', 'bees');
  rooms.delete('4');
  expect(names()).toEqual(['apples', 'bees', 'room 10', 'Zebra']);
  expect(names()).toEqual(['apples', 'bees', 'room 10', 'Zebra']);
});
