import type { Random } from './random.ts';

export type PlannedKind = 'public' | 'private' | 'group' | 'dm';

/** A room of the crowd: who is in it from the start, by the place in the list of people. The first owns it. */
export interface PlannedRoom {
  kind: PlannedKind;
  people: number[];
}

const KINDS: readonly PlannedKind[] = ['public', 'private', 'group', 'dm'];
const MOST_ROOMS = 4;
const LEAST_ROOMS = 2;

/** Deals people to rooms of all kinds so that the rooms overlap: everybody is in two to four of them, where there are as many. */
export function planRooms(people: number, rooms: number, random: Random): PlannedRoom[] {
  const plan = Array.from({ length: rooms }, (_, i): PlannedRoom => {
    const kind = KINDS[i % KINDS.length] ?? 'public';
    const owner = i % people;
    return { kind, people: kind === 'dm' ? [owner, (owner + 1) % people] : [owner] };
  });
  const large = plan.filter((room) => room.kind !== 'dm');
  for (let person = 0; person < people; person++) {
    const wanted = Math.min(random.between(LEAST_ROOMS, MOST_ROOMS), large.length);
    for (let tries = 0; countOf(plan, person) < wanted && tries < 100; tries++) {
      const room = random.pick(large);
      if (!room.people.includes(person)) room.people.push(person);
    }
  }
  return plan;
}

function countOf(plan: readonly PlannedRoom[], person: number): number {
  return plan.filter((room) => room.people.includes(person)).length;
}
