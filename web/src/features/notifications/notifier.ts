import { i18n } from '@lingui/core';
import type { Chat } from '@/client/chat';
import type { Clock, Timer } from '@/client/clock';
import { namesMe } from '@/client/message_state';
import type { Store } from '@/lib/store';
import type { Event, Room, ServerFrame, Thread } from '@/protocol/ops.gen';
import { isHushed, wanted } from '@/state/notify';
import { isQuiet } from '../people/told';
import { type Call, decide, isDirect, levelOf } from './decide';
import type { Desk } from './desk';
import { wordFinder } from './keywords';
import type { Prefs } from './prefs';
import type { Tabs } from './tabs';
import { noteWords } from './words';

/** A message that was written so long before it came here notifies nobody any more. */
const LATE_MS = 5 * 60_000;
/** So long a message waits for what is not known of it yet: its room, its writer, whether I follow its thread. */
const PATIENCE_MS = 6_000;
const MAX_WAITING = 500;
/** A notification that is replaced within this time makes no sound of its own. */
const CALM_MS = 4_000;

export interface NotifierParts {
  chat: Chat;
  clock: Clock;
  desk: Desk;
  tabs: Tabs;
  prefs: Store<Prefs>;
  play: (sound: Prefs['sound']) => void;
  /** Opens a message, or the thread it stands in. */
  open: (event: Event) => void;
}

interface Shown {
  event: Event;
  count: number;
  at: number;
  close: () => void;
}

