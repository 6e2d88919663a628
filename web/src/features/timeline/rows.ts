import { quoteOf } from '@/client/message_state';
import type { OutboxEntry, OutboxFile } from '@/client/outbox_store';
import { dayKey } from '@/lib/time';
import type { Event } from '@/protocol/ops.gen';

/** Of a message of mine: under way, stored, held by a device of somebody else, read by somebody else, refused. */
export type Delivery = 'pending' | 'sent' | 'delivered' | 'read' | 'failed';

export interface MessageRow {
  kind: 'message';
  /** The same from the first keystroke's echo to the stored event, so that the row stays one node. */
  key: string;
  sender: string;
  body: string;
  ts: number;
  /** Absent until the log has it. */
  seq?: number;
  n?: number;
  /** The message as it is now, with what was done to it; absent until the log has it. */
  event?: Event;
  /** The message that is shown above this one. */
  quote?: number;
  /** Who has replied in its thread, as far as is loaded: a few ids with spaces between. */
  repliers?: string;
  state: Delivery;
  /** Of a message that is not stored. */
  files?: readonly OutboxFile[];
  /** Names the outbox entry of a message that is not stored. */
  cmid?: string;
  code?: string;
  /** Begins a group: shows who and when. */
  head: boolean;
}

export type Row =
  | MessageRow
  | { kind: 'day'; key: string; ts: number }
  | { kind: 'new'; key: string }
  /** Membership events of one kind that follow each other stand in one line. */
  | { kind: 'system'; key: string; events: readonly Event[] };

/** One author's messages within this time of the group's last one share a head. */
export const GROUP_MS = 5 * 60_000;

const OF_MAKING: readonly Event['type'][] = ['created', 'added', 'joined'];

/** As many of those who replied are shown. */
const REPLIERS = 3;

export interface RowsOf {
  /** Replies, when it is a thread that is shown. */
  said?: 'message' | 'reply';
  /** A conversation of two: who made it and who is in it goes without saying. */
  of_two?: boolean;
  events: readonly Event[];
  /** Own messages that are stored but wait for an earlier event. */
  ahead: readonly Event[];
  local: readonly OutboxEntry[];
  me: string;
  /** How far anybody else has received and read the room. */
  delivered_to?: number;
  read_to?: number;
  /** The divider stands above the first message of others behind this seq; absent: no divider. */
  divider: number | undefined;
}

/** What a timeline shows, from top to bottom: events in the log's order, then what is under way, in the order written. */
export function buildRows(of: RowsOf): Row[] {
  const { events, ahead, local, me, divider, delivered_to = 0, read_to = 0, said = 'message', of_two = false } = of;
  const repliers = said === 'message' ? whoReplied(events) : undefined;
  const rows: Row[] = [];
  const shown = new Set<string>();
  let day = '';
  let last: MessageRow | undefined;
  // What is held may begin behind the first that is new: then its place is not here.
  let divided = divider === undefined || (events[0]?.seq ?? 0) > divider + 1;

  const stateOf = (event: Event): Delivery => {
    if (event.sender !== me || event.seq > delivered_to) return 'sent';
    return event.seq > read_to ? 'delivered' : 'read';
  };
  const startDay = (ts: number): void => {
    const key = dayKey(ts);
    if (key === day) return;
    day = key;
    last = undefined;
    rows.push({ kind: 'day', key: `day-${key}`, ts });
  };
  const add = (row: Omit<MessageRow, 'head' | 'kind'>): void => {
    startDay(row.ts);
    // An answer begins anew: what it quotes would stand between two sentences of one speech.
    const apart = row.quote !== undefined || last === undefined;
    const head = apart || last?.sender !== row.sender || row.ts - last.ts > GROUP_MS;
    last = { kind: 'message', ...row, head };
    rows.push(last);
  };

  for (const event of events) {
    if (event.cmid !== undefined) shown.add(event.cmid);
    if (!divided && event.seq > (divider ?? 0) && event.type === said && event.sender !== me) {
      startDay(event.ts);
      rows.push({ kind: 'new', key: 'new' });
      last = undefined;
      divided = true;
    }
    if (event.type === said) {
      const who = repliers?.get(event.seq);
      add({ ...messageOf(event, stateOf(event)), ...(who === undefined ? {} : { repliers: [...who].join(' ') }) });
      continue;
    }
    // What says something of another message is seen there, and replies in their thread.
    if (event.about !== undefined || (of_two && OF_MAKING.includes(event.type))) continue;
    startDay(event.ts);
    last = undefined;
    const before = rows.at(-1);
    if (before?.kind === 'system' && joinable(before.events, event)) {
      rows[rows.length - 1] = { ...before, events: [...before.events, event] };
    } else rows.push({ kind: 'system', key: keyOf(event), events: [event] });
  }
  for (const event of ahead) {
    if (event.cmid === undefined || event.type !== said || shown.has(event.cmid)) continue;
    shown.add(event.cmid);
    add(messageOf(event, stateOf(event)));
  }
  for (const { cmid, body, at, state, code, quote, files } of local) {
    if (shown.has(cmid)) continue;
    // A clock that runs behind must not open a day that is over.
    const ts = Math.max(at, last?.ts ?? 0, events.at(-1)?.ts ?? 0);
    const more = {
      ...(code === undefined ? {} : { code }),
      ...(quote === undefined ? {} : { quote }),
      ...(files === undefined ? {} : { files }),
    };
    add({ key: cmid, sender: me, body, ts, state, cmid, ...more });
  }
  return rows;
}

function messageOf(event: Event, state: Delivery): Omit<MessageRow, 'head' | 'kind'> {
  const { sender, body, ts, seq, n } = event;
  const quote = quoteOf(event);
  return { key: keyOf(event), sender, body, ts, seq, n, event, state, ...(quote === undefined ? {} : { quote }) };
}

/** By root: who replied last, a few of them. */
function whoReplied(events: readonly Event[]): ReadonlyMap<number, ReadonlySet<string>> {
  const who = new Map<number, Set<string>>();
  for (const event of events.toReversed()) {
    if (event.type !== 'reply' || event.about === undefined) continue;
    const some = who.get(event.about) ?? new Set();
    if (some.size < REPLIERS) some.add(event.sender);
    who.set(event.about, some);
  }
  return who;
}

/** The keys of my last message in each state: from one to the next the ticks change, so these show theirs. */
export function lastOfStates(rows: readonly Row[], me: string): ReadonlySet<string> {
  const keys = new Map<Delivery, string>();
  for (const row of rows)
    if (row.kind === 'message' && row.sender === me && row.seq !== undefined) keys.set(row.state, row.key);
  return new Set(keys.values());
}

/** Who comes and goes is told together; what is done to the room, each by itself. */
const TOLD_TOGETHER: readonly Event['type'][] = ['joined', 'left', 'added'];

function joinable(before: readonly Event[], event: Event): boolean {
  const [first] = before;
  if (!TOLD_TOGETHER.includes(event.type)) return false;
  return first !== undefined && first.type === event.type && (event.type !== 'added' || first.sender === event.sender);
}

function keyOf(event: Event): string {
  return event.cmid ?? `s${event.seq}`;
}
