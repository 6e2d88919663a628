import { i18n } from '@lingui/core';
import type { Chat } from '@/client/chat';
import type { Room } from '@/protocol/ops.gen';

/** The dialogs that a composer can open. */
export type ComposerDialog = 'help' | 'leave' | 'poll';

export interface CommandContext {
  room: Room;
  /** The root of the thread that is written in. */
  thread: number | undefined;
  chat: Chat;
  /** Sends a message to the room. */
  send: (body: string) => void;
  /** Something was sent in another way than by `send`. */
  onSent: () => void;
  /** Says to the writer what was done, where nothing else shows it. */
  tell: (words: string) => void;
  /** Opens one of the composer's own dialogs. */
  show: (dialog: ComposerDialog) => void;
}

export interface Command {
  name: string;
  /** What it throws is shown, and the text stays. `rest` is what stands after the name. */
  run: (rest: string, context: CommandContext) => void | Promise<void>;
}

/** Says to the writer why a command did nothing. */
export class CommandError extends Error {}

/** What a command does is fetched when it is used first. */
function later(name: keyof typeof import('./command_acts')): Command['run'] {
  return async (rest, context) => (await import('./command_acts'))[name](rest, context);
}

/** Each backslash and underscore is to be seen. */
const SHRUG = '¯\\\\\\_(ツ)\\_/¯';

/** All there are, in the order in which they are offered. A new one is a row here and one of command_words.ts:
 *  docs/development.md. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'me',
    run(rest, { send }) {
      if (rest === '') throw new CommandError(i18n.t('Say what you do: /me waves'));
      // Each paragraph is slanted on its own: a mark does not reach over an empty line.
      send(rest.replace(/[^\n]+(?:\n[^\n]+)*/g, (words) => `_${words.trim()}_`));
    },
  },
  {
    name: 'shrug',
    run: (rest, { send }) => send(rest === '' ? SHRUG : `${rest} ${SHRUG}`),
  },
  {
    name: 'poll',
    run: later('poll'),
  },
  {
    name: 'remind',
    run: later('remind'),
  },
  {
    name: 'mute',
    run: later('mute'),
  },
  {
    name: 'topic',
    run: later('topic'),
  },
  {
    name: 'status',
    run: later('status'),
  },
  {
    name: 'invite',
    run: later('invite'),
  },
  {
    name: 'leave',
    run(_, { room, show }) {
      if (room.kind === 'dm') throw new CommandError(i18n.t('A conversation of two cannot be left.'));
      show('leave');
    },
  },
  {
    name: 'away',
    run: (_, { chat }) => chat.setOwnState('away'),
  },
  {
    name: 'help',
    run: (_, { show }) => show('help'),
  },
];

export type Line =
  | { kind: 'message'; body: string }
  | { kind: 'command'; command: Command; rest: string }
  | { kind: 'unknown'; name: string };

/** What a text is to be: a message or a command. Paths as /usr/bin are no commands, and "//" is a slash to be said. */
export function readLine(text: string): Line {
  if (text.startsWith('//')) return { kind: 'message', body: text.slice(1) };
  const found = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i.exec(text);
  if (found === null) return { kind: 'message', body: text };
  const [, name = '', rest = ''] = found;
  const command = COMMANDS.find((one) => one.name === name.toLowerCase());
  return command === undefined ? { kind: 'unknown', name } : { kind: 'command', command, rest: rest.trim() };
}
