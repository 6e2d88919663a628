import { i18n } from '@lingui/core';
import type { Room } from '@/protocol/ops.gen';
import { roomName } from '@/state/names';

export interface SideSection {
  /** Names it among all: kept when it is folded. */
  key: string;
  title: string;
  rooms: Room[];
}

/** Puts rooms in the order of their names. Of thousands of rooms one changes at a time, and seldom its name: names are
 *  compared by the rules of the language only where there are others than before. */
export class NameOrder {
  #before: { id: string; name: string }[] = [];

  sort(rooms: ReadonlyMap<string, Room>): Room[] {
    const sorted = this.#before.flatMap(({ id }) => rooms.get(id) ?? []);
    const same = sorted.length === this.#before.length && sorted.length === rooms.size;
    if (same && sorted.every((room, at) => roomName(room) === this.#before[at]?.name)) return sorted;
    const known = new Set(this.#before.map(({ id }) => id));
    for (const [id, room] of rooms) if (!known.has(id)) sorted.push(room);
    sorted.sort(byName);
    this.#before = sorted.map((room) => ({ id: room.id, name: roomName(room) }));
    return sorted;
  }
}

/** What stands in the sidebar, of rooms in the order of their names: favourites, my own sections by name, rooms, people.
 *  Direct messages and groups by who wrote last. Archived rooms come last, among their own. */
export function sectionsOf(by_name: readonly Room[]): {
  own: SideSection[];
  channels: Room[];
  dms: Room[];
  archived: Room[];
} {
  const favourites: Room[] = [];
  const named = new Map<string, Room[]>();
  const channels: Room[] = [];
  const dms: Room[] = [];
  const archived: Room[] = [];
  for (const room of by_name) {
    if (room.favourite === true) favourites.push(room);
    else if (room.section !== undefined && room.section !== '') {
      const section = named.get(room.section);
      if (section === undefined) named.set(room.section, [room]);
      else section.push(room);
    } else if (room.archived_at !== undefined) archived.push(room);
    else if (room.kind === 'dm' || room.kind === 'group') dms.push(room);
    else channels.push(room);
  }
  dms.sort((a, b) => (b.last?.ts ?? b.created_at) - (a.last?.ts ?? a.created_at));
  const own = [...named]
    .sort(([a], [b]) => compare(a, b))
    .map(([title, list]) => ({ key: `own:${title}`, title, rooms: list }));
  if (favourites.length > 0) own.unshift({ key: 'favourites', title: i18n.t('Favourites'), rooms: favourites });
  return { own, channels, dms, archived };
}

// localeCompare would look the language up anew each time: with thousands of rooms that is felt.
const { compare } = new Intl.Collator(undefined, { numeric: true });

function byName(a: Room, b: Room): number {
  return compare(roomName(a), roomName(b));
}

/** The names of my sections, for the choice of one. */
export function sectionNames(rooms: Iterable<Room>): string[] {
  const names = new Set<string>();
  for (const room of rooms) if (room.section !== undefined && room.section !== '') names.add(room.section);
  return [...names].sort(compare);
}
