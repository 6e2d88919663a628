// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Event } from '@/protocol/ops.gen';
import { SessionContext } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { asked, beginChat, chat, server, store } from '@/testing/chat_bench';
import type { MessageActions } from './actions';
import { EditBox } from './EditBox';

const edited = vi.fn();
const remove = vi.fn();
let event: Event;

beforeEach(async () => {
  await beginChat();
  server.extra = undefined;
  edited.mockClear();
  remove.mockClear();
  event = store('1', { sender: '7', body: 'first words' });
});
afterEach(cleanup);

function box(): HTMLTextAreaElement {
  const actions = { edited, remove, editText: () => event.body, noteEdit: () => {} } as unknown as MessageActions;
  render(
    <SessionContext value={{ chat, drafts: new Drafts('7') }}>
      <EditBox event={event} actions={actions} />
    </SessionContext>,
  );
  return screen.getByRole('textbox', { name: 'Edit your message' });
}

const patches = () => asked.filter((one) => one.method === 'PATCH').map((one) => one.body);

describe('a message that is edited in its place', () => {
  test('is saved by Enter', async () => {
    const area = box();
    fireEvent.change(area, { target: { value: 'better words ' } });
    fireEvent.keyDown(area, { key: 'Enter' });
    await waitFor(() => expect(edited).toHaveBeenCalledOnce());
    expect(patches()).toEqual([{ body: 'better words' }]);
  });

  test('stays as it was by Esc, and when nothing was changed', () => {
    const area = box();
    fireEvent.keyDown(area, { key: 'Enter' });
    fireEvent.change(area, { target: { value: 'other words' } });
    fireEvent.keyDown(area, { key: 'Escape' });
    expect(edited).toHaveBeenCalledTimes(2);
    expect(patches()).toEqual([]);
  });

  test('loses nothing when it cannot be saved, and says so', async () => {
    server.extra = () => [503, { code: 'unavailable', message: '', request_id: '' }];
    const area = box();
    fireEvent.change(area, { target: { value: 'better words' } });
    fireEvent.keyDown(area, { key: 'Enter' });
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Not saved.'));
    expect(area.value).toBe('better words');
    expect(edited).not.toHaveBeenCalled();
  });

  test('is not sent by the Enter that ends a composition, and asks to delete what is empty', () => {
    const area = box();
    fireEvent.change(area, { target: { value: 'にほん' } });
    fireEvent.keyDown(area, { key: 'Enter', isComposing: true });
    fireEvent.keyDown(area, { key: 'Enter', keyCode: 229 });
    expect(patches()).toEqual([]);
    fireEvent.change(area, { target: { value: ' ' } });
    fireEvent.keyDown(area, { key: 'Enter' });
    expect(remove).toHaveBeenCalledWith(event);
  });
});
