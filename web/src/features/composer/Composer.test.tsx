// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Chat } from '@/client/chat';
import { SessionContext } from '@/state/context';
import { Drafts } from '@/state/drafts';
import { aRoom } from '@/testing/fakes';
import { Composer } from './Composer';

const room = aRoom('1', { name: 'garden' });
const send = vi.fn();
let drafts: Drafts;

beforeEach(() => {
  localStorage.clear();
  send.mockClear();
  drafts = new Drafts('7');
});
afterEach(cleanup);

function box(of = room): HTMLTextAreaElement {
  const chat = { send, teller: { typed: () => {}, stopped: () => {} } } as unknown as Chat;
  render(
    <SessionContext value={{ chat, drafts }}>
      <Composer key={of.id} room={of} onSent={() => {}} />
    </SessionContext>,
  );
  return screen.getByRole<HTMLTextAreaElement>('textbox');
}

function type(area: HTMLTextAreaElement, text: string): void {
  fireEvent.change(area, { target: { value: text } });
}

describe('the composer', () => {
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
});
