// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Store } from '@/lib/store';
import type { MessageActions } from './actions';
import { MessageItem } from './MessageItem';
import type { Delivery } from './rows';

// What is fetched when it is needed takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 30_000 });
afterEach(cleanup);

const actions = { retry: vi.fn(), discard: vi.fn() } as unknown as MessageActions;
const active = new Store<string | undefined>(undefined);

function show(state: Delivery, part: { mine?: boolean; one_reader?: boolean; code?: string } = {}): HTMLElement {
  const { container } = render(
    <MessageItem
      row_key="c1"
      sender="7"
      name="Ada"
      body="hello"
      ts={1_790_000_000_000}
      seq={state === 'pending' || state === 'failed' ? undefined : 4}
      state={state}
      cmid="c1"
      code={part.code}
      files={undefined}
      head
      room="1"
      me={(part.mine ?? true) ? '7' : '8'}
      event={undefined}
      quote={undefined}
      repliers={undefined}
      editing={false}
      active={active}
      ticked
      one_reader={part.one_reader ?? true}
      target={false}
      actions={actions}
    />,
  );
  return container;
}

describe('a message of mine', () => {
  test.each([
    ['pending', 'Sending'],
    ['sent', 'Sent'],
    ['delivered', 'Delivered'],
    ['read', 'Read'],
  ] as const)('that is %s says so to the eye, the pointer and the ear', (state, words) => {
    const tick = show(state).querySelector(`.tick-${state}`);
    expect(tick?.getAttribute('title')).toBe(words);
    expect(tick?.querySelector('.visually-hidden')?.textContent).toBe(words);
    expect(tick?.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
  });

  test('claims of a room no more than that somebody has it', () => {
    expect(show('read', { one_reader: false }).querySelector('.tick')?.getAttribute('title')).toBe('Read by somebody');
  });

  test('that failed says why and can be tried again or deleted', async () => {
    const row = show('failed', { code: 'not_member' });
    expect(row.querySelector('.tick')).toBeNull();
    expect((await screen.findByRole('alert')).textContent).toContain('Not sent. You are not in this room any more.');
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(actions.retry).toHaveBeenCalledWith('c1');
    expect(actions.discard).toHaveBeenCalledWith('c1');
  });
});

test('a message of others has no tick', () => {
  expect(show('sent', { mine: false }).querySelector('.tick')).toBeNull();
});
