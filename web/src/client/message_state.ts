import type { Attachment, Event, LinkPreview, MessageState, PendingAck, Reaction } from '@/protocol/ops.gen';
import type { OutboxEntry } from './outbox_store';
import { withVote } from './poll_state';

/** As many people of a reaction are named as the server names. */
const MAX_NAMED = 100;

/** Somebody said something: it counts, or stands in a thread. All other events say what happened. */
export function isSaid(event: Event): boolean {
  return event.type === 'message' || event.type === 'reply';
}

/** A text, which its author may write anew: polls and stickers stay as they are. */
export function isEditable(message: Event): boolean {
  return message.state?.deleted !== true && message.data?.poll === undefined && message.data?.sticker === undefined;
}

/** It has words that can be changed, or a place for some: beside files. */
export function hasWords(message: Event): boolean {
  return isEditable(message) && (message.body !== '' || filesOf(message).length > 0);
}

/** The event says something of an earlier message, `about`. A reply does both: it is one, and its root has one more. */
export function isChange(event: Event): event is Event & { about: number } {
  if (event.about === undefined) return false;
  return ['edited', 'deleted', 'reacted', 'pinned', 'reply', 'voted', 'poll_closed', 'previewed'].includes(event.type);
}

/** Up to which event of the log what became of a message is counted in. */
export function changedTo(message: Pick<Event, 'seq' | 'state'>): number {
  return message.state?.changed ?? message.seq;
}

/** The message after an event about it; the same object when that is counted in already. Events about one message must come
 *  in the order of the log. */
export function withChange(message: Event, change: Event): Event {
  if (change.about !== message.seq || !isChange(change) || change.seq <= changedTo(message)) return message;
  const state: MessageState = { ...message.state, changed: change.seq };
  switch (change.type) {
    case 'edited':
      return { ...message, body: change.body, state: { ...state, edited_at: change.ts } };
    case 'deleted':
      return { ...withoutFiles(message), body: '', state: tombstone(state) };
    case 'voted':
    case 'poll_closed':
      return { ...message, state: { ...state, poll: withVote(state.poll, change) } };
    case 'pinned':
      return { ...message, state: { ...state, pinned: change.data?.on === true } };
    case 'previewed':
      return { ...message, state: previewed(state, change.data?.preview) };
    case 'reply':
      return { ...message, state: { ...state, replies: (state.replies ?? 0) + 1, last_reply: change.ts } };
    default:
      return { ...message, state: { ...state, reactions: reacted(state.reactions ?? [], change) } };
  }
}

/** Each message after those of the changes that are about it, which are in the order of the log. The same array when
 *  nothing is new. */
export function withChanges(messages: readonly Event[], changes: readonly Event[]): readonly Event[] {
  const about = new Map<number, Event[]>();
  for (const change of changes) {
    if (!isChange(change)) continue;
    const known = about.get(change.about);
    if (known === undefined) about.set(change.about, [change]);
    else known.push(change);
  }
  if (about.size === 0) return messages;
  let next: Event[] | undefined;
  for (const [at, message] of messages.entries()) {
    const changed = (about.get(message.seq) ?? []).reduce(withChange, message);
    if (changed === message) continue;
    next ??= [...messages];
    next[at] = changed;
  }
  return next ?? messages;
}

/** A run of the log without holes after the changes that stand in it from index `from` on. */
export function foldRun(run: readonly Event[], from = 0): readonly Event[] {
  return withChanges(run, from === 0 ? run : run.slice(from));
}

/** A reaction as it is after somebody put it or took it away. Chips keep their places for as long as they are there. */
export function withReaction(reactions: readonly Reaction[], emoji: string, user: string, on: boolean): Reaction[] {
  const known = reactions.find((one) => one.emoji === emoji);
  if (known === undefined) return on ? [...reactions, { emoji, count: 1, users: [user] }] : [...reactions];
  const named = known.users.includes(user);
  if (on && named) return [...reactions];
  const users = on ? [...known.users, user].slice(0, MAX_NAMED) : known.users.filter((one) => one !== user);
  const count = known.count + (on ? 1 : -1);
  return reactions.flatMap((one) => (one !== known ? [one] : count <= 0 ? [] : [{ emoji, count, users }]));
}

/** The ids of whom a message names. */
export function mentionsOf(event: Event): string[] {
  const { mentions } = event.data ?? {};
  return Array.isArray(mentions) ? mentions.map(String) : [];
}

/** The same message, if it names a group of mine: as one that names me. */
export function withMyGroups(event: Event, me: string, mine: readonly string[]): Event {
  const { groups } = event.data ?? {};
  if (!Array.isArray(groups) || !groups.some(({ id }) => mine.includes(id))) return event;
  return { ...event, data: { ...event.data, mentions: [...mentionsOf(event), me] } };
}

export function namesMe(event: Event, me: string): boolean {
  return event.sender !== me && callsMe(event, me);
}

/** The same, whoever wrote it: where I call everybody, I am one of them. What an edit adds calls nobody. */
export function callsMe(event: Event, me: string): boolean {
  return isSaid(event) && (event.data?.everyone !== undefined || mentionsOf(event).includes(me));
}

/** The seq of the message that is shown above this one. */
export function quoteOf(event: Event): number | undefined {
  const quote = Number(event.data?.quote);
  return Number.isSafeInteger(quote) && quote > 0 ? quote : undefined;
}

/** The files of a message. */
export function filesOf(event: Event | undefined): readonly Attachment[] {
  const files = event?.data?.files;
  return Array.isArray(files) ? files : [];
}

/** The event of a message that an ack says is stored; undefined when it says otherwise. */
export function storedAs(entry: OutboxEntry, { unknown, room, seq, n, id, ts }: PendingAck): Event | undefined {
  if (unknown === true || room === undefined || seq === undefined) return undefined;
  const { body, cmid, quote, thread, user } = entry;
  const files = entry.files?.flatMap(({ ready }) => (ready === undefined ? [] : [ready]));
  const data = { ...(quote === undefined ? {} : { quote }), ...(files === undefined ? {} : { files }) };
  return {
    room,
    seq,
    n: n ?? 0,
    id: id ?? `${room}.${seq}`,
    type: thread === undefined ? 'message' : 'reply',
    sender: user,
    cmid,
    ts: ts ?? entry.at,
    body,
    ...(thread === undefined ? {} : { about: thread }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

/** What is deleted has none any more, wherever it is shown. */
function withoutFiles(message: Event): Event {
  if (message.data?.files === undefined) return message;
  const { files: _, ...data } = message.data;
  return { ...message, data };
}

function reacted(reactions: readonly Reaction[], change: Event): Reaction[] {
  return withReaction(reactions, String(change.data?.emoji ?? ''), change.sender, change.data?.on === true);
}

/** What is shown of its link, or nothing any more. */
function previewed({ preview: _, ...state }: MessageState, preview: unknown): MessageState {
  return preview === undefined ? state : { ...state, preview: preview as LinkPreview };
}

/** Of a deleted message its thread is left. */
function tombstone({ changed, replies, last_reply }: MessageState): MessageState {
  return {
    changed,
    deleted: true,
    ...(replies === undefined ? {} : { replies }),
    ...(last_reply === undefined ? {} : { last_reply }),
  };
}