/** Notifies of what others write: asks the rule, lets one tab of several speak, one notification a room or thread, and takes
 *  it away when what it tells of is read, here or on any device. */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #waiting: { event: Event; since: number }[] = [];
  readonly #shown = new Map<string, Shown>();
  readonly #undo: (() => void)[] = [];
  #has_keyword = wordFinder([]);
  #keywords: readonly string[] = [];
  /** How far the server's clock is ahead of ours, as far as was seen. */
  #ahead_ms: number | undefined;
  #timer: Timer | undefined;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  start(): void {
    const { chat } = this.#parts;
    const again = (): void => this.#decideAll();
    this.#undo.push(
      chat.socket.events.on('welcome', (frame) => this.#sawTime(frame.time)),
      chat.socket.events.on('frame', (frame) => this.#heard(frame)),
      chat.events.on('fresh', (events) => this.#take(events)),
      chat.list.rooms.subscribe(() => this.#closeRead()),
      chat.conversation.threads.view.subscribe(() => this.#closeRead()),
      ...[chat.list.rooms, chat.account.me, chat.people.users, chat.conversation.threads.view].map((store) =>
        (store as Store<unknown>).subscribe(again),
      ),
    );
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#parts.clock.cancel(this.#timer);
    this.#waiting.length = 0;
    for (const { close } of [...this.#shown.values()]) close();
    this.#shown.clear();
  }

  #take(events: readonly Event[]): void {
    const { chat, clock } = this.#parts;
    // Of times of quiet only the next one is known: behind its end the one that follows is asked for.
    chat.people.need([chat.me.id]);
    const since = clock.now();
    for (const event of events) this.#waiting.push({ event, since });
    this.#waiting.splice(0, this.#waiting.length - MAX_WAITING);
    this.#decideAll();
  }

  #decideAll(): void {
    if (this.#waiting.length === 0) return;
    const { clock } = this.#parts;
    const alerts: Event[] = [];
    const now = clock.now();
    for (const one of this.#waiting.splice(0)) {
      const patient = now - one.since < PATIENCE_MS;
      if (patient && !this.#isKnown(one.event)) this.#waiting.push(one);
      else if (this.#alerts(one.event, now)) alerts.push(one.event);
    }
    clock.cancel(this.#timer);
    if (this.#waiting.length > 0) this.#timer = clock.after(PATIENCE_MS, () => this.#decideAll());
    if (alerts.length > 0) void this.#notify(alerts);
  }

  #isKnown(event: Event): boolean {
    const { chat } = this.#parts;
    if (chat.list.get(event.room) === undefined || chat.people.get(event.sender) === undefined) return false;
    if (chat.account.me.get() === undefined) return false;
    if (event.type !== 'reply' || this.#threadOf(event) !== undefined || this.#callsMe(event)) return true;
    // Whether a thread that is not in the list is one of mine the server is being asked.
    return chat.conversation.threads.view.get().status === 'failed';
  }

  #alerts(event: Event, now: number): boolean {
    const { chat, tabs } = this.#parts;
    const room = chat.list.get(event.room);
    if (room === undefined || event.seq <= room.read_seq) return false;
    const call = this.#callOf(event, room);
    if (call === undefined) return false;
    const me = chat.account.me.get();
    return decide({
      call,
      level: levelOf(room, me?.notify_rooms ?? 'mentions'),
      muted: isHushed(room, now),
      dnd: isQuiet(chat.people.get(chat.me.id) ?? me, now),
      looking: tabs.looksAt() === event.room,
      own: event.sender === chat.me.id,
      blocked: chat.account.blocks(event.sender),
      late: event.ts + LATE_MS < now + (this.#ahead_ms ?? 0),
    }).alert;
  }

  /** What a message is to me; undefined: nothing, as what is said in threads I do not follow. */
  #callOf(event: Event, room: Room): Call | undefined {
    const call = this.#callsMe(event);
    if (call !== undefined) return call;
    if (event.type === 'reply') return this.#threadOf(event)?.following === true ? 'thread' : undefined;
    return isDirect(room) ? 'direct' : 'plain';
  }

  #callsMe(event: Event): 'mention' | 'keyword' | undefined {
    if (namesMe(event, this.#parts.chat.me.id)) return 'mention';
    return this.#hasKeyword(event.body) ? 'keyword' : undefined;
  }

  #hasKeyword(text: string): boolean {
    const keywords = this.#parts.chat.account.me.get()?.keywords ?? [];
    if (keywords !== this.#keywords) {
      this.#keywords = keywords;
      this.#has_keyword = wordFinder(keywords);
    }
    return this.#has_keyword(text);
  }

  #threadOf(event: Event): Thread | undefined {
    const { threads } = this.#parts.chat.conversation.threads.view.get();
    return threads.find((one) => one.room === event.room && one.root.seq === event.about);
  }

  async #notify(events: readonly Event[]): Promise<void> {
    const { desk, prefs, tabs } = this.#parts;
    const { declined, on } = prefs.get();
    if (!on) return;
    if (desk.permission.get() === 'default' && !declined) wanted.set(true);
    if (desk.permission.get() !== 'granted') return;
    const mine = await tabs.take(events.map(keyOf));
    const by_tag = new Map<string, Event[]>();
    for (const event of events) {
      if (!mine.has(keyOf(event)) || this.#isRead(event)) continue;
      const tag = tagOf(event);
      by_tag.set(tag, [...(by_tag.get(tag) ?? []), event]);
    }
    for (const [tag, list] of by_tag) this.#show(tag, list);
  }

  #show(tag: string, events: readonly Event[]): void {
    const { chat, clock, desk, open, play, prefs } = this.#parts;
    const event = events.at(-1);
    const room = event === undefined ? undefined : chat.list.get(event.room);
    if (event === undefined || room === undefined) return;
    const before = this.#shown.get(tag);
    const count = events.length + (before?.count ?? 0);
    const again = before === undefined || clock.now() - before.at > CALM_MS;
    const name = chat.people.get(event.sender)?.display_name ?? i18n.t('Somebody');
    // What is replaced tells of its end, too: by then it is not the one that stands here.
    this.#shown.delete(tag);
    const onClose = (): void => {
      if (this.#shown.get(tag)?.event === event) this.#shown.delete(tag);
    };
    const words = noteWords({ room, event, count, name, hide_text: prefs.get().hide_text });
    const close = desk.show({ tag, ...words, again, onClick: () => open(event), onClose });
    if (close === undefined) return;
    this.#shown.set(tag, { event, count, at: again ? clock.now() : (before?.at ?? 0), close });
    if (again) play(prefs.get().sound);
  }

  #closeRead(): void {
    for (const [tag, { close, event }] of [...this.#shown]) {
      if (!this.#isRead(event)) continue;
      this.#shown.delete(tag);
      close();
    }
  }

  /** Read, or not to be read any more. */
  #isRead(event: Event): boolean {
    const room = this.#parts.chat.list.get(event.room);
    if (room === undefined || event.seq <= room.read_seq) return true;
    return event.type === 'reply' && event.seq <= (this.#threadOf(event)?.read_seq ?? 0);
  }

  #heard(frame: ServerFrame): void {
    if (frame.t !== 'event') return;
    this.#sawTime(frame.ts);
    if (frame.type !== 'deleted') return;
    for (const { close, event } of [...this.#shown.values()])
      if (event.room === frame.room && event.seq === frame.about) close();
  }

  /** What was just sent was written no later than now. */
  #sawTime(server_ms: number): void {
    const ahead_ms = server_ms - this.#parts.clock.now();
    this.#ahead_ms = Math.max(this.#ahead_ms ?? ahead_ms, ahead_ms);
  }
}

function keyOf(event: Event): string {
  return `${event.room}.${event.seq}`;
}

/** One notification a room, and one a thread. */
function tagOf(event: Event): string {
  return event.type === 'reply' ? `parley.${event.room}.${event.about}` : `parley.${event.room}`;
}
