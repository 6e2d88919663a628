// Who is in which room, for `./parley bench day`: the first room has everybody, the next one half of them, then a third, a
// quarter … down to two (Zipf's law). Who is in a room is chosen by chance, the same in each run.
//   PEOPLE PLACES MEMBERS   writes PLACES, a line a person with the numbers of rooms from 0, and MEMBERS, "room person" a line
// Prints how many rooms there are.
import { writeFileSync } from 'node:fs';

const [people, places, members] = [Number(process.argv[2]), ...process.argv.slice(3)];

let state = 1;
/** Below n; Lehmer's generator with the multiplier of Park and Miller (1988). */
const below = (n) => (state = (state * 48_271) % 2_147_483_647) % n;

const everybody = Array.from({ length: people }, (_, person) => person);
const rooms = Array.from({ length: people >> 1 }, (_, nth) => Math.floor(people / (nth + 1)));
const of = everybody.map(() => []);
const lines = [];
for (const [room, size] of rooms.entries()) {
  // The first so many of a shuffled list (Fisher and Yates).
  for (let i = 0; i < size; i++) {
    const j = i + below(people - i);
    [everybody[i], everybody[j]] = [everybody[j], everybody[i]];
    of[everybody[i]].push(room);
    lines.push(`${room} ${everybody[i]}`);
  }
}
writeFileSync(places, `${of.map((list) => list.join(' ')).join('\n')}\n`);
writeFileSync(members, `${lines.join('\n')}\n`);
console.log(rooms.length);
