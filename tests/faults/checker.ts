import { Evidence, type Message, type RoomLogs } from './evidence.ts';
import { type FaultRow, percentile, rowsOf, waitOf } from './fault_rows.ts';
import { type Finding, Findings, type Kind } from './findings.ts';
import type { HistoryLine, LineOf } from './history.ts';
import { Seen } from './seen.ts';

export interface Verdict {
  /** Nothing was found. */
  good: boolean;
  counts: Record<Kind, number>;
  /** Up to ten of each kind. */
  examples: Record<Kind, Finding[]>;
  totals: {
    lines: number;
    /** Given to an outbox. */
    invoked: number;
    acked: number;
    /** Refused for good. */
    refused: number;
    /** Neither, and not in the log either, when the record ends. */
    undecided: number;
    /** Messages in the logs. */
    stored: number;
    received: number;
    views: number;
    reads: number;
    excused: number;
    ack_p50: number;
    ack_p99: number;
    ping_p99: number;
    ping_max: number;
  };
  faults: FaultRow[];
}

/** Reads a record and says what is wrong with it. Reads it twice: `lines` begins anew at each iteration, as an array or a file
 *  of the record does. */
export function check(lines: Iterable<HistoryLine>): Verdict {
  const evidence = new Evidence();
  for (const line of lines) evidence.take(line);
  evidence.finish();
  const all: Finding[] = [];
  const findings = new Findings(evidence, (finding) => all.push(finding));
  judgeCompleteness(evidence, findings);
  const places = judgeLogs(evidence, findings);
  judgeMessages(evidence, findings, places);
  judgeOrder(evidence, findings, places);
  const seen = new Seen(evidence, findings);
  let again = 0;
  for (const line of lines) {
    again++;
    seen.take(line);
  }
  if (again !== evidence.lines) throw new Error('The record cannot be read twice.');
  seen.finish();
  return {
    good: findings.none,
    counts: findings.counts,
    examples: findings.examples,
    totals: totalsOf(evidence, seen, places),
    faults: rowsOf(evidence, all),
  };
}

function totalsOf(evidence: Evidence, seen: Seen, places: Places): Verdict['totals'] {
  const messages = [...evidence.messages.values()];
  const waits = messages.flatMap(waitOf);
  const pings = evidence.pings.map((ping) => ping.ms);
  return {
    lines: evidence.lines,
    invoked: messages.length,
    acked: waits.length,
    refused: messages.filter((one) => one.fail !== undefined).length,
    undecided: messages.filter((one) => one.ok === undefined && one.fail === undefined && !places.has(one.cmid)).length,
    stored: places.size,
    received: seen.received,
    views: seen.views,
    reads: seen.reads,
    excused: evidence.excused.size,
    ack_p50: percentile(waits, 0.5),
    ack_p99: percentile(waits, 0.99),
    ping_p99: percentile(pings, 0.99),
    ping_max: pings.at(-1) ?? 0,
  };
}

/** Where each cmid is stored: the first place, when there are several. */
type Places = ReadonlyMap<string, { room: string; seq: number }>;

function judgeCompleteness(evidence: Evidence, findings: Findings): void {
  const vias = new Set([...evidence.rooms.values()].flatMap((logs) => logs.lines.map((line) => line.via)));
  if (!vias.has('pg')) findings.add('incomplete', 'pg', evidence.ended_at, 'No log of the database was recorded.');
  const rooms = new Set([...evidence.rooms.keys(), ...[...evidence.messages.values()].map((one) => one.room)]);
  for (const room of rooms) {
    for (const via of vias) {
      if (evidence.rooms.get(room)?.lines.some((line) => line.via === via) === true) continue;
      findings.add('incomplete', `${via} ${room}`, evidence.ended_at, `No log of room ${room} by ${via}.`, { room });
    }
  }
  const views = evidence.clients.size > 0 && evidence.views === 0;
  if (views) findings.add('incomplete', 'views', evidence.ended_at, 'What clients show at the end was not recorded.');
  for (const line of evidence.odd_fails) {
    const what = `${line.c} was told ${line.code} for ${line.cmid}, which was never sent.`;
    findings.add('unexpected', `fail ${line.cmid}`, line.at, what, { c: line.c, cmid: line.cmid });
  }
}

/** I3, I6: numbers without a hole, a cmid once, one log for all. */
function judgeLogs(evidence: Evidence, findings: Findings): Places {
  const places = new Map<string, { room: string; seq: number }>();
  for (const [room, logs] of evidence.rooms) {
    const pg = logs.lines.find((line) => line.via === 'pg');
    if (pg === undefined) continue;
    judgeNumbers(pg, findings);
    for (const [seq, , cmid] of pg.events) {
      if (cmid === '') continue;
      const before = places.get(cmid);
      if (before === undefined) places.set(cmid, { room, seq });
      else if (before.room !== room || before.seq !== seq) {
        const what = `${cmid} is stored at ${before.seq} of room ${before.room} and at ${seq} of room ${room}.`;
        findings.add('doubled', pg.events.find((one) => one[0] === seq)?.[3] ?? cmid, pg.at, what, { room, seq, cmid });
      }
    }
    for (const line of logs.lines) if (line !== pg) judgeTold(logs, line, findings);
  }
  return places;
}

