// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ComponentProps } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Auth } from '@/client/auth';
import type { Chat } from '@/client/chat';
import { Emitter } from '@/lib/emitter';
import { Store } from '@/lib/store';
import { AuthContext, SessionContext } from '@/state/context';
import { Drafts, TYPING_MS } from '@/state/drafts';
import { aRoom, aUser } from '@/testing/fakes';
import { Composer } from './Composer';
import { EarlyComposer, wordIsDone } from './EarlyComposer';

const room = aRoom('1', { name: 'garden' });
const send = vi.fn();
const setOwnState = vi.fn();
const addMember = vi.fn();
const leave = vi.fn();
const ada = aUser('7', 'Ada');
const ben = aUser('8', 'Ben');
let drafts: Drafts;

// What is fetched when it is needed takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 30_000 });

beforeEach(() => {
  localStorage.clear();
  for (const mock of [send, setOwnState, addMember, leave]) mock.mockReset();
  drafts = new Drafts('7');
});
afterEach(cleanup);

function box(of = room, props: Partial<ComponentProps<typeof Composer>> = {}): HTMLTextAreaElement {
  const list = { rooms: new Store(new Map([['1', aRoom('1', { name: 'garden' })]])) };
  const people = { users: new Store(new Map([ada, ben].map((user) => [user.id, user]))), put: () => {} };
  const empty = { view: new Store({ events: [] }) };
  const log = () => empty;
  const members = [ada, ben].map((user) => ({ user, role: 'member', joined_at: 1, delivered_seq: 0, read_seq: 0 }));
  const call = async (path: string) => (path.endsWith('/members') ? { members, complete: true } : { users: [] });
  const parts = { me: ada, send, setOwnState, addMember, leave, list, people, log, api: { call } };
  const silent = { events: new Emitter(), socket: { events: new Emitter() } };
  const chat = { ...silent, ...parts, teller: { typed: () => {}, stopped: () => {} } } as unknown as Chat;
  render(
    <AuthContext value={{} as Auth}>
      <SessionContext value={{ chat, drafts }}>
        <Composer key={of.id} room={of} onSent={() => {}} {...props} />
      </SessionContext>
    </AuthContext>,
  );
  return screen.getByRole<HTMLTextAreaElement>('textbox');
}

function type(area: HTMLTextAreaElement, text: string): void {
  fireEvent.change(area, { target: { value: text } });
}

