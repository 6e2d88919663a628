import { describe, expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import { aRoom, aUser } from '@/testing/fakes';
import { COMMAND_WORDS } from './command_words';
import { COMMANDS, CommandError, readLine } from './commands';

describe('a line', () => {
  test.each([
    ['hello', 'hello'],
    ['/usr/bin/env', '/usr/bin/env'],
    ['/', '/'],
    ['/ me', '/ me'],
    ['//me', '/me'],
    ['a /me', 'a /me'],
  ])('%s is the message %s', (text, body) => {
    expect(readLine(text)).toEqual({ kind: 'message', body });
  });

  test('is a command by its first word', () => {
    expect(readLine('/ME  waves \n twice')).toMatchObject({
      kind: 'command',
      command: { name: 'me' },
      rest: 'waves \n twice',
    });
    expect(readLine('/dance')).toEqual({ kind: 'unknown', name: 'dance' });
  });
});

describe('the commands', () => {
  const ben = aUser('8', 'Ben');
  const send = vi.fn();
  const show = vi.fn();
  const addMember = vi.fn();
  const onSent = vi.fn();
  const tell = vi.fn();
  const call = vi.fn(async (): Promise<unknown> => ({ users: [] }));
  const account = { setStatus: vi.fn(), clearStatus: vi.fn(), me: new Store(undefined) };
  const known = new Map([[ben.id, ben]]);

  async function run(name: string, rest = '', room = aRoom('1', { name: 'garden' })): Promise<void> {
    const users = new Store<ReadonlyMap<string, typeof ben>>(known);
    const people = { users, put: () => {} };
    const chat = { people, addMember, account, api: { call }, me: ben } as unknown as Chat;
    await COMMANDS.find((one) => one.name === name)?.run(rest, { room, thread: 5, chat, send, onSent, tell, show });
  }

  test('each have a name of their own that is written in small letters', () => {
    expect(COMMANDS.map(({ name }) => name).filter((name) => !/^[a-z]+$/.test(name))).toEqual([]);
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
  });

  test.each(COMMANDS.map((command) => [command.name, command]))('/%s is read, and has its help', (name, command) => {
    expect(readLine(`/${name}`)).toEqual({ kind: 'command', command, rest: '' });
    expect(readLine(`/${name} some words`)).toEqual({ kind: 'command', command, rest: 'some words' });
    expect(COMMAND_WORDS[name]?.about.id).toMatch(/^[A-Z].{8,}[^.]$/);
  });

  test('/poll opens a poll, or the form, or says what is wrong', async () => {
    await run('poll', '"Lunch?" "Soup" "Cake" anonymous');
    const poll = { question: 'Lunch?', options: ['Soup', 'Cake'], anonymous: true };
    const body = { poll, cmid: expect.any(String), thread: 5 };
    expect(call).toHaveBeenLastCalledWith('POST /rooms/{room}/messages', { params: { room: '1' }, body });
    expect(onSent).toHaveBeenCalledOnce();
    await run('poll');
    expect(show).toHaveBeenLastCalledWith('poll');
    await expect(run('poll', 'Lunch? Soup Cake')).rejects.toThrow('quotation marks');
    await expect(run('poll', '"Lunch?" "Soup"')).rejects.toThrow('Offer at least two answers.');
  });

  test('/mute is until then, or off', async () => {
    const until = (quiet_until: unknown): unknown[] => [
      'PUT /rooms/{room}/mine',
      { params: { room: '1' }, body: { quiet_until } },
    ];
    await run('mute', '3h');
    expect(call).toHaveBeenLastCalledWith(...until(expect.any(Number)));
    await run('mute', 'OFF');
    expect(call).toHaveBeenLastCalledWith(...until(0));
    expect(tell).toHaveBeenLastCalledWith('This room is no longer muted.');
    await expect(run('mute', 'for ever')).rejects.toThrow(CommandError);
  });

  test('/topic is for those who may', async () => {
    await run('topic', 'Plants\n and pots', aRoom('1', { role: 'owner' }));
    const body = { topic: 'Plants and pots' };
    expect(call).toHaveBeenLastCalledWith('PATCH /rooms/{room}', { params: { room: '1' }, body });
    await expect(run('topic', 'Plants')).rejects.toThrow('You may not');
    await expect(run('topic', '', aRoom('1', { role: 'owner' }))).rejects.toThrow(CommandError);
    await expect(run('topic', 'Plants', aRoom('2', { kind: 'dm', name: '' }))).rejects.toThrow(CommandError);
  });

  test.each([
    ['🌴 by the sea', { emoji: '🌴', text: 'by the sea' }],
    ['🇳🇱 away', { emoji: '🇳🇱', text: 'away' }],
    ['👩🏽‍🌾', { emoji: '👩🏽‍🌾', text: '' }],
    ['7 of 9 done', { emoji: '', text: '7 of 9 done' }],
  ])('/status %s', async (rest, status) => {
    await run('status', rest);
    expect(account.setStatus).toHaveBeenLastCalledWith(status);
  });

  test('/status alone takes it back', async () => {
    await run('status');
    expect(account.clearStatus).toHaveBeenCalledOnce();
  });

  test('/me is slanted, each paragraph', async () => {
    await run('me', 'waves\n\ntwice');
    expect(send).toHaveBeenLastCalledWith('_waves_\n\n_twice_');
    await expect(run('me')).rejects.toThrow(CommandError);
  });

  test('/invite adds who is named, and says who is not there', async () => {
    await run('invite', `@${ben.username}`);
    expect(addMember).toHaveBeenLastCalledWith('1', '8');
    await expect(run('invite', '@nobody')).rejects.toThrow('Nobody here is called @nobody.');
    await expect(run('invite', '')).rejects.toThrow(CommandError);
    await expect(run('invite', 'a b')).rejects.toThrow(CommandError);
    await expect(run('invite', '@ben', aRoom('2', { kind: 'dm', name: '' }))).rejects.toThrow(CommandError);
  });

  test('/leave asks, and is not for two', async () => {
    await run('leave');
    expect(show).toHaveBeenLastCalledWith('leave');
    await expect(run('leave', '', aRoom('2', { kind: 'dm', name: '' }))).rejects.toThrow(CommandError);
  });
});
