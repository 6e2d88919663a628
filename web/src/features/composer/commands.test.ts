import { describe, expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { Store } from '@/lib/store';
import { aRoom, aUser } from '@/testing/fakes';
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
  const known = new Map([[ben.id, ben]]);

  async function run(name: string, rest = '', room = aRoom('1', { name: 'garden' })): Promise<void> {
    const users = new Store<ReadonlyMap<string, typeof ben>>(known);
    const people = { users, put: () => {} };
    const chat = { people, addMember, api: { call: async () => ({ users: [] }) } } as unknown as Chat;
    await COMMANDS.find((one) => one.name === name)?.run(rest, { room, chat, send, show });
  }

  test('each have a name of their own that is written in small letters', () => {
    expect(COMMANDS.map(({ name }) => name).filter((name) => !/^[a-z]+$/.test(name))).toEqual([]);
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
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
