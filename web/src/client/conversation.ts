import type { Event, User } from '@/protocol/ops.gen';
import type { Api } from './api';
import type { Clock } from './clock';
import { Later } from './later';
import { MessageActs } from './message_acts';
import { Quotes } from './quotes';
import type { RoomList } from './room_list';
import type { RoomLog } from './room_log';
import { Threads } from './threads';

/** What can be done to messages, and what belongs to one of them: docs/conversation.md. */
export class Conversation {
  readonly acts: MessageActs;
  readonly quotes: Quotes;
  readonly threads: Threads;
  readonly later: Later;

  constructor(chat: { api: Api; me: User; list: RoomList }, clock: Clock, log: (room: string) => RoomLog) {
    const { api, list } = chat;
    const me = chat.me.id;
    const head = (room: string): number => Math.max(list.get(room)?.head ?? 0, log(room).head);
    this.acts = new MessageActs(api, clock, me);
    this.quotes = new Quotes(api);
    this.threads = new Threads({
      api,
      clock,
      me,
      log,
      head,
      onRead: (room, root, seq) => list.readThread(room, root, seq),
    });
    this.later = new Later(api, clock);
  }

  /** Events of one room in rising seq. */
  heard(events: readonly Event[]): void {
    this.acts.heard(events);
    this.quotes.heard(events);
    this.threads.heard(events);
  }

  /** What happened meanwhile was not heard. */
  reconnected(): void {
    this.quotes.forget();
    this.threads.soon();
    this.later.soon();
  }

  stop(): void {
    this.threads.stop();
    this.later.stop();
  }
}
