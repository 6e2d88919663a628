import type { OutboxEntry } from '@/client/outbox_store';
import { dayKey } from '@/lib/time';
import type { Event } from '@/protocol/ops.gen';

/** Of a message of mine: under way, stored, held by a device of somebody else, read by somebody else, refused. */
export type MessageState = 'pending' | 'sent' | 'delivered' | 'read' | 'failed';

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
  state: MessageState;
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

export interface RowsOf {
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
  const { events, ahead, local, me, divider, delivered_to = 0, read_to = 0 } = of;
  const rows: Row[] = [];
  const shown = new Set<string>();
  let day = '';
  let last: MessageRow | undefined;
  let divided = divider === undefined;

  const stateOf = (event: Event): MessageState => {
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
    const head = last === undefined || last.sender !== row.sender || row.ts - last.ts > GROUP_MS;
    last = { kind: 'message', ...row, head };
    rows.push(last);
  };

  for (const event of events) {
    if (event.cmid !== undefined) shown.add(event.cmid);
    if (!divided && event.seq > (divider ?? 0) && event.type === 'message' && event.sender !== me) {
      startDay(event.ts);
      rows.push({ kind: 'new', key: 'new' });
      last = undefined;
      divided = true;
    }
    if (event.type === 'message') {
      add(messageOf(event, stateOf(event)));
      continue;
    }
    startDay(event.ts);
    last = undefined;
    const before = rows.at(-1);
    if (before?.kind === 'system' && joinable(before.events, event)) {
      rows[rows.length - 1] = { ...before, events: [...before.events, event] };
    } else rows.push({ kind: 'system', key: keyOf(event), events: [event] });
  }
  for (const event of ahead) {
    if (event.cmid === undefined || shown.has(event.cmid)) continue;
    shown.add(event.cmid);
    add(messageOf(event, stateOf(event)));
  }
  for (const { cmid, body, at, state, code } of local) {
    if (shown.has(cmid)) continue;
    // A clock that runs behind must not open a day that is over.
    const ts = Math.max(at, last?.ts ?? 0, events.at(-1)?.ts ?? 0);
    add({ key: cmid, sender: me, body, ts, state, cmid, ...(code === undefined ? {} : { code }) });
  }
  return rows;
}

function messageOf(event: Event, state: MessageState): Omit<MessageRow, 'head' | 'kind'> {
  const { sender, body, ts, seq, n } = event;
  return { key: keyOf(event), sender, body, ts, seq, n, state };
}

/** The keys of my last message in each state: from one to the next the ticks change, so these show theirs. */
export function lastOfStates(rows: readonly Row[], me: string): ReadonlySet<string> {
  const keys = new Map<MessageState, string>();
  for (const row of rows)
    if (row.kind === 'message' && row.sender === me && row.seq !== undefined) keys.set(row.state, row.key);
  return new Set(keys.values());
}

function joinable(before: readonly Event[], event: Event): boolean {
  const [first] = before;
  return first !== undefined && first.type === event.type && (event.type !== 'added' || first.sender === event.sender);
}

function keyOf(event: Event): string {
  return event.cmid ?? `s${event.seq}`;
}
