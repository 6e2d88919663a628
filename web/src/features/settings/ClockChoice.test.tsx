// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chooseClockFormat, watchClockFormat } from '@/state/clock_format';
import { ClockChoice } from './ClockChoice';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 22, 21, 5) });
  watchClockFormat();
});

afterEach(() => {
  cleanup();
  chooseClockFormat('locale');
  vi.useRealTimers();
});

test('the clock counts as it is chosen, at once, and next time as well', () => {
  render(<ClockChoice />);
  const press = (name: string): void => {
    fireEvent.click(screen.getByRole('button', { name }));
    expect(screen.getByRole('button', { name }).getAttribute('aria-pressed')).toBe('true');
  };
  press('24 hours');
  expect(screen.getByText('It is 21:05 now.')).toBeTruthy();
  expect(localStorage.getItem('parley.clock')).toBe('24');
  press('12 hours');
  expect(screen.getByText(/^It is 9:05\sPM now\.$/)).toBeTruthy();
  expect(localStorage.getItem('parley.clock')).toBe('12');
  press('By region');
  expect(screen.getByText(/^It is 9:05\sPM now\.$/)).toBeTruthy();
});