function judgeNumbers({ at, events, head, room }: LineOf<'log'>, findings: Findings): void {
  let last = 0;
  for (const [seq] of events) {
    if (seq === last) findings.add('doubled', `${room} ${seq}`, at, `Room ${room} has ${seq} twice.`, { room, seq });
    else if (seq < last)
      findings.add('reordered', `${room} ${seq}`, at, `Room ${room}: ${seq} after ${last}.`, { room, seq });
    else if (seq > last + 1) {
      const what = `Room ${room}: nothing between ${last} and ${seq}.`;
      findings.add('log_holes', `${room} ${seq}`, at, what, { room, seq: last + 1 });
    }
    last = Math.max(last, seq);
  }
  if (last === head) return;
  findings.add('log_holes', `${room} head`, at, `Room ${room}: its head is ${head}, its last event ${last}.`, { room });
}

/** A gateway tells the cmids of the asking person only. */
function judgeTold(logs: RoomLogs, line: LineOf<'log'>, findings: Findings): void {
  const { at, room, via } = line;
  const differ = (seq: number, how: string): void =>
    findings.add('log_differs', `${via} ${room} ${seq}`, at, `${via}, room ${room}, ${seq}: ${how}.`, { room, seq });
  if (line.head !== logs.head) differ(logs.head, `it says that the head is ${line.head}, not ${logs.head}`);
  const told = new Set<number>();
  for (const [seq, sender, cmid, digest] of line.events) {
    const [, author, its_cmid, its_digest] = logs.events.get(seq) ?? [];
    told.add(seq);
    if (author === undefined) differ(seq, 'the database does not have it');
    else if (sender !== author || digest !== its_digest) differ(seq, 'the database has another event there');
    else if (cmid !== '' && cmid !== its_cmid) differ(seq, `its cmid is ${cmid}, not ${its_cmid}`);
  }
  for (const seq of logs.events.keys()) if (!told.has(seq)) differ(seq, 'it does not tell it');
}

/** I1, I2: what was acknowledged is stored there, what is stored was sent so and not refused. */
function judgeMessages(evidence: Evidence, findings: Findings, places: Places): void {
  for (const [room, logs] of evidence.rooms) {
    for (const [seq, sender, cmid, digest] of logs.events.values()) {
      if (cmid === '') continue;
      const message = evidence.messages.get(cmid);
      const place = { room, seq, cmid, ...(message === undefined ? {} : { c: message.c }) };
      const at = message?.at ?? evidence.ended_at;
      if (message === undefined) {
        findings.add('unexpected', cmid, at, `${cmid} is at ${seq} of room ${room}; nobody sent it.`, place);
      } else if (message.fail !== undefined) {
        const what = `${cmid} was refused (${message.fail.code}) and is at ${seq} of room ${room}.`;
        findings.add('unexpected', cmid, at, what, place);
      } else if (message.digest !== digest || message.user !== sender || message.room !== room) {
        const what = `${cmid} is at ${seq} of room ${room}, by ${sender}, with other bytes, author or room than sent.`;
        findings.add('corrupted', `${room} ${seq}`, at, what, place);
      } else if (!evidence.wasIn(sender, room, seq)) {
        const what = `${cmid} is at ${seq} of room ${room}; its author ${sender} was not in the room there.`;
        findings.add('unexpected', cmid, at, what, place);
      }
    }
  }
  for (const message of evidence.messages.values()) judgeAck(evidence, findings, places, message);
  for (const { at, c, cmid, room, seq } of evidence.odd_acks) {
    if (evidence.excused.has(cmid)) continue;
    const what = `${c} was told that ${cmid} is at ${seq} of room ${room}, against what it was told or sent before.`;
    findings.add('wrong_ack', cmid, at, what, { room, seq, cmid, c });
  }
}

function judgeAck(evidence: Evidence, findings: Findings, places: Places, message: Message): void {
  const { c, cmid, ok, room } = message;
  if (ok === undefined || evidence.excused.has(cmid)) return;
  if (!evidence.rooms.has(room)) return;
  const place = places.get(cmid);
  if (place === undefined) {
    const what = `${c} was told that ${cmid} is at ${ok.seq} of room ${room}; it is not in the log.`;
    findings.add('lost', cmid, message.at, what, { room, seq: ok.seq, cmid, c });
  } else if (place.seq !== ok.seq || place.room !== ok.room) {
    const what = `${c} was told that ${cmid} is at ${ok.seq} of room ${ok.room}; it is at ${place.seq} of ${place.room}.`;
    findings.add('wrong_ack', cmid, message.at, what, { room, seq: ok.seq, cmid, c });
  }
}

/** I4, I5: who sends later is stored later. */
function judgeOrder(evidence: Evidence, findings: Findings, places: Places): void {
  const before = new Map<string, { cmid: string; seq: number }>();
  for (const { at, c, cmid, floor, ok, room } of evidence.messages.values()) {
    const seq = places.get(cmid)?.seq;
    if (seq === undefined || places.get(cmid)?.room !== room) continue;
    const earlier = before.get(`${c} ${room}`);
    const place = { room, seq, cmid, c };
    if (ok !== undefined && earlier !== undefined && earlier.seq > seq) {
      const what = `${c} sent ${earlier.cmid} before ${cmid}; they are at ${earlier.seq} and ${seq} of room ${room}.`;
      findings.add('reordered', cmid, at, what, place);
    } else if (seq <= floor) {
      const what = `${cmid} is at ${seq} of room ${room}; ${floor} was acknowledged before it was begun.`;
      findings.add('reordered', cmid, at, what, place);
    }
    if (ok !== undefined && (earlier === undefined || earlier.seq < seq)) before.set(`${c} ${room}`, { cmid, seq });
  }
}
