// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { RetentionRow } from './RetentionRow';

afterEach(cleanup);

const pick = (days: number): void => {
  fireEvent.change(screen.getByRole('combobox'), { target: { value: String(days) } });
};

test('a shorter time is asked for once more, and Cancel changes nothing', () => {
  const changed = vi.fn();
  render(<RetentionRow days={0} none="For ever" onChange={changed} />);
  pick(1);
  expect(changed).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(changed).not.toHaveBeenCalled();
  pick(30);
  fireEvent.click(screen.getByRole('button', { name: /^Keep for / }));
  expect(changed.mock.calls).toEqual([[30]]);
});

test('a longer time, or none, takes nothing away and needs no question', () => {
  const changed = vi.fn();
  render(<RetentionRow days={30} none="For ever" onChange={changed} />);
  pick(90);
  pick(0);
  expect(changed.mock.calls).toEqual([[90], [0]]);
  pick(7);
  expect(screen.getByRole('button', { name: /^Keep for / })).toBeDefined();
});
