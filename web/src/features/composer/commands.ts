import type { Chat } from '@/client/chat';
import type { Room, User } from '@/protocol/ops.gen';
import { personNamed } from '../text/names';

export interface CommandContext {
  room: Room;
  chat: Chat;
  /** Sends a message to the room. */
  send: (body: string) => void;
  /** Opens one of the composer's own dialogs. */
  show: (dialog: 'help' | 'leave') => void;
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

/** Each backslash and underscore is to be seen. */
const SHRUG = '¯\\\\\\_(ツ)\\_/¯';

/** All there are, in the order in which they are offered. A new one is a row here. */
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
  { name: 'invite', args: '@person', about: 'Adds somebody to this room', run: invite },
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

async function invite(rest: string, { room, chat }: CommandContext): Promise<void> {
  if (room.kind === 'dm') throw new CommandError('Only a room takes more people. Make one with + beside "Rooms".');
  const username = rest.replace(/^@/, '');
  if (username === '' || /\s/.test(username)) throw new CommandError('Say who: /invite @name');
  const user = personNamed(chat, username) ?? (await find(chat, username));
  if (user === undefined) throw new CommandError(`Nobody here is called @${username}.`);
  await chat.addMember(room.id, user.id);
}

async function find(chat: Chat, username: string): Promise<User | undefined> {
  const { users } = await chat.api.call('GET /users', { query: { query: username, limit: 50 } });
  chat.people.put(users);
  return personNamed(chat, username);
}
