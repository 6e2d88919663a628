// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { useStore } from '@/state/context';
import type { MessageActions } from './actions';
import { useActiveRow } from './useActiveRow';

afterEach(cleanup);

function Rows() {
  const { active, surface } = useActiveRow(() => undefined, {} as MessageActions);
  return (
    <div data-testid="list" data-active={useStore(active)} {...surface}>
      <article data-key="one">one</article>
      <article data-key="two">two</article>
    </div>
  );
}

test('a row that comes beneath a mouse that rests does not take the tools, one that is rolled or moved to does', () => {
  render(<Rows />);
  const active = (): string | undefined => screen.getByTestId('list').dataset.active;
  const mouse = { pointerType: 'mouse' };
  fireEvent.pointerMove(screen.getByText('one'), mouse);
  expect(active()).toBe('one');
  fireEvent.pointerOver(screen.getByText('two'), mouse);
  expect(active()).toBe('one');
  fireEvent.wheel(screen.getByText('two'));
  fireEvent.pointerOver(screen.getByText('two'), mouse);
  expect(active()).toBe('two');
  fireEvent.pointerMove(screen.getByText('one'), mouse);
  expect(active()).toBe('one');
  fireEvent.pointerOver(screen.getByText('two'), { pointerType: 'touch' });
  expect(active()).toBe('two');
});
