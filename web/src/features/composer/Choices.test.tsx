// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { createRef } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { type Choice, Choices, type ChoicesHandle } from './Choices';

afterEach(cleanup);

const choice = (key: string): Choice => ({ key, insert: `@${key} `, row: key });

test('what is chosen stays chosen when more is found above it', () => {
  const picked = vi.fn();
  const handle = createRef<ChoicesHandle>();
  const list = (names: string[]) => (
    <>
      <textarea onKeyDown={(event) => handle.current?.keyDown(event)} />
      <Choices title="People" choices={names.map(choice)} onPick={picked} onChosen={() => {}} ref={handle} />
    </>
  );
  const { rerender } = render(list(['ben', 'cem']));
  const press = (key: string) => fireEvent.keyDown(screen.getByRole('textbox'), { key });
  const chosen = () => screen.getByRole('option', { selected: true }).textContent;
  expect(chosen()).toBe('ben');
  press('ArrowDown');
  rerender(list(['ada', 'ben', 'bo', 'cem']));
  expect(chosen()).toBe('cem');
  press('ArrowUp');
  expect(chosen()).toBe('bo');
  press('Enter');
  expect(picked).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ key: 'bo' }));
  // Who is not offered any more is not chosen: the first one is.
  rerender(list(['dora', 'ada']));
  expect(chosen()).toBe('dora');
});
