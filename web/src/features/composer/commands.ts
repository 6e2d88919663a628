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
  /** What may stand after it, as it is shown. */
  args: string;
  about: string;
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

/** All there are, in the order in which they are offered. A new one is a row here: docs/development.md. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'me',
    args: 'what you do',
    about: 'Says it as something you do',
    run(rest, { send }) {
      if (rest === '') throw new CommandError('Say what you do: /me waves');
      // Each paragraph is slanted on its own: a mark does not reach over an empty line.
      send(rest.replace(/[^\n]+(?:\n[^\n]+)*/g, (words) => `_${words.trim()}_`));
    },
  },
  {
    name: 'shrug',
    args: 'words',
    about: 'Puts ¯\\_(ツ)_/¯ behind your words',
    run: (rest, { send }) => send(rest === '' ? SHRUG : `${rest} ${SHRUG}`),
  },
  { name: 'poll', args: '"Question" "A" "B"', about: 'Asks everybody; alone it opens a form', run: later('poll') },
  { name: 'remind', args: '20m words', about: 'Reminds you: in 20m, 3h, 2d, at 14:30, tomorrow', run: later('remind') },
  { name: 'mute', args: '3h', about: 'Keeps this room quiet for that long; off ends it', run: later('mute') },
  { name: 'topic', args: 'words', about: 'Says what this room is about', run: later('topic') },
  {
    name: 'status',
    args: '🌴 words',
    about: 'Says what you are about; alone it takes that back',
    run: later('status'),
  },
  { name: 'invite', args: '@person', about: 'Adds somebody to this room', run: later('invite') },
  {
    name: 'leave',
    args: '',
    about: 'Leaves this room',
    run(_, { room, show }) {
      if (room.kind === 'dm') throw new CommandError('A conversation of two cannot be left.');
      show('leave');
    },
  },
  {
    name: 'away',
    args: '',
    about: 'Shows you as away until you write again or come back',
    run: (_, { chat }) => chat.setOwnState('away'),
  },
  { name: 'help', args: '', about: 'Tells of commands, keys and formatting', run: (_, { show }) => show('help') },
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
