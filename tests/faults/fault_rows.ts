import type { Evidence, Message } from './evidence.ts';
import type { Finding, Kind } from './findings.ts';

/** One fault, from its beginning until all is well again. */
export interface FaultRow {
  name: string;
  begin: number;
  end: number;
  /** How long it was on. */
  lasted_ms: number | undefined;
  /** From the end of its cause until sends succeeded and all views were whole. */
  recovered_ms: number | undefined;
  /** Of the messages that were begun meanwhile. */
  sent: number;
  acked: number;
  refused: number;
  ack_p50: number;
  ack_p99: number;
  ping_p99: number;
  found: Partial<Record<Kind, number>>;
}

/** The value below which that share of the values lies; 0 of none. Sorts in place. */
export function percentile(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? 0;
}

export interface FaultSpan {
  name: string;
  begin: number;
  healed: number | undefined;
  recovered: number | undefined;
  end: number;
}

/** The spans of the faults, in order of their beginning. One that never recovered lasts until the next begins. */
export function spansOf(evidence: Pick<Evidence, 'faults' | 'ended_at'>): FaultSpan[] {
  const spans: FaultSpan[] = [];
  for (const { at, name, phase } of evidence.faults) {
    if (phase === 'begin') {
      spans.push({ name, begin: at, healed: undefined, recovered: undefined, end: Number.POSITIVE_INFINITY });
      continue;
    }
    const span = spans.findLast((one) => one.name === name);
    if (span === undefined) continue;
    if (phase === 'healed') span.healed ??= at;
    else span.end = span.recovered ??= at;
  }
  spans.forEach((span, i) => {
    const next = spans.slice(i + 1).find((one) => span.healed !== undefined && one.begin >= span.healed);
    if (span.recovered === undefined) span.end = next?.begin ?? evidence.ended_at;
  });
  return spans;
}

export function rowsOf(evidence: Evidence, findings: readonly Finding[]): FaultRow[] {
  return evidence.spans.map((span) => {
    const within = (at: number): boolean => at >= span.begin && at <= span.end;
    const sent = [...evidence.messages.values()].filter((message) => within(message.at));
    const waits = sent.flatMap(waitOf);
    const found: Partial<Record<Kind, number>> = {};
    for (const { at, kind } of findings) if (within(at)) found[kind] = (found[kind] ?? 0) + 1;
    return {
      name: span.name,
      begin: span.begin,
      end: span.end,
      lasted_ms: span.healed === undefined ? undefined : span.healed - span.begin,
      recovered_ms:
        span.healed === undefined || span.recovered === undefined ? undefined : span.recovered - span.healed,
      sent: sent.length,
      acked: waits.length,
      refused: sent.filter((message) => message.fail !== undefined).length,
      ack_p50: percentile(waits, 0.5),
      ack_p99: percentile(waits, 0.99),
      ping_p99: percentile(
        evidence.pings.filter((ping) => within(ping.at)).map((ping) => ping.ms),
        0.99,
      ),
      found,
    };
  });
}

export function waitOf(message: Message): number[] {
  return message.ok === undefined ? [] : [message.ok.at - message.at];
}
