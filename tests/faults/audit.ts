import { digestOfEvent, type LoggedEvent, type Recorder } from './history.ts';
import { comesTrue, now } from './time.ts';

/** Somebody who may read rooms. */
export interface Reader {
  token: () => Promise<string>;
  rooms: () => Iterable<string>;
}

/** What is read: each gateway by its own address, and the database. */
export interface Audited {
  gateways: readonly string[];
  postgres: { sql: (text: string) => Promise<string> };
}

const PAGE = 200;
const ANSWER_WITHIN_MS = 5_000;
const TRY_FOR_MS = 15_000;

interface Row {
  seq: number;
  sender: string;
  cmid?: string | null;
  type: string;
  body?: string;
}
const logged = ({ seq, sender, cmid, type, body }: Row): LoggedEvent => [
  seq,
  String(sender),
  cmid ?? '',
  digestOfEvent(type, body ?? ''),
];

/** Records every room's whole log, as the database holds it and as each gateway tells it. */
export async function audit(system: Audited, readers: readonly Reader[], record: Recorder): Promise<void> {
  const rooms = await auditDatabase(system, record);
  const readerOf = new Map(
    readers.flatMap((reader) => [...reader.rooms()].map((room): [string, Reader] => [room, reader])),
  );
  for (const [i, origin] of system.gateways.entries()) {
    for (const room of rooms) {
      const reader = readerOf.get(room);
      if (reader !== undefined) await auditGateway(`gw-${i}`, origin, room, reader, record);
    }
  }
}

/** Returns the rooms there are. */
async function auditDatabase({ postgres }: Audited, record: Recorder): Promise<string[]> {
  const heads = JSON.parse(await postgres.sql('SELECT json_object_agg(id, last_seq) FROM chat.rooms')) as object;
  const columns = "json_build_object('seq', seq, 'sender', sender::text, 'cmid', cmid, 'type', type, 'body', body)";
  for (const [room, head] of Object.entries(heads)) {
    const text = await postgres.sql(`SELECT ${columns} FROM chat.events WHERE room_id = ${Number(room)} ORDER BY seq`);
    const rows = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Row);
    record.put({ e: 'log', at: now(), via: 'pg', room, head, events: rows.map(logged) });
  }
  return Object.keys(heads);
}

async function auditGateway(
  via: string,
  origin: string,
  room: string,
  reader: Reader,
  record: Recorder,
): Promise<void> {
  const events: LoggedEvent[] = [];
  for (let after = 0; ; ) {
    const url = `${origin}/api/v1/rooms/${room}/messages?after=${after}&limit=${PAGE}`;
    const page = await ask(url, await reader.token());
    events.push(...page.events.map(logged));
    const last = page.events.at(-1)?.seq;
    if (last === undefined || page.complete) {
      record.put({ e: 'log', at: now(), via, room, head: page.head, events });
      return;
    }
    after = last;
  }
}

interface Page {
  events: Row[];
  head: number;
  complete: boolean;
}

async function ask(url: string, token: string): Promise<Page> {
  let page: Page | undefined;
  let why = '';
  await comesTrue(TRY_FOR_MS, async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    why = `${answer.status}`;
    if (answer.ok) page = (await answer.json()) as Page;
    return answer.ok;
  });
  if (page === undefined) throw new Error(`${url}: ${why === '' ? 'no answer' : why}`);
  return page;
}
