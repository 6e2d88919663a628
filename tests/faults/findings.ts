import type { Evidence } from './evidence.ts';

/** What may be wrong; each with the promise it breaks (docs/delivery.md). */
export const KINDS = {
  lost: 'acknowledged and not in the log, or neither stored, refused nor kept by its client',
  unexpected: 'in the log or seen by a client although never sent, refused for good, or not in the log',
  corrupted: 'stored, received or shown otherwise than it was sent',
  doubled: 'stored or shown more than once',
  reordered: 'against the order of sending, or shown out of order',
  wrong_ack: 'acknowledged with a place that is not its own',
  log_holes: 'a number that the log does not have',
  log_differs: 'a gateway tells another log than the database holds',
  view_holes: 'an event missing in the middle of what a client shows',
  tail_lost: 'what a member shows at the end does not reach the end of the log',
  after_removal: 'received or shown by somebody who was not in the room',
  stale_read: 'a history answer that lacks what was acknowledged before it was asked for',
  incomplete: 'the record does not hold what is needed to judge',
} as const;

export type Kind = keyof typeof KINDS;

export interface Finding {
  kind: Kind;
  /** One sentence for people. */
  what: string;
  at: number;
  /** The faults that were on then. */
  during: string[];
  room?: string;
  seq?: number;
  cmid?: string;
  c?: string;
}

export type Place = Partial<Pick<Finding, 'room' | 'seq' | 'cmid' | 'c'>>;

const EXAMPLES = 10;

/** The counts of what was found, and the first examples of each kind. One thing found in many ways counts once. */
export class Findings {
  readonly counts: Record<Kind, number>;
  readonly examples: Record<Kind, Finding[]>;
  readonly #seen = new Set<string>();
  readonly #told: (finding: Finding) => void;
  readonly #evidence: Evidence;

  constructor(evidence: Evidence, told: (finding: Finding) => void) {
    const kinds = Object.keys(KINDS) as Kind[];
    this.counts = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
    this.examples = Object.fromEntries(kinds.map((kind): [Kind, Finding[]] => [kind, []])) as Record<Kind, Finding[]>;
    this.#evidence = evidence;
    this.#told = told;
  }

  /** `key` names the thing within its kind. */
  add(kind: Kind, key: string, at: number, what: string, place: Place = {}): void {
    const name = `${kind} ${key}`;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.counts[kind]++;
    const finding: Finding = { kind, what, at, during: this.#evidence.faultsAt(at), ...place };
    if (this.examples[kind].length < EXAMPLES) this.examples[kind].push(finding);
    this.#told(finding);
  }

  has(kind: Kind, key: string): boolean {
    return this.#seen.has(`${kind} ${key}`);
  }

  get none(): boolean {
    return Object.values(this.counts).every((count) => count === 0);
  }
}
