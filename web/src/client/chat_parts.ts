import type { Event, User } from '@/protocol/ops.gen';
import type { Auth, Channel, Locks } from './auth';
import type { Clock } from './clock';
import type { Http } from './http';
import type { Kept } from './kept';
import type { Carrier } from './outbox';
import type { OutboxStore } from './outbox_store';
import type { WebSocketLike } from './socket';

/** What a chat takes from outside: a browser's, Node's, or a test's. */
export interface ChatParts {
  me: User;
  auth: Auth;
  http: Http;
  clock: Clock;
  store: OutboxStore;
  ws_url: string;
  /** Names this client instance to the server; a new one for every page. */
  device: string;
  openSocket: (url: string, protocols: string[]) => WebSocketLike;
  uuid: () => string;
  /** The other tabs, and which of them live; see Outbox. */
  locks?: Locks | undefined;
  channel?: Channel | undefined;
  /** Brings files to the server. */
  carrier?: Carrier | undefined;
  /** What this device kept. Without: nothing. */
  kept?: Kept | undefined;
}

export interface ChatEvents {
  /** Messages and replies of others in one room that this page hears of for the first time, in rising seq: written now or
   *  while the line was down. Not told of history. */
  fresh: readonly Event[];
  /** Events of one room in rising seq, live or missed until now. */
  heard: readonly Event[];
  /** Nothing comes any more. */
  stopped: undefined;
  /** I have seen what concerns me up to this moment, on any device. */
  seen: number;
  /** What is held of this room's log has changed. */
  held: string;
  /** I am in this room no longer. */
  removed: string;
}