describe('the composer', () => {
  test('sends what Enter was pressed for before it was there; what is not finished it goes on with', () => {
    for (const [text, key, sent] of [
      ['early', { key: 'Enter' }, 1],
      ['not yet', { key: 'Enter', shiftKey: true }, 0],
    ] as const) {
      const { unmount } = render(
        <SessionContext value={{ chat: {} as Chat, drafts }}>
          <EarlyComposer room={room} onSent={() => {}} />
        </SessionContext>,
      );
      type(screen.getByRole('textbox'), text);
      fireEvent.keyDown(screen.getByRole('textbox'), key);
      unmount();
      send.mockReset();
      expect(box().value).toBe(sent === 1 ? '' : text);
      expect(send).toHaveBeenCalledTimes(sent);
      cleanup();
    }
  });

  test('takes what was pasted before it was there, and sends it when Enter was pressed too', async () => {
    const early = (): HTMLTextAreaElement => screen.getByRole('textbox');
    const enter = () =>
      render(
        <SessionContext value={{ chat: {} as Chat, drafts }}>
          <EarlyComposer room={room} onSent={() => {}} />
        </SessionContext>,
      );
    const paste = (name: string): boolean =>
      fireEvent.paste(early(), { clipboardData: { files: [new File(['x'], name)], getData: () => '' } });
    const left = enter();
    expect(paste('one.txt')).toBe(false);
    left.unmount();
    const { unmount } = enter();
    paste('two.txt');
    type(early(), 'look');
    fireEvent.keyDown(early(), { key: 'Enter' });
    unmount();
    box();
    await waitFor(() => expect(send).toHaveBeenCalledOnce());
    const [, body, { files }] = send.mock.calls[0] as [string, string, { files: { name: string }[] }];
    expect([body, ...files.map(({ name }) => name)]).toEqual(['look', 'one.txt', 'two.txt']);
  });

  test('comes when the word of an input method is done', async () => {
    render(
      <SessionContext value={{ chat: {} as Chat, drafts }}>
        <EarlyComposer room={room} onSent={() => {}} />
      </SessionContext>,
    );
    let done = false;
    fireEvent.compositionStart(screen.getByRole('textbox'));
    const waited = wordIsDone().then(() => {
      done = true;
    });
    await Promise.resolve();
    expect(done).toBe(false);
    fireEvent.compositionEnd(screen.getByRole('textbox'));
    await waited;
  });

  test('sends on Enter, without the spaces around, and is empty again', () => {
    const area = box();
    type(area, '  hello \n');
    fireEvent.keyDown(area, { key: 'Enter' });
    expect(send).toHaveBeenCalledExactlyOnceWith('1', 'hello');
    expect(area.value).toBe('');
    expect(drafts.get('1')).toBe('');
  });

  test('makes a new line on Shift+Enter', () => {
    const area = box();
    type(area, 'hello');
    fireEvent.keyDown(area, { key: 'Enter', shiftKey: true });
    expect(send).not.toHaveBeenCalled();
  });

  test('leaves the Enter that ends a composition to the input method', () => {
    const area = box();
    type(area, 'にほん');
    fireEvent.keyDown(area, { key: 'Enter', isComposing: true });
    fireEvent.keyDown(area, { key: 'Enter', keyCode: 229 });
    expect(send).not.toHaveBeenCalled();
    fireEvent.keyDown(area, { key: 'Enter' });
    expect(send).toHaveBeenCalledOnce();
  });

  test('sends nothing of nothing', () => {
    const area = box();
    type(area, ' \n ');
    fireEvent.keyDown(area, { key: 'Enter' });
    expect(send).not.toHaveBeenCalled();
  });

  test('refuses what is longer than the server takes, in bytes', () => {
    const area = box();
    type(area, '語'.repeat(5_462));
    fireEvent.keyDown(area, { key: 'Enter' });
    expect(send).not.toHaveBeenCalled();
    expect(screen.getByRole('status').textContent).toBe('Too long');
    type(area, '語'.repeat(5_461));
    fireEvent.keyDown(area, { key: 'Enter' });
    expect(send).toHaveBeenCalledOnce();
  });

  test('keeps a draft for each room and each person, over a reload', () => {
    type(box(), 'not yet');
    cleanup();
    drafts = new Drafts('7');
    expect(box().value).toBe('not yet');
    cleanup();
    expect(box(aRoom('2')).value).toBe('');
    cleanup();
    drafts = new Drafts('8');
    expect(box().value).toBe('');
  });

  const enter = (area: HTMLTextAreaElement): boolean => fireEvent.keyDown(area, { key: 'Enter' });

  test('offers people by the keys, and puts the chosen one into the text', async () => {
    const area = box();
    type(area, 'hi @b');
    const option = await screen.findByRole('option', { name: /Ben/ });
    await waitFor(() => expect(area.getAttribute('aria-activedescendant')).toBe(option.id));
    enter(area);
    expect(area.value).toBe(`hi @${ben.username} `);
    expect(send).not.toHaveBeenCalled();
    expect(screen.queryByRole('listbox')).toBeNull();
    enter(area);
    expect(send).toHaveBeenCalledExactlyOnceWith('1', `hi @${ben.username}`);
  });

  test('goes through what is offered by the arrows, and closes it on Escape without a loss', async () => {
    const area = box();
    type(area, '/');
    const [first, second] = await screen.findAllByRole('option');
    expect(first?.getAttribute('aria-selected')).toBe('true');
    fireEvent.keyDown(area, { key: 'ArrowDown' });
    expect(second?.getAttribute('aria-selected')).toBe('true');
    fireEvent.keyDown(area, { key: 'Escape' });
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(area.value).toBe('/');
    type(area, '/s');
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  test('offers emoji after two letters, rooms, and nothing within words', async () => {
    const area = box();
    type(area, ':tad');
    await screen.findByRole('option', { name: /:tada:/ });
    fireEvent.keyDown(area, { key: 'Tab' });
    expect(area.value).toBe('🎉 ');
    type(area, 'see #gar');
    await screen.findByRole('option', { name: /garden/ });
    enter(area);
    expect(area.value).toBe('see #garden ');
    type(area, 'ben@b');
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  test('runs a command that is written out, and keeps the text of one that is not there', async () => {
    const area = box();
    type(area, '/shrug');
    await screen.findByRole('option');
    enter(area);
    await waitFor(() => expect(area.value).toBe(''));
    expect(send).toHaveBeenCalledExactlyOnceWith('1', '¯\\\\\\_(ツ)\\_/¯');
    type(area, '/dance now');
    enter(area);
    expect((await screen.findByRole('alert')).textContent).toContain('/dance');
    expect(area.value).toBe('/dance now');
    expect(send).toHaveBeenCalledOnce();
    type(area, '//dance now');
    expect(screen.queryByRole('alert')).toBeNull();
    enter(area);
    expect(send).toHaveBeenLastCalledWith('1', '/dance now');
  });

  test('leaves what is written while a command is under way', async () => {
    let done = (): void => {};
    const slow = (): Promise<void> =>
      new Promise((resolve) => {
        done = resolve;
      });
    addMember.mockImplementation(slow);
    const area = box();
    const idle = (): Promise<void> =>
      waitFor(() => expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send' }).disabled).toBe(false));
    for (const meanwhile of ['and then', `/invite @${ben.username} and then`]) {
      type(area, `/invite @${ben.username}`);
      enter(area);
      await waitFor(() => expect(addMember).toHaveBeenCalled());
      type(area, meanwhile);
      done();
      await idle();
      expect(area.value).toBe('and then');
      addMember.mockClear();
    }
  });

  test('that comes back takes the focus only if nothing has it', () => {
    const other = document.body.appendChild(document.createElement('button'));
    other.focus();
    box(room, { returned: true });
    expect(document.activeElement).toBe(other);
    cleanup();
    other.remove();
    const area = box(room, { returned: true });
    expect(document.activeElement).toBe(area);
  });

  test('writing ends being away', () => {
    const area = box();
    type(area, '/away');
    enter(area);
    expect(setOwnState).toHaveBeenCalledExactlyOnceWith('away');
    cleanup();
    const again = box();
    type(again, 'back');
    enter(again);
    expect(setOwnState).toHaveBeenLastCalledWith('online');
  });

  test('asks before it leaves a room', async () => {
    const area = box();
    type(area, '/leave');
    enter(area);
    await screen.findByRole('heading', { name: /Leave garden/, hidden: true });
    expect(leave).not.toHaveBeenCalled();
  });

  test('marks what is selected by the keys, and goes on with a list', () => {
    const area = box();
    type(area, 'so it is');
    area.setSelectionRange(3, 5);
    fireEvent.keyDown(area, { key: 'b', ctrlKey: true });
    expect(area.value).toBe('so **it** is');
    expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe('it');
    fireEvent.keyDown(area, { key: 'b', ctrlKey: true });
    expect(area.value).toBe('so it is');
    type(area, '1. one');
    area.setSelectionRange(6, 6);
    fireEvent.keyDown(area, { key: 'Enter', shiftKey: true });
    expect(area.value).toBe('1. one\n2. ');
    expect(send).not.toHaveBeenCalled();
  });

  test('makes a link of words over which an address is pasted', () => {
    const area = box();
    type(area, 'see the garden');
    area.setSelectionRange(8, 14);
    fireEvent.paste(area, { clipboardData: { getData: () => 'https://example.org/a_(b)' } });
    expect(area.value).toBe('see the [garden](https://example.org/a_%28b%29)');
  });

  test('shows what will be sent', async () => {
    const area = box();
    fireEvent.click(screen.getByRole('button', { name: 'Formatting' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Preview' }));
    type(area, '**so**');
    await waitFor(() =>
      expect(screen.getByRole('region', { name: 'Preview' }).querySelector('strong')?.textContent).toBe('so'),
    );
  });

  test('another tab does not write over the drafts of this one', () => {
    type(box(), 'of this tab');
    const other = JSON.stringify({ '1': 'of this tab', '2': 'of the other' });
    localStorage.setItem('parley.drafts.7', other);
    dispatchEvent(new StorageEvent('storage', { key: 'parley.drafts.7', newValue: other }));
    expect([...drafts.rooms.get()].sort()).toEqual(['1', '2']);
    drafts.set('1', 'more of this tab');
    expect(new Drafts('7').get('2')).toBe('of the other');
  });

  test('what another tab writes while one types here is shown when one has paused', () => {
    vi.useFakeTimers();
    try {
      const area = box();
      type(area, 'of this tab');
      const other = JSON.stringify({ '1': 'of the other' });
      localStorage.setItem('parley.drafts.7', other);
      dispatchEvent(new StorageEvent('storage', { key: 'parley.drafts.7', newValue: other }));
      expect(area.value).toBe('of this tab');
      act(() => void vi.advanceTimersByTime(TYPING_MS));
      expect(area.value).toBe('of the other');
    } finally {
      vi.useRealTimers();
    }
  });

  test('Escape closes a list only until another word begins', async () => {
    const area = box();
    type(area, '@b');
    await screen.findByRole('option', { name: /Ben/ });
    fireEvent.keyDown(area, { key: 'Escape' });
    expect(screen.queryByRole('listbox')).toBeNull();
    type(area, 'x');
    type(area, '@b');
    await screen.findByRole('option', { name: /Ben/ });
  });

  test('hands on Escape and the arrow up where nothing is written', () => {
    const onUp = vi.fn();
    const onEscape = vi.fn();
    const area = box(room, { onUp, onEscape, draft: '1/t/5', send: (body) => send('thread', body), label: 'Reply' });
    fireEvent.keyDown(area, { key: 'ArrowUp' });
    fireEvent.keyDown(area, { key: 'Escape' });
    type(area, 'words');
    fireEvent.keyDown(area, { key: 'ArrowUp' });
    expect([onUp.mock.calls.length, onEscape.mock.calls.length]).toEqual([1, 1]);
    expect([drafts.get('1/t/5'), drafts.get('1')]).toEqual(['words', '']);
    enter(area);
    expect(send).toHaveBeenCalledExactlyOnceWith('thread', 'words');
  });
});
