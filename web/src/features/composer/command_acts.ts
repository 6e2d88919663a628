import { i18n } from '@lingui/core';
import type { Chat } from '@/client/chat';
import { uuid } from '@/lib/uuid';
import type { User } from '@/protocol/ops.gen';
import { may } from '@/state/rights';
import { whenWords, zoneOf } from '../later/times';
import { pollProblem, readPoll } from '../polls/newPoll';
import { pollsOf } from '../polls/pollsOf';
import { personNamed } from '../text/names';
import { type CommandContext, CommandError } from './commands';
import { readReminder } from './reminder';

// What the commands of the table do, by the name of each.

export async function poll(rest: string, { room, thread, chat, show, onSent }: CommandContext): Promise<void> {
  if (rest === '') return show('poll');
  const asked = readPoll(rest);
  if (asked === undefined)
    throw new CommandError(
      i18n.t('Put each in quotation marks: /poll "Lunch?" "Soup" "Cake". Behind them: multiple, anonymous.'),
    );
  const problem = pollProblem(asked);
  if (problem !== undefined) throw new CommandError(problem);
  await pollsOf(chat).send(room.id, { poll: asked }, { cmid: uuid(), thread });
  onSent();
}

export async function remind(rest: string, { room, chat, tell }: CommandContext): Promise<void> {
  const zone = zoneOf(chat.account.me.get()?.time_zone);
  const now = Date.now();
  const found = readReminder(rest, now, zone);
  if (found === undefined)
    throw new CommandError(i18n.t('Say when, and of what: /remind 20m the oven. Or 3h, 2d, 14:30, tomorrow.'));
  await chat.conversation.later.remind(room.id, found.note, found.at);
  tell(i18n.t('You will be reminded {when}.', { when: whenWords(found.at, now, zone) }));
}

export async function mute(rest: string, { room, chat, tell }: CommandContext): Promise<void> {
  const zone = zoneOf(chat.account.me.get()?.time_zone);
  const now = Date.now();
  const off = rest.toLowerCase() === 'off';
  const until = off ? 0 : readReminder(`${rest} x`, now, zone)?.at;
  if (until === undefined) throw new CommandError(i18n.t('Say how long: /mute 3h. Or 20m, 2d, 14:30, tomorrow, off.'));
  const params = { room: room.id };
  await chat.api.call('PUT /rooms/{room}/mine', { params, body: { quiet_until: until } });
  tell(
    off
      ? i18n.t('This room is no longer muted.')
      : i18n.t('This room is muted until {when}.', { when: whenWords(until, now, zone) }),
  );
}

export async function topic(rest: string, { room, chat }: CommandContext): Promise<void> {
  if (room.kind === 'dm') throw new CommandError(i18n.t('A conversation of two has no topic.'));
  if (rest === '') throw new CommandError(i18n.t('Say what it is about: /topic Plants and pots'));
  if (!may(room, 'settings')) throw new CommandError(i18n.t('You may not change the topic here.'));
  const body = { topic: rest.replace(/\s+/g, ' ') };
  await chat.api.call('PATCH /rooms/{room}', { params: { room: room.id }, body });
}

/** An emoji in front is the status's own. */
const LEADING_EMOJI =
  /^((?:\p{Regional_Indicator}{2}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?)(?:\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic}\uFE0F?)*)\s*/u;

export async function status(rest: string, { chat }: CommandContext): Promise<void> {
  if (rest === '') return await chat.account.clearStatus();
  const emoji = LEADING_EMOJI.exec(rest);
  const text = emoji === null ? rest : rest.slice(emoji[0].length);
  await chat.account.setStatus({ emoji: emoji?.[1] ?? '', text: text.replace(/\s+/g, ' ') });
}

export async function invite(rest: string, { room, chat }: CommandContext): Promise<void> {
  if (room.kind === 'dm')
    throw new CommandError(i18n.t('Only a room takes more people. Make one with + beside "Rooms".'));
  const username = rest.replace(/^@/, '');
  if (username === '' || /\s/.test(username)) throw new CommandError(i18n.t('Say who: /invite @name'));
  const user = personNamed(chat, username) ?? (await find(chat, username));
  if (user === undefined) throw new CommandError(i18n.t('Nobody here is called @{username}.', { username }));
  await chat.addMember(room.id, user.id);
}

async function find(chat: Chat, username: string): Promise<User | undefined> {
  const { users } = await chat.api.call('GET /users', { query: { query: username, limit: 50 } });
  chat.people.put(users);
  return personNamed(chat, username);
}
