// Ben's page, open while the server goes and comes back: the client's own engine, under Node 24.
//   node --import ./tests/faults/loader.mjs tests/keep/witness.ts URL FILE
// FILE always has what it shows of the room now, as JSON: {epoch, welcomes, shown: [[seq, text], …]}. Ends by SIGTERM.
import { renameSync, writeFileSync } from 'node:fs';
import { logInPerson } from '@/testing/node_person';
import { PASSWORD, ROOM } from './people.mjs';

const [url = '', file = ''] = process.argv.slice(2);
const { chat } = await logInPerson(url, 'ben.keeps', PASSWORD);
const room = [...chat.list.rooms.get().values()].find((one) => one.name === ROOM)?.id;
if (room === undefined) throw new Error('Ben is not in that room.');
let said = '';
const parent = process.ppid;
setInterval(() => {
  // The test that started it has ended.
  if (process.ppid !== parent) process.exit(1);
  // As a page does that is open on the room.
  const log = chat.log(room);
  if (log.view.get().status === 'empty') void log.openNewest();
  const shown = log.view.get().events.map((event) => [event.seq, event.body ?? '']);
  const now = JSON.stringify({ epoch: chat.epoch, status: chat.socket.state.get().status, shown });
  if (now === said) return;
  said = now;
  writeFileSync(`${file}.new`, now);
  renameSync(`${file}.new`, file);
}, 50);
process.on('SIGTERM', () => process.exit(0));
